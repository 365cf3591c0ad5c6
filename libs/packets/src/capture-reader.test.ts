import assert from 'node:assert/strict'
import { test } from 'node:test'

import { seededRandom } from '@hindwire/testkit/seeded-random.ts'

import type { CaptureReader } from './capture-reader.ts'
import { openCapture } from './capture-reader.ts'
import { pcapFile, pcapFileHeader, pcapngBlock, pcapngSection, pcapRecord } from './capture-writer.ts'
import type { FrameRecord } from './capture-writer.ts'
import { readCapture } from './read-capture.ts'

const TIME = 1_700_000_000_123_456

/** Frames of many lengths whose bytes tell which frame they belong to. */
function frames(count: number, time = TIME): FrameRecord[] {
  return Array.from({ length: count }, (_, index) => ({
    time: time + index * 1001,
    bytes: new Uint8Array(14 + ((index * 37) % 200)).fill(index + 1),
  }))
}

interface Seen {
  readonly number: number
  readonly time: number
  readonly bytes: string
  readonly wireLength: number
  readonly linkType: number
}

function read(file: Uint8Array, windowBytes?: number): { readonly seen: Seen[]; readonly reader: CaptureReader } {
  const seen: Seen[] = []
  const opened = readCapture(
    file,
    ({ number, time, bytes, start, end, wireLength, linkType }) => {
      seen.push({ number, time, bytes: Buffer.from(bytes.subarray(start, end)).toString('hex'), wireLength, linkType })
    },
    windowBytes,
  )
  assert.equal(opened.kind, 'capture')
  assert.ok(opened.kind === 'capture')
  assert.equal(opened.reader.packets, seen.length)
  return { seen, reader: opened.reader }
}

function expected(list: readonly FrameRecord[], linkType = 1): Seen[] {
  return list.map(({ time, bytes, wireLength }, index) => ({
    number: index + 1,
    time: Math.floor(time),
    bytes: Buffer.from(bytes).toString('hex'),
    wireLength: wireLength ?? bytes.length,
    linkType,
  }))
}

const FORMATS: Record<string, (list: readonly FrameRecord[]) => Buffer> = {
  'pcap µs little-endian': (list) => pcapFile(list),
  'pcap µs big-endian': (list) => pcapFile(list, { bigEndian: true }),
  'pcap ns little-endian': (list) => pcapFile(list, { nanoseconds: true }),
  'pcap ns big-endian': (list) => pcapFile(list, { nanoseconds: true, bigEndian: true }),
  'pcapng little-endian': (list) => pcapngSection(list),
  'pcapng big-endian': (list) => pcapngSection(list, { bigEndian: true }),
  'pcapng ns': (list) => pcapngSection(list, { interfaces: [{ linkType: 1, resolution: 9 }] }),
  // Picoseconds since 1970 exceed 64 bits.
  'pcapng ps with offset': (list) =>
    pcapngSection(list, { interfaces: [{ linkType: 1, resolution: 12, offset: 1_699_000_000 }] }),
  'pcapng with offset': (list) => pcapngSection(list, { interfaces: [{ linkType: 1, offset: 1_600_000_000 }] }),
}

for (const [name, write] of Object.entries(FORMATS)) {
  test(`${name}: what is written is read, whatever the window`, () => {
    const list = frames(40)
    const file = write(list)
    for (const windowBytes of [file.length, 48, 100, 333, 1024]) {
      const { seen, reader } = read(file, windowBytes)
      assert.deepEqual(seen, expected(list))
      assert.equal(reader.skippedBytes, 0)
      assert.deepEqual(reader.warnings, [])
    }
  })

  test(`${name}: a cut at any byte loses the last packets only, and says so`, () => {
    const list = frames(5)
    const file = write(list)
    const whole = expected(list)
    for (let length = file.length - 1; length >= 120; length -= 3) {
      const { seen, reader } = read(file.subarray(0, length), 64)
      assert.deepEqual(seen, whole.slice(0, seen.length))
      const clean = reader.warnings.length === 0
      assert.equal(clean, reader.skippedBytes === 0)
    }
  })
}

test('snapshot length: the wire length stays', () => {
  const list = frames(3)
  const { seen } = read(pcapFile(list, { snapLength: 20, linkType: 101 }))
  assert.equal(seen[2]?.bytes.length, 40)
  assert.equal(seen[2]?.wireLength, list[2]?.bytes.length)
  assert.equal(seen[0]?.linkType, 101)
})

/** A pcap file whose record headers have bytes more, and perhaps another magic number. */
function patchedPcap(list: readonly FrameRecord[], magic: number, extraBytes: number): Buffer {
  const header = pcapFileHeader()
  header.writeUInt32LE(magic, 0)
  const records = list.flatMap((frame) => {
    const [record, bytes] = pcapRecord(frame)
    return [record, Buffer.alloc(extraBytes, 3), bytes]
  })
  return Buffer.concat([header, ...records])
}

