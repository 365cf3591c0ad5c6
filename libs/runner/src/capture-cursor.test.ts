import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'

import { pcapFile, pcapngBlock, pcapngSection } from '@hindwire/packets/capture-writer.ts'
import { seededRandom } from '@hindwire/testkit/seeded-random.ts'

import { CaptureCursor, NotACapture } from './capture-cursor.ts'
import { inspectCapture } from './inspect-capture.ts'
import { temporaryFiles } from './testing/temporary-files.ts'

const TIME = 1_704_067_200_000_000
const write = temporaryFiles()

/** Frames of very different sizes; each begins with its number. */
function framesOf(count: number, largest: number, seed = 5): { time: number; bytes: Uint8Array }[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, (_, at) => {
    const bytes = Buffer.alloc(8 + Math.floor(random() * (random() < 0.05 ? largest : 200)), at & 255)
    bytes.writeUInt32LE(at)
    return { time: TIME + at, bytes }
  })
}

/** What the cursor gives: number and size of every frame. */
async function read(path: string, windowBytes?: number): Promise<{ frames: string[]; cursor: CaptureCursor }> {
  const cursor = await CaptureCursor.open(path, windowBytes)
  const frames: string[] = []
  try {
    while (cursor.next() || (await cursor.refill())) {
      const { bytes, start, end, number } = cursor.packet
      assert.equal(number, frames.length + 1)
      const last = bytes[end - 1]
      frames.push(`${Buffer.from(bytes.buffer, bytes.byteOffset + start, 4).readUInt32LE()} ${end - start} ${last}`)
    }
  } finally {
    await cursor.close()
  }
  return { frames, cursor }
}

const expectedOf = (frames: readonly { bytes: Uint8Array }[]): string[] =>
  frames.map(({ bytes }, at) => `${at} ${bytes.length} ${bytes.length > 4 ? bytes.at(-1) : 0}`)

test('any window gives the same packets, plain and compressed', async () => {
  const frames = framesOf(4000, 60_000)
  const expected = expectedOf(frames)
  for (const file of [pcapFile(frames), pcapngSection(frames)]) {
    const packed = [write('plain', file), write('gz', gzipSync(file)), write('zst', zstdCompressSync(file))]
    for (const path of packed) {
      for (const window of [1, 70_001, 1 << 20, 64 << 20]) {
        const result = await read(path, window)
        assert.deepEqual(result.frames, expected, `${path}, window ${window}`)
        assert.equal(result.cursor.problem, '')
        assert.deepEqual(result.cursor.reader.warnings, [])
      }
    }
  }
})

test('gzip files of several members are read to the end', async () => {
  const frames = framesOf(500, 300)
  const file = pcapFile(frames)
  const path = write('members.gz', Buffer.concat([gzipSync(file.subarray(0, 7000)), gzipSync(file.subarray(7000))]))
  assert.deepEqual((await read(path)).frames, expectedOf(frames))
})

test('a block larger than window and headroom together', async () => {
  const frames = framesOf(300, 5000)
  const section = pcapngSection(frames.slice(0, 150))
  const rest = pcapngSection(frames.slice(150))
  const large = pcapngBlock(0x0bad, Buffer.alloc(3 << 20, 7))
  const path = write('large-block', Buffer.concat([section, large, rest]))
  for (const window of [65_536, 1 << 20]) assert.deepEqual((await read(path, window)).frames, expectedOf(frames))
})

test('truncated files give what is whole, wherever they end, and say so', async () => {
  const frames = framesOf(20, 100)
  const file = pcapFile(frames)
  for (const missing of [1, 7, 15, 16, 17, 90, 250]) {
    const { cursor, frames: found } = await read(write(`cut-${missing}`, file.subarray(0, file.length - missing)))
    assert.deepEqual(found, expectedOf(frames).slice(0, found.length))
    assert.ok(found.length >= 16, `${missing} bytes missing: ${found.length} frames`)
    const whole = frames.slice(0, found.length).reduce((sum, { bytes }) => sum + bytes.length + 16, 24)
    assert.equal(cursor.reader.warnings.length > 0, whole < file.length - missing, `${missing} bytes missing`)
  }
})

test('damaged and cut compressed files: what could be read, and the reason', async () => {
  const frames = framesOf(3000, 3000)
  const file = pcapFile(frames)
  for (const [name, packed] of [
    ['gz', gzipSync(file)],
    ['zst', zstdCompressSync(file)],
  ] as const) {
    const cut = await read(write(`cut.${name}`, packed.subarray(0, packed.length >> 1)), 65_536)
    assert.match(cut.cursor.problem, /damaged or cut short/u, name)
    assert.deepEqual(cut.frames, expectedOf(frames).slice(0, cut.frames.length))
    const broken = Buffer.from(packed)
    broken.fill(0xa5, broken.length >> 1, (broken.length >> 1) + 64)
    const damaged = await read(write(`damaged.${name}`, broken), 65_536)
    assert.ok(damaged.cursor.problem !== '' || damaged.cursor.reader.warnings.length > 0, name)
  }
})

test('files that are no captures', async () => {
  for (const bytes of [Buffer.alloc(0), Buffer.from('GET / HTTP/1.1\r\n\r\n'), Buffer.alloc(100), gzipSync('text')]) {
    await assert.rejects(CaptureCursor.open(write('none', bytes)), NotACapture)
  }
  await assert.rejects(CaptureCursor.open('/nowhere/at/all.pcap'), { code: 'ENOENT' })
})

test('a look at a capture', async () => {
  const facts = await inspectCapture(write('facts', pcapFile(framesOf(10, 100), { linkType: 113 })))
  assert.deepEqual(facts, { packets: 10, firstTime: TIME, lastTime: TIME + 9, linkTypes: [113], warnings: [] })
  const empty = await inspectCapture(write('empty', pcapFile([])))
  assert.deepEqual([empty.packets, empty.firstTime, empty.lastTime], [0, null, null])
})
