import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'

import { decodeBlocks } from '@hindwire/entries/block-decoder.ts'
import { pcapFile } from '@hindwire/packets/capture-writer.ts'
import { udpFrame } from '@hindwire/testkit/packet-builder.ts'

import { dissectShard } from './dissect-shard.ts'
import { runShard } from './run-shard.ts'
import type { ShardHandler, ShardTask } from './shard-task.ts'
import { temporaryFiles } from './testing/temporary-files.ts'
import { capturesOf } from './testing/testdata.ts'

const write = temporaryFiles()
const QUERIES = 110_000
/** Blocks that may be on their way, and those that one window of the file fills. */
const MOST_WAITING = 4 + 4

/** Name-service queries that nobody answers: an entry of every packet. */
function queries(): string {
  const question = Buffer.from('12340100000100000000000003777777076578616d706c6503636f6d0000010001', 'hex')
  const frame = udpFrame({ ip: '10.0.0.1', port: 4000 }, { ip: '10.0.0.2', port: 53 }, question)
  const frames = Array.from({ length: QUERIES }, (_, at) => {
    const bytes = frame.slice()
    const view = new DataView(bytes.buffer)
    view.setUint16(34, 20_000 + (at % 40_000))
    view.setUint16(42, at & 0xffff)
    return { time: 1_704_067_200_000_000 + at * 10, bytes }
  })
  return write('queries.pcap', pcapFile(frames))
}

function task(path: string, packets: number): ShardTask {
  return { files: [{ path, name: 'capture', node: 'n1', packets }], shard: 0, shards: 1, dissection: 1 }
}

function smallTask(): ShardTask {
  const capture = capturesOf('http')[0]
  assert.ok(capture !== undefined)
  return task(capture.url.pathname, capture.frames.length)
}

/** Keeps the rows of all blocks, as text. */
function keeping(): { readonly handler: ShardHandler; readonly rows: string[]; readonly sequences: number[] } {
  const rows: string[] = []
  const sequences: number[] = []
  const handler: ShardHandler = {
    block(block, sequence) {
      sequences.push(sequence)
      for (const row of decodeBlocks(block.bytes)) rows.push(JSON.stringify(row))
      return Promise.resolve()
    },
  }
  return { handler, rows, sequences }
}

test('a thread gives what this thread gives', async () => {
  const here = keeping()
  const there = keeping()
  const report = await dissectShard(smallTask(), here.handler)
  assert.deepEqual(await runShard(smallTask(), there.handler), report)
  assert.deepEqual(there.rows, here.rows)
  assert.ok(there.rows.length > 0 && report.entries === there.rows.length)
})

test('a file that is not there is reported, not thrown', async () => {
  const { files, entries } = await runShard(task('/nowhere/x.pcap', 0), keeping().handler)
  assert.equal(entries, 0)
  assert.equal(files[0]?.problems.length, 1)
})

test('a handler that fails, and an abort, end the run with their reason', async () => {
  const failing: ShardHandler = { block: () => Promise.reject(new Error('disk full')) }
  await assert.rejects(runShard(smallTask(), failing), /disk full/u)
  await assert.rejects(dissectShard(smallTask(), failing), /disk full/u)
  await assert.rejects(runShard(smallTask(), keeping().handler, AbortSignal.abort(new Error('early'))), /early/u)
})

test('back-pressure: reading waits while blocks are not taken; an abort ends even that', async () => {
  const path = queries()
  let waiting = 0
  let most = 0
  const sequences: number[] = []
  const slow: ShardHandler = {
    async block(_block, sequence) {
      sequences.push(sequence)
      most = Math.max(most, ++waiting)
      await sleep(20)
      waiting--
    },
  }
  const report = await runShard(task(path, QUERIES), slow)
  assert.equal(report.protocols['dns']?.entries, QUERIES)
  assert.deepEqual(
    sequences,
    sequences.map((_, at) => at),
  )
  assert.ok(sequences.length >= 5, `${sequences.length} blocks`)
  assert.ok(most <= MOST_WAITING, `${most} blocks at once`)

  const stop = new AbortController()
  const stuck: ShardHandler = {
    block() {
      setTimeout(() => stop.abort(new Error('no longer wanted')), 50)
      return new Promise<void>(() => undefined)
    },
  }
  await assert.rejects(runShard(task(path, QUERIES), stuck, stop.signal), /no longer wanted/u)
})
