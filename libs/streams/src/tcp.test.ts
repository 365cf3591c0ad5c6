import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as fc from 'fast-check'

import { type Segment, TcpRun } from './testing/tcp-run.ts'

const SEED = 7
const text = (length: number): string => Array.from({ length }, (_, at) => String.fromCharCode(97 + (at % 26))).join('')
const everyPacketOnce = (run: TcpRun): void =>
  assert.deepEqual(
    run.booked.toSorted((x, y) => x - y),
    Array.from({ length: run.sent }, (_, at) => at + 1),
  )

/** Start of the sequence numbers, near the wrap more often than not. */
const isn = fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 2 ** 32 - 300, max: 2 ** 32 - 1 }))
const range = fc.tuple(fc.nat(199), fc.integer({ min: 1, max: 60 }))

test('any order, repetition, overlap and split gives the bytes that were sent', () => {
  fc.assert(
    fc.property(isn, fc.array(range, { maxLength: 30 }), fc.infiniteStream(fc.nat(1000)), (start, extra, order) => {
      const sent = text(200)
      const cuts: Segment[] = []
      for (let at = 0; at < 200; at += 10) cuts.push({ seq: start + 1 + at, bytes: sent.slice(at, at + 10) })
      for (const [at, length] of extra) cuts.push({ seq: start + 1 + at, bytes: sent.slice(at, at + length) })
      const shuffled = cuts
        .map((segment) => ({ segment, rank: order.next().value as number }))
        .toSorted((x, y) => x.rank - y.rank)
      const run = new TcpRun().take({ seq: start, flags: 'S' }, ...shuffled.map(({ segment }) => segment)).drain()
      assert.equal(run.streams[0], sent)
      assert.deepEqual(run.gaps, [])
      everyPacketOnce(run)
    }),
    { seed: SEED, numRuns: 200 },
  )
})

test('gaps stand exactly where bytes never came', () => {
  fc.assert(
    fc.property(isn, fc.array(range, { maxLength: 8 }), (start, ranges) => {
      const sent = text(260)
      const seen = new Set<number>()
      const segments = ranges.map(([at, length]): Segment => {
        for (let byte = at; byte < at + length; byte++) seen.add(byte)
        return { seq: start + 1 + at, bytes: sent.slice(at, at + length) }
      })
      const run = new TcpRun().take({ seq: start, flags: 'S' }, ...segments).drain()
      const last = Math.max(-1, ...seen)
      const expected = Array.from(sent.slice(0, last + 1), (letter, at) => (seen.has(at) ? letter : '_')).join('')
      assert.equal(run.streams[0], expected)
      everyPacketOnce(run)
    }),
    { seed: SEED, numRuns: 200 },
  )
})

test('what arrived first is kept', () => {
  const run = new TcpRun().take({ seq: 1, bytes: 'abcd' }, { seq: 1, bytes: 'XXXXef' }, { seq: 3, bytes: 'YY' })
  assert.equal(run.streams[0], 'abcdef')
  assert.deepEqual(run.events, ['retransmission 3'])
})

test('a hole whose bytes were acknowledged is a loss after a while, any other one much later', () => {
  const acked = new TcpRun().take(
    { seq: 0, flags: 'S', time: 0 },
    { seq: 11, bytes: 'later', time: 10 },
    { direction: 1, seq: 0, ack: 16, flags: 'A', time: 20 },
  )
  assert.equal(acked.streams[0], '')
  acked.take({ direction: 1, seq: 0, ack: 16, flags: 'A', time: 300_000 })
  assert.equal(acked.streams[0], '__________later')
  const open = new TcpRun().take({ seq: 0, flags: 'S', time: 0 }, { seq: 11, bytes: 'later', time: 10 })
  assert.equal(open.tcp.isStalled(open.flow, 0), true)
  assert.equal(open.take({ seq: 16, bytes: '!', time: 4_000_000 }).streams[0], '')
  assert.equal(open.take({ seq: 17, bytes: '!', time: 6_000_000 }).streams[0], '__________later!!')
  assert.equal(open.tcp.isStalled(open.flow, 0), false)
})

test('held memory is bounded in bytes, in segments and over all flows', () => {
  for (const limits of [{ maxHeldBytes: 1000 }, { maxHeldSegments: 10 }, { maxHeldTotal: 1000 }]) {
    const run = new TcpRun(limits).take({ seq: 0, flags: 'S' })
    let most = 0
    for (let n = 0; n < 300; n++) {
      // Every second segment is lost.
      run.take({ seq: 1 + 200 * n + 100, bytes: text(100) })
      most = Math.max(most, run.flow.halves?.[0].heldBytes ?? 0)
    }
    assert.ok(most <= 1100, `${JSON.stringify(limits)}: ${most}`)
    assert.equal(run.drain().streams[0].length, 300 * 200)
    assert.equal(run.flow.halves?.[0].heldBytes, 0)
    everyPacketOnce(run)
  }
})