test('record headers of patched programs', () => {
  const list = frames(12)
  assert.deepEqual(read(patchedPcap(list, 0xa1b2cd34, 8), 200).seen, expected(list))
  assert.deepEqual(read(patchedPcap(list, 0xa1b2cd34, 12), 200).seen, expected(list))
  assert.deepEqual(read(patchedPcap(list, 0xa1b2c3d4, 8), 200).seen, expected(list))
  assert.deepEqual(read(patchedPcap(list, 0xa1b2c3d4, 4), 200).seen, expected(list))
})

test('lengths in the order of version 2.2', () => {
  const list = frames(6).map((frame) => ({ ...frame, wireLength: 3000 }))
  const file = pcapFile(list)
  file.writeUInt16LE(2, 6)
  let at = 24
  for (const { bytes } of list) {
    file.writeUInt32LE(3000, at + 8)
    file.writeUInt32LE(bytes.length, at + 12)
    at += 16 + bytes.length
  }
  assert.deepEqual(read(file).seen, expected(list))
})

test('a broken length in the middle: reading resumes at the next record', () => {
  const list = frames(60)
  for (const bigEndian of [false, true]) {
    for (const windowBytes of [undefined, 300]) {
      const file = pcapFile(list, { bigEndian })
      const offset = 24 + list.slice(0, 20).reduce((sum, { bytes }) => sum + 16 + bytes.length, 0)
      file.fill(0xff, offset + 8, offset + 12)
      const { seen, reader } = read(file, windowBytes)
      assert.equal(seen.length, 59)
      assert.equal(seen[20]?.bytes, expected(list)[21]?.bytes)
      assert.equal(reader.skippedBytes, 16 + list[20]!.bytes.length)
      assert.equal(reader.warnings[0]?.offset, offset)
    }
  }
})

test('a length that reaches beyond the file: the records behind it are found', () => {
  const list = frames(10)
  const file = pcapFile(list)
  const offset = 24 + list.slice(0, 4).reduce((sum, { bytes }) => sum + 16 + bytes.length, 0)
  file.writeUInt32LE(100_000, offset + 8)
  const { seen, reader } = read(file, 4096)
  assert.equal(seen.length, 9)
  assert.equal(reader.skippedBytes, 16 + list[4]!.bytes.length)
})

test('a record that does not fit the window says what it needs', () => {
  const file = pcapFile([{ time: TIME, bytes: new Uint8Array(1000) }])
  const opened = openCapture(file)
  assert.ok(opened.kind === 'capture')
  assert.deepEqual(read(file, 50).seen[0]?.wireLength, 1000)
})

test('broken blocks of pcapng: reading resumes at the next one', () => {
  const list = frames(30)
  for (const windowBytes of [undefined, 256]) {
    const file = pcapngSection(list)
    const block = file.indexOf(Buffer.from(list[10]!.bytes)) - 28
    file.writeUInt32LE(0x7ffffff0, block + 4)
    const { seen, reader } = read(file, windowBytes)
    assert.equal(seen.length, 29)
    assert.equal(reader.skippedBytes, 32 + ((list[10]!.bytes.length + 3) & ~3))
  }
})

test('sections of either byte order and interfaces of their own', () => {
  const list = frames(4)
  const file = Buffer.concat([
    pcapngSection(list.slice(0, 2), { interfaces: [{ linkType: 1 }] }),
    pcapngSection(
      list.slice(2).map((frame) => ({ ...frame, interfaceId: 1 })),
      { bigEndian: true, interfaces: [{ linkType: 113 }, { linkType: 101, resolution: 9 }] },
    ),
  ])
  const { seen } = read(file, 64)
  assert.deepEqual(
    seen.map(({ number, linkType, time }) => [number, linkType, time]),
    list.map(({ time }, index) => [index + 1, index < 2 ? 1 : 101, time]),
  )
})

test('coarse and binary time resolutions', () => {
  for (const [resolution, units, micros] of [
    [3, 1_700_000_000_123n, 1_700_000_000_123_000],
    [0, 1_700_000_000n, 1_700_000_000_000_000],
    [0x80 | 10, 1_700_000_000n * 1024n + 512n, 1_700_000_000_500_000],
    [0x80 | 32, (1_700_000_000n << 32n) + (1n << 31n), 1_700_000_000_500_000],
  ] as const) {
    const file = pcapngSection([{ time: 0, bytes: new Uint8Array(20) }], { interfaces: [{ linkType: 1, resolution }] })
    const at = file.length - 52 + 12
    file.writeUInt32LE(Number(units >> 32n), at)
    file.writeUInt32LE(Number(units & 0xffffffffn), at + 4)
    assert.equal(read(file).seen[0]?.time, micros, `resolution ${resolution}`)
  }
})

