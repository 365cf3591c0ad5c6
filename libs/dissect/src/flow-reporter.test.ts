import assert from 'node:assert/strict'
import { test } from 'node:test'

import { decodePacket } from '@hindwire/packets/decode.ts'
import { Packet } from '@hindwire/packets/packet.ts'
import type { FlowReport } from '@hindwire/protocols/contract/flow-report.ts'
import { protocols } from '@hindwire/protocols/registry.ts'
import { udpFrame } from '@hindwire/testkit/packet-builder.ts'
import { SESSION_TIME, TcpSession, type TimedFrame } from '@hindwire/testkit/tcp-session.ts'

import { Engine, type EngineOptions } from './engine.ts'

interface Row {
  readonly flow: number
  readonly index: number
  readonly isFlow: boolean
  /** Of flows: transport, state, protocols, packets from client and server, client's port. */
  readonly text: string
  readonly group: number
}

function rowsOf(frames: readonly TimedFrame[], options: Partial<EngineOptions> = {}): Row[] {
  const rows: Row[] = []
  const engine = new Engine({
    protocols,
    sink: {
      entry({ protocol, request, flow, index, time, durationUs, completenessReason }) {
        const isFlow = protocol.ofFlows === true
        const report = isFlow ? (request as FlowReport) : null
        const words = [protocol.name, flow.clientPort, time - SESSION_TIME, durationUs, completenessReason]
        if (report !== null) {
          const { transport, state, detected, client, server } = report
          words.splice(0, 1, transport, state, detected.join('+'), client.packets, server.packets)
        }
        rows.push({ flow: flow.id, index, isFlow, text: words.join(' ').trim(), group: report?.group ?? 0 })
      },
    },
    ...options,
  })
  const packet = new Packet()
  for (const [at, { time, bytes }] of frames.entries()) {
    packet.bytes = bytes
    packet.start = 0
    packet.end = bytes.length
    packet.wireLength = bytes.length
    packet.time = time
    packet.linkType = 1
    decodePacket(packet)
    engine.packet(packet, at + 1, 0)
  }
  engine.finish()
  return rows.toSorted((x, y) => x.flow - y.flow || x.index - y.index)
}

function states(frames: readonly TimedFrame[]): string[] {
  return rowsOf(frames)
    .filter(({ isFlow }) => isFlow)
    .map(({ text }) => text)
}

function datagram(at: number, port: number): TimedFrame {
  const bytes = udpFrame({ ip: '10.0.0.1', port }, { ip: '10.0.0.2', port: 9 }, 'x')
  return { time: SESSION_TIME + at, bytes }
}

const request = 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n'
const response = 'HTTP/1.1 204 No Content\r\n\r\n'

function session(port: number, time = SESSION_TIME): TcpSession {
  return new TcpSession({ client: { ip: '10.0.0.1', port }, step: 100, time })
}

test('a flow is numbered behind its entries, and says what was read in it', () => {
  const { frames } = session(40_000).open().client(request).server(response).client(request).server(response).close()
  const rows = rowsOf(frames)
  assert.deepEqual(
    rows.map(({ index, isFlow }) => [index, isFlow]),
    [
      [0, false],
      [1, false],
      [2, true],
    ],
  )
  assert.match(rows[2]?.text ?? '', /^tcp closed http 6 4 40000 0 900$/)
})

test('states of TCP: closed, open, in progress', () => {
  const open = session(40_000).open().client(request).frames
  const joined = session(40_001).client(request).server(response).frames
  assert.match(states(open)[0] ?? '', /^tcp open http 3 1 /)
  assert.match(states(joined)[0] ?? '', /^tcp in_progress http 1 1 40001 .* start missing$/)
})

test('a conversation that fell silent is closed, whenever it was swept', () => {
  const rows = rowsOf([
    datagram(0, 5000),
    datagram(1000, 5001),
    datagram(130_000_000, 5001),
    datagram(130_000_000, 5002),
  ])
  assert.deepEqual(
    rows.map(({ text }) => text.split(' ').slice(0, 2).join(' ')),
    ['udp closed', 'udp closed', 'udp open', 'udp open'],
  )
})

test('each connection on reused ports is a flow; those of one client and server port are a group', () => {
  const first = session(40_000).open().client(request).server(response).close().frames
  const second = new TcpSession({ clientSeq: 900_000, time: SESSION_TIME + 1_000_000 }).open().client(request).frames
  const third = session(40_009, SESSION_TIME + 2_000_000).open().frames
  const other = new TcpSession({ server: { ip: '10.0.0.2', port: 81 }, time: SESSION_TIME + 3_000_000 }).open().frames
  const groups = rowsOf([...first, ...second, ...third, ...other])
    .filter(({ isFlow }) => isFlow)
    .map(({ group }) => group)
  assert.equal(groups.length, 4)
  assert.equal(new Set(groups.slice(0, 3)).size, 1)
  assert.notEqual(groups[0], groups[3])
  assert.ok(groups.every(Number.isSafeInteger))
})

test('the same for any number of shards; none without the option, or when they are not selected', () => {
  const frames = Array.from({ length: 12 }, (_, at) =>
    session(40_000 + at, SESSION_TIME + at * 7)
      .open()
      .client(request)
      .server(response, { repeat: [0] }),
  )
    .flatMap((each) => each.frames)
    .toSorted((x, y) => x.time - y.time)
  const expected = rowsOf(frames)
  assert.equal(expected.length, 24)
  for (const shards of [2, 7, 16]) {
    const rows = Array.from({ length: shards }, (_, shard) => rowsOf(frames, { shard, shards })).flat()
    assert.deepEqual(
      rows.toSorted((x, y) => x.flow - y.flow || x.index - y.index),
      expected,
    )
  }
  assert.equal(rowsOf(frames, { flows: false }).length, 12)
  assert.equal(rowsOf(frames, { selected: new Set(['http']) }).length, 12)
})
