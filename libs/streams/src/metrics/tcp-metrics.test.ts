import assert from 'node:assert/strict'
import { test } from 'node:test'

import { decodePacket } from '@hindwire/packets/decode.ts'
import { Packet } from '@hindwire/packets/packet.ts'
import { tcpFrame, type TcpFields } from '@hindwire/testkit/packet-builder.ts'
import { TcpSession } from '@hindwire/testkit/tcp-session.ts'

import type { TcpFigures } from './tcp-figures.ts'
import { TcpMetrics } from './tcp-metrics.ts'

interface Segment extends TcpFields {
  readonly from: 'client' | 'server'
  /** µs since the beginning. */
  readonly at: number
}

const CLIENT = { ip: '10.0.0.1', port: 40000 }
const SERVER = { ip: '10.0.0.2', port: 80 }
const START = 1_704_067_200_000_000
const SCALE_7 = Uint8Array.of(3, 3, 7, 1)

function measure(frames: readonly { readonly time: number; readonly bytes: Uint8Array }[]): TcpFigures {
  const metrics = new TcpMetrics()
  const record = metrics.open()
  const packet = new Packet()
  for (const { time, bytes } of frames) {
    packet.bytes = bytes
    packet.start = 0
    packet.end = bytes.length
    packet.wireLength = bytes.length
    packet.time = time
    packet.linkType = 1
    decodePacket(packet)
    metrics.segment(record, packet.srcPort === CLIENT.port ? 0 : 1, packet)
  }
  return metrics.figures(record, 0)
}

function figuresOf(...segments: readonly Segment[]): TcpFigures {
  return measure(
    segments.map(({ from, at, ...fields }) => {
      const [self, peer] = from === 'client' ? [CLIENT, SERVER] : [SERVER, CLIENT]
      return { time: START + at, bytes: tcpFrame(self, peer, fields) }
    }),
  )
}

const handshake: readonly Segment[] = [
  { from: 'client', at: 0, seq: 1000, flags: 'S', window: 64_000, options: SCALE_7 },
  { from: 'server', at: 5000, seq: 5000, ack: 1001, flags: 'SA', window: 64_000, options: SCALE_7 },
  { from: 'client', at: 5200, seq: 1001, ack: 5001, flags: 'A', window: 500 },
]
const data = (from: Segment['from'], at: number, seq: number, ack: number, length: number): Segment => ({
  from,
  at,
  seq,
  ack,
  flags: 'PA',
  window: 500,
  payload: new Uint8Array(length),
})
const ack = (from: Segment['from'], at: number, seq: number, number: number, window = 500): Segment => ({
  from,
  at,
  seq,
  ack: number,
  flags: 'A',
  window,
})

test('a whole connection: handshake, round trips, goodput, completeness', () => {
  const figures = figuresOf(
    ...handshake,
    data('client', 6000, 1001, 5001, 100),
    ack('server', 10_000, 5001, 1101),
    data('server', 26_000, 5001, 1101, 1000),
    ack('client', 26_300, 1101, 6001),
    { from: 'client', at: 30_000, seq: 1101, ack: 6001, flags: 'FA' },
    { from: 'server', at: 35_000, seq: 6001, ack: 1102, flags: 'FA' },
    ack('client', 35_300, 1102, 6002),
  )
  assert.equal(figures.completeness, 1 + 2 + 4 + 8 + 16)
  assert.equal(figures.initialRtt, 5200)
  assert.equal(figures.handshakeTime, 5200)
  assert.equal(figures.timeToFirstByte, 20_000)
  const { client, server } = figures
  assert.deepEqual([client.rttSamples, client.rttMin, client.rttMax, client.rttSum], [3, 4000, 5000, 14_000])
  assert.deepEqual([server.rttSamples, server.rttMin, server.rttMax, server.rttSum], [3, 200, 300, 800])
  assert.deepEqual([client.goodputBytes, server.goodputBytes], [100, 1000])
  assert.deepEqual([client.fins, server.fins, client.retransmissions, server.retransmissions], [1, 1, 0, 0])
  assert.equal(client.windowScale, 7)
})

test('retransmissions: after a time-out, spurious, fast', () => {
  const timeout = figuresOf(
    ...handshake,
    data('client', 6000, 1001, 5001, 100),
    data('client', 306_000, 1001, 5001, 100),
  )
  assert.deepEqual([timeout.client.retransmissions, timeout.client.outOfOrder], [1, 0])
  assert.equal(timeout.client.goodputBytes, 100)

  const spurious = figuresOf(
    ...handshake,
    data('client', 6000, 1001, 5001, 100),
    ack('server', 11_000, 5001, 1101),
    data('client', 306_000, 1001, 5001, 100),
  )
  assert.deepEqual([spurious.client.retransmissions, spurious.client.spuriousRetransmissions], [1, 1])

  const segments = [0, 1, 2, 3, 4].map((at) => data('client', 6000 + at, 1001 + at * 100, 5001, 100))
  const acks = [0, 1, 2].map((at) => ack('server', 30_000 + at, 5001, 1101))
  const fast = figuresOf(...handshake, ...segments, ...acks, data('client', 40_000, 1101, 5001, 100))
  assert.deepEqual([fast.server.dupAcks, fast.client.fastRetransmissions, fast.client.retransmissions], [2, 1, 1])
  const late = figuresOf(...handshake, ...segments, ...acks, data('client', 51_000, 1101, 5001, 100))
  assert.deepEqual([late.client.fastRetransmissions, late.client.retransmissions], [0, 1])
})

