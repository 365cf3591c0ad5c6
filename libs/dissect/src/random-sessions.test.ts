import assert from 'node:assert/strict'
import { test } from 'node:test'

import { seededRandom } from '@hindwire/testkit/seeded-random.ts'
import { type SendOptions, TcpSession, type TimedFrame } from '@hindwire/testkit/tcp-session.ts'

import { mergeCoverage } from './coverage.ts'
import { collect } from './testing/collect.ts'

const SEED = 99
const PAYLOADS = [
  'GET /x HTTP/1.1\r\nHost: h\r\n\r\n',
  'POST /y HTTP/1.1\r\nHost: h\r\nContent-Length: 300\r\n\r\n' + 'p'.repeat(300),
  'HTTP/1.1 200 OK\r\nContent-Length: 700\r\n\r\n' + 'r'.repeat(700),
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n' + 'c'.repeat(100) + '\r\n0\r\n\r\n',
  '*2\r\n$3\r\nGET\r\n$1\r\nk\r\n',
  '$500\r\n' + 'v'.repeat(500) + '\r\n',
  'noise without any meaning, '.repeat(20),
]

/** Several connections with losses, repetitions, other orders, resets and ports used again; frames by time. */
function randomFrames(seed: number): TimedFrame[] {
  const random = seededRandom(seed)
  const below = (most: number): number => Math.floor(random() * most)
  const some = (): number[] => (random() < 0.2 ? [below(4)] : [])
  const sessions = Array.from({ length: 4 }, (_, n) => {
    const client = { ip: `10.0.0.${1 + below(3)}`, port: 40_000 + below(2) }
    const options = { client, mss: 60 + below(900), acks: random() < 0.5, clientSeq: below(2 ** 32) }
    const session = new TcpSession({ ...options, time: 1_700_000_000_000_000 + n * 1000, step: 1 + below(400_000) })
    if (random() < 0.7) session.open()
    for (let piece = 0; piece < 12; piece++) {
      const send: SendOptions = { lose: some(), repeat: some(), order: some() }
      session.send(random() < 0.5 ? 'client' : 'server', PAYLOADS[below(PAYLOADS.length)] as string, send)
      if (random() < 0.1) session.keepAlive('client')
    }
    if (random() < 0.3) session.reset()
    else if (random() < 0.7) session.close()
    return session.frames
  })
  return sessions.flat().toSorted((x, y) => x.time - y.time)
}

test('random sessions: every packet in one bucket, no negative times, the same for any number of shards', () => {
  for (let seed = SEED; seed < SEED + 60; seed++) {
    const frames = randomFrames(seed)
    const one = collect(frames)
    const sum = Object.values(one.coverage.buckets).reduce((total, count) => total + count, 0)
    assert.equal(one.coverage.packets, frames.length, `seed ${seed}`)
    assert.equal(sum, frames.length, `seed ${seed}`)
    for (const [elapsed, duration] of one.times) {
      assert.ok(elapsed >= 0 && duration >= 0 && elapsed <= duration, `seed ${seed}: ${elapsed} of ${duration}`)
    }
    const parts = Array.from({ length: 5 }, (_, shard) => collect(frames, { shard, shards: 5 }))
    assert.deepEqual(mergeCoverage(parts.map(({ coverage }) => coverage)), one.coverage, `seed ${seed}`)
    const entries = parts.flatMap((part) => part.entries)
    assert.deepEqual(entries.toSorted(), one.entries.toSorted(), `seed ${seed}`)
  }
})