test('simple and obsolete packet blocks, unknown blocks, an unknown interface', () => {
  const [first, second] = frames(2) as [FrameRecord, FrameRecord]
  const simple = Buffer.concat([Buffer.from([second.bytes.length, 0, 0, 0]), second.bytes])
  const obsolete = Buffer.alloc(20 + second.bytes.length)
  obsolete.writeUInt32LE(Math.floor(TIME / 2 ** 32), 4)
  obsolete.writeUInt32LE(TIME % 2 ** 32, 8)
  obsolete.writeUInt32LE(second.bytes.length, 12)
  obsolete.writeUInt32LE(second.bytes.length, 16)
  obsolete.set(second.bytes, 20)
  const file = Buffer.concat([
    pcapngSection([first]),
    pcapngBlock(0xbad, Buffer.alloc(5000)),
    pcapngBlock(3, simple),
    pcapngBlock(5, Buffer.alloc(12)),
    pcapngBlock(2, obsolete),
    pcapngSection([{ ...first, interfaceId: 3 }], { interfaces: [] }),
  ])
  const { seen, reader } = read(file, 128)
  const hex = Buffer.from(second.bytes).toString('hex')
  assert.deepEqual(
    seen.map(({ time, bytes }) => [time, bytes === hex]),
    [
      [TIME, false],
      [TIME, true],
      [TIME, true],
      [TIME, false],
    ],
  )
  assert.equal(seen[3]?.linkType, 0xffff)
  assert.match(reader.warnings[0]?.text ?? '', /interface 3/)
})

test('names, secrets and comments', () => {
  const names = new Map([['192.0.2.1', ['a.example', 'b.example']]])
  const comment = Buffer.alloc(20 + 4 + 4 + 4 + 4)
  comment.writeUInt32LE(4, 12)
  comment.writeUInt32LE(4, 16)
  comment.writeUInt16LE(1, 24)
  comment.writeUInt16LE(4, 26)
  comment.write('note', 28)
  for (const bigEndian of [false, true]) {
    const section = pcapngSection([], { names, keyLog: 'CLIENT_RANDOM 00 11\n', bigEndian })
    const file = bigEndian ? section : Buffer.concat([section, pcapngBlock(6, comment)])
    const { reader } = read(file, 64)
    assert.deepEqual(reader.extras.names, [{ address: '192.0.2.1', names: ['a.example', 'b.example'] }])
    assert.equal(reader.extras.secrets[0]?.type, 0x544c534b)
    assert.equal(Buffer.from(reader.extras.secrets[0]?.bytes ?? []).toString(), 'CLIENT_RANDOM 00 11\n')
    assert.deepEqual(reader.extras.comments, bigEndian ? [] : [{ packet: 1, text: 'note' }])
  }
})

test('what is no capture is named', () => {
  const cases: Record<string, Uint8Array | string> = {
    empty: '',
    gzip: new Uint8Array([0x1f, 0x8b, 8, 0]),
    zstd: new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 0]),
    html: '\n<!DOCTYPE html><html></html>',
    json: '{"error": "not found"}',
    elf: new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 2, 1]),
    text: 'ceci n’est pas une capture',
    xml: '<?xml version="1.0"?>',
    zeros: new Uint8Array(100),
    cut: pcapFileHeader().subarray(0, 23),
    unknown: new Uint8Array([1, 2, 3, 4, 0xff]),
  }
  for (const [looksLike, content] of Object.entries(cases)) {
    const opened = openCapture(typeof content === 'string' ? Buffer.from(content) : content)
    assert.ok(opened.kind === 'unreadable')
    assert.equal(opened.looksLike, looksLike)
    assert.match(opened.reason, /^(It|The) .*\.$/)
  }
})

test('mutated files: no throw, no hang, all bytes accounted for', () => {
  const list = frames(30)
  for (let seed = 1; seed <= 300; seed++) {
    const random = seededRandom(seed)
    const formats = Object.values(FORMATS)
    const file = formats[seed % formats.length]!(list)
    for (let count = 0; count < 1 + random() * 12; count++) {
      file[28 + Math.floor(random() * (file.length - 28))] = random() < 0.3 ? 0xff : Math.floor(random() * 256)
    }
    const counts = [undefined, 97].map((windowBytes) => {
      let bytes = 0
      const opened = readCapture(file, (packet) => (bytes += packet.end - packet.start), windowBytes)
      assert.ok(opened.kind === 'capture', `seed ${seed}`)
      assert.ok(opened.reader.finished && bytes + opened.reader.skippedBytes <= file.length, `seed ${seed}`)
      return opened.reader.packets
    })
    assert.equal(counts[0], counts[1], `seed ${seed}`)
  }
})