function swapped(at: number): TcpFigures {
  return figuresOf(
    ...handshake,
    data('client', 6000, 1001, 5001, 100),
    data('client', 6010, 1201, 5001, 100),
    data('client', at, 1101, 5001, 100),
  )
}

test('out of order within the initial round trip, a retransmission later', () => {
  const soon = swapped(6020).client
  assert.deepEqual([soon.lostSegments, soon.outOfOrder, soon.retransmissions], [1, 1, 0])
  const late = swapped(6010 + 5200).client
  assert.deepEqual([late.lostSegments, late.outOfOrder, late.retransmissions], [1, 0, 1])
})

test('a segment sent twice is no reordering, however soon', () => {
  const { client } = figuresOf(
    ...handshake,
    data('client', 6000, 1001, 5001, 100),
    data('client', 6001, 1001, 5001, 100),
  )
  assert.deepEqual([client.outOfOrder, client.retransmissions], [0, 1])
})

test('windows: zero, probe, update, full', () => {
  const { client, server } = figuresOf(
    ...handshake,
    data('server', 6000, 5001, 1001, 64_000 - 1),
    data('server', 6001, 5001 + 63_999, 1001, 1),
    ack('client', 7000, 1001, 69_001, 0),
    data('server', 8000, 69_001, 1001, 1),
    ack('client', 8100, 1001, 69_001, 0),
    ack('client', 9000, 1001, 69_001, 400),
  )
  // 500 × 128 bytes: the last byte fills them.
  assert.equal(server.windowsFull, 1)
  assert.equal(server.zeroWindowProbes, 1)
  assert.deepEqual([client.zeroWindows, client.windowUpdates, client.dupAcks], [2, 1, 0])
})

test('keep-alives are no retransmissions, their answers no duplicate acknowledgements', () => {
  const { client, server } = figuresOf(
    ...handshake,
    data('client', 6000, 1001, 5001, 100),
    ack('server', 11_000, 5001, 1101),
    data('client', 9_000_000, 1100, 5001, 1),
    ack('server', 9_005_000, 5001, 1101),
  )
  assert.deepEqual([client.keepAlives, client.retransmissions], [1, 0])
  assert.deepEqual([server.keepAliveAcks, server.dupAcks], [1, 0])
})

test('what was not captured: before a segment, and acknowledged', () => {
  const { client, server } = figuresOf(
    ...handshake,
    data('client', 6000, 1001, 5001, 100),
    ack('server', 11_000, 5001, 1301),
    data('client', 12_000, 1301, 5001, 100),
  )
  assert.deepEqual([client.lostSegments, server.ackedUnseen], [1, 1])
})

test('window scaling that one side did not offer is not used', () => {
  const [syn, synAck] = handshake as readonly [Segment, Segment, Segment]
  const { options: _, ...plain } = synAck
  const { client, server } = figuresOf(syn, plain, ack('client', 6000, 1001, 5001))
  assert.deepEqual([client.windowScale, server.windowScale], [-2, -2])
  assert.deepEqual([client.windowSum, client.windows], [500, 1])
})

test('sequence numbers wrap', () => {
  const session = new TcpSession({ mss: 1000, acks: true, clientSeq: 0xffff_ff00, serverSeq: 0xffff_fff0, step: 10 })
  const { client, server } = measure(session.open().client(new Uint8Array(5000)).server('ok').close().frames)
  for (const side of [client, server]) {
    assert.deepEqual([side.retransmissions, side.outOfOrder, side.lostSegments, side.ackedUnseen], [0, 0, 0, 0])
  }
  assert.equal(client.goodputBytes, 5000)
})

test('one-way captures: thousands of segments, a bounded list, nothing else wrong', () => {
  const session = new TcpSession({ mss: 100, only: 'client', step: 10 })
  const { client, server } = measure(session.open().client(new Uint8Array(300_000)).frames)
  assert.equal(client.packets, 3002)
  assert.deepEqual([client.retransmissions, client.lostSegments, client.rttSamples, server.packets], [0, 0, 0, 0])
})

test('records are used again, and begin empty', () => {
  const metrics = new TcpMetrics()
  const records = Array.from({ length: 600 }, () => metrics.open())
  assert.equal(new Set(records).size, 600)
  for (const record of records) metrics.release(record)
  const again = metrics.open()
  assert.ok(records.includes(again))
  assert.equal(metrics.figures(again, 0).client.packets, 0)
})
