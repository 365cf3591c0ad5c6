import assert from 'node:assert/strict'
import { test } from 'node:test'

import { pcapFile } from '@hindwire/packets/capture-writer.ts'

import { PacketFiles } from './packet-files.ts'
import { type CaptureInput, readPackets } from './read-packets.ts'
import { temporaryFiles } from './testing/temporary-files.ts'

const write = temporaryFiles()

/** A capture with one frame at each time; the frame's first byte is its place in the file. */
function input(name: string, times: readonly number[]): CaptureInput {
  const frames = times.map((time, at) => ({ time, bytes: Uint8Array.of(at, 0, 0, 0) }))
  return { path: write(name, pcapFile(frames)), name, node: '', packets: times.length }
}

async function order(inputs: readonly CaptureInput[]): Promise<{ seen: string[]; pauses: number; problems: string[] }> {
  const seen: string[] = []
  let pauses = 0
  const reports = await readPackets(inputs, {
    packet: ({ bytes, start, time }, ordinal, file) => seen.push(`${time} ${file}.${bytes[start]} #${ordinal}`),
    pause: () => {
      pauses++
      return undefined
    },
  })
  return { seen, pauses, problems: reports.flatMap((each) => each.problems) }
}

test('several files in the order of time; ordinals count through the files', async () => {
  const inputs = [input('a', [10, 30, 50]), input('b', []), input('c', [20, 30, 40, 60])]
  const { seen, pauses } = await order(inputs)
  const expected = ['10 0.0 #1', '20 2.0 #4', '30 0.1 #2', '30 2.1 #5', '40 2.2 #6', '50 0.2 #3', '60 2.3 #7']
  assert.deepEqual(seen, expected)
  assert.ok(pauses >= 2)
})

test('a file out of order keeps its own order', async () => {
  const { seen } = await order([input('d', [50, 10, 60]), input('e', [20, 55])])
  assert.deepEqual(
    seen.map((each) => each.split(' ')[1]),
    ['1.0', '0.0', '0.1', '1.1', '0.2'],
  )
})

test('a file that cannot be opened is reported, the others are read', async () => {
  const missing = { path: '/nowhere/x.pcap', name: 'x', node: '', packets: 3 }
  const { seen, problems } = await order([missing, input('f', [1, 2])])
  assert.deepEqual(seen, ['1 1.0 #4', '2 1.1 #5'])
  assert.equal(problems.length, 1)
})

test('ordinals find their file and number', () => {
  const files = new PacketFiles([3, 0, 4].map((packets, at) => ({ path: '', name: `f${at}`, node: '', packets })))
  const found = [1, 3, 4, 7].map((n) => `${files.name(files.fileOf(n))}:${files.numberIn(n)}`)
  assert.deepEqual(found, ['f0:1', 'f0:3', 'f2:1', 'f2:4'])
})