test('a segment cut by the snapshot length is a gap of its own kind', () => {
  const run = new TcpRun().take({ seq: 1, bytes: 'abcdef', captured: 4 }, { seq: 7, bytes: 'gh' })
  assert.equal(run.streams[0], 'abcd__gh')
  assert.deepEqual(run.gaps, ['cut 2'])
  const held = new TcpRun().take(
    { seq: 0, flags: 'S' },
    { seq: 4, bytes: 'defg', captured: 1 },
    { seq: 1, bytes: 'abc' },
  )
  assert.equal(held.streams[0], 'abcd___')
  everyPacketOnce(held)
})

test('a segment far outside of any window does not move the stream', () => {
  const run = new TcpRun().take(
    { seq: 1, bytes: 'abc' },
    { seq: 4 + 2 ** 30 + 1, bytes: 'stray' },
    { seq: 4, bytes: 'd' },
  )
  assert.equal(run.drain().streams[0], 'abcd')
  assert.deepEqual(run.events, ['outside 2'])
  everyPacketOnce(run)
})

test('FIN ends a direction when its bytes are there; what comes later is outside', () => {
  const run = new TcpRun().take(
    { seq: 0, flags: 'S' },
    { seq: 4, bytes: 'de', flags: 'F' },
    { seq: 1, bytes: 'abc' },
    { seq: 1, bytes: 'abc' },
    { seq: 7, bytes: 'after' },
  )
  assert.equal(run.streams[0], 'abcde')
  assert.deepEqual(run.events, ['end 0', 'retransmission 4', 'outside 5'])
  assert.equal(run.flow.closed, false)
  run.take({ direction: 1, seq: 9, flags: 'F' })
  assert.equal(run.flow.closed, true)
  everyPacketOnce(run)
})

test('RST ends both directions, and gives up what waits; a stream that goes on is read on', () => {
  const run = new TcpRun().take({ seq: 0, flags: 'S' }, { seq: 3, bytes: 'c' }, { direction: 1, seq: 0, flags: 'R' })
  assert.equal(run.streams[0], '__c')
  assert.deepEqual(run.events, ['end 0', 'end 1'])
  assert.equal(run.take({ seq: 4, bytes: 'more' }).streams[0], '__cmore')
  everyPacketOnce(run)
})

test('keep-alive probes bring nothing', () => {
  const run = new TcpRun().take(
    { seq: 1, bytes: 'abc' },
    { seq: 3, bytes: '\u0000' },
    { seq: 3 },
    { seq: 4, bytes: 'd' },
  )
  assert.equal(run.streams[0], 'abcd')
  assert.deepEqual(run.events, [])
  everyPacketOnce(run)
})

test('a SYN of its own opens a new connection on the same ports, a repeated one does not', () => {
  const run = new TcpRun().take({ seq: 100, flags: 'S' }, { direction: 1, seq: 500, flags: 'SA' })
  const renews = (segment: Segment): boolean => run.tcp.isNewEpoch(run.flow, segment.direction ?? 0, run.load(segment))
  assert.equal(renews({ seq: 100, flags: 'S' }), false)
  assert.equal(renews({ direction: 1, seq: 500, flags: 'SA' }), false)
  assert.equal(renews({ seq: 101, bytes: 'x' }), false)
  assert.equal(renews({ seq: 7000, flags: 'S' }), true)
  assert.equal(renews({ direction: 1, seq: 900, flags: 'SA' }), false, 'only once the connection is closed')
  run.take({ seq: 101, flags: 'R' })
  assert.equal(renews({ direction: 1, seq: 900, flags: 'SA' }), true)
  const joined = new TcpRun().take({ seq: 5, bytes: 'in the middle' })
  assert.equal(joined.tcp.isNewEpoch(joined.flow, 0, joined.load({ seq: 100, flags: 'S' })), true)
})

test('any segments: every packet booked once, nothing held in the end', () => {
  const segment = fc.record({
    direction: fc.constantFrom<0 | 1>(0, 1),
    seq: fc.oneof(fc.nat(400), fc.integer({ min: 0, max: 2 ** 32 - 1 })),
    bytes: fc.nat(40).map(text),
    flags: fc.constantFrom('', 'A', 'A', 'A', 'S', 'SA', 'F', 'FA', 'R'),
    ack: fc.nat(400),
  })
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 60 }), (segments) => {
      const run = new TcpRun({ maxHeldSegments: 8 }).take(...segments).drain()
      everyPacketOnce(run)
      for (const half of run.flow.halves ?? []) {
        assert.equal(half.held, null)
        assert.equal(half.heldBytes, 0)
      }
    }),
    { seed: SEED, numRuns: 300 },
  )
})
