/**
 * Compares the TCP metrics of flow entries with tshark's figures, connection by connection.
 *
 *     node test/tools/compare-tcp-metrics.ts <capture or folder>… [--list]
 *
 * A connection is known by the number of its first packet. Prints for each metric on how many connections both agree;
 * with --list, every difference.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gunzipSync } from 'node:zlib'

import { Engine } from '@hindwire/dissect/engine.ts'
import { decodePacket } from '@hindwire/packets/decode.ts'
import { readCapture } from '@hindwire/packets/read-capture.ts'
import type { FlowReport } from '@hindwire/protocols/contract/flow-report.ts'
import { protocols } from '@hindwire/protocols/registry.ts'
import type { TcpSideFigures } from '@hindwire/streams/metrics/tcp-figures.ts'

type Figures = Readonly<Record<string, number>>

/** Metrics that tshark marks on packets: field by name. */
const marks = {
  retransmissions: 'tcp.analysis.retransmission',
  fast_retransmissions: 'tcp.analysis.fast_retransmission',
  spurious_retransmissions: 'tcp.analysis.spurious_retransmission',
  out_of_order: 'tcp.analysis.out_of_order',
  dup_acks: 'tcp.analysis.duplicate_ack',
  zero_window_events: 'tcp.analysis.zero_window',
  window_full_events: 'tcp.analysis.window_full',
  missing_segments: 'tcp.analysis.lost_segment',
  acked_unseen: 'tcp.analysis.ack_lost_segment',
  keepalive_count: 'tcp.analysis.keep_alive',
  keepalive_acks: 'tcp.analysis.keep_alive_ack',
  rtt_samples: 'tcp.analysis.ack_rtt',
} as const
const others = ['frame.number', 'tcp.stream', 'tcp.flags', 'tcp.len', 'tcp.completeness', 'tcp.analysis.initial_rtt']
const fields = [...others, ...Object.values(marks)]

/** tshark's figures by the first packet of each connection. */
function tsharkFigures(path: string): Map<number, Figures> {
  const args = [
    '-r',
    path,
    '-T',
    'fields',
    '-E',
    'occurrence=l',
    '-Y',
    'tcp',
    ...fields.flatMap((name) => ['-e', name]),
  ]
  // tshark fails on captures that are cut; what it has printed until then is right.
  const { stdout: text } = spawnSync('tshark', args, { encoding: 'utf8', maxBuffer: 1 << 30 })
  const streams = new Map<string, { first: number; figures: Record<string, number> }>()
  for (const line of text.split('\n')) {
    const cells = line.split('\t')
    const [frame = '', stream = '', flags = '', length = '', completeness = '', rtt = ''] = cells
    if (stream === '') continue
    let known = streams.get(stream)
    const isNew = known === undefined
    if (known === undefined) {
      known = { first: Number(frame), figures: { packets: 0, connection_completeness: 0, initial_rtt_us: 0 } }
      streams.set(stream, known)
    }
    const { figures } = known
    figures['packets'] = (figures['packets'] ?? 0) + 1
    // tshark prints what was seen before the packet.
    figures['connection_completeness'] = Number(completeness) | completenessOf(Number(flags), Number(length), isNew)
    if (rtt !== '') figures['initial_rtt_us'] = Math.round(Number(rtt) * 1e6)
    for (const [at, name] of Object.keys(marks).entries()) {
      figures[name] = (figures[name] ?? 0) + ((cells[others.length + at] ?? '') === '' ? 0 : 1)
    }
  }
  return new Map([...streams.values()].map(({ first, figures }) => [first, figures]))
}

function completenessOf(flags: number, length: number, isNew: boolean): number {
  const syn = (flags & 0x02) !== 0
  const ack = (flags & 0x10) !== 0
  if (isNew) return syn && !ack ? 1 : 0
  let seen = (flags & 0x11) === 0x11 ? 16 : 0
  if (syn && ack) seen |= 2
  else if (ack) seen |= length > 0 ? 8 : 4
  return (flags & 0x04) === 0 ? seen : seen | 32
}

/** Our figures by the first packet of each connection. */
function ownFigures(path: string): Map<number, Figures> {
  const found = new Map<number, Figures>()
  const engine = new Engine({
    protocols,
    sink: {
      entry({ protocol, request, flow }) {
        if (protocol.ofFlows === true && flow.transport === 'tcp') found.set(flow.id, figuresOf(request as FlowReport))
      },
    },
  })
  let ordinal = 0
  const bytes = readFileSync(path)
  readCapture(path.endsWith('.gz') ? gunzipSync(bytes) : bytes, (packet) => {
    decodePacket(packet)
    engine.packet(packet, ++ordinal, 0)
  })
  engine.finish()
  return found
}

function figuresOf({ tcp, client, server }: FlowReport): Figures {
  if (tcp === null) return {}
  const sum = (of: (side: TcpSideFigures) => number): number => of(tcp.client) + of(tcp.server)
  return {
    packets: client.packets + server.packets,
    connection_completeness: tcp.completeness,
    initial_rtt_us: tcp.initialRtt,
    retransmissions: sum((side) => side.retransmissions),
    fast_retransmissions: sum((side) => side.fastRetransmissions),
    spurious_retransmissions: sum((side) => side.spuriousRetransmissions),
    out_of_order: sum((side) => side.outOfOrder),
    dup_acks: sum((side) => side.dupAcks),
    zero_window_events: sum((side) => side.zeroWindows),
    window_full_events: sum((side) => side.windowsFull),
    missing_segments: sum((side) => side.lostSegments),
    acked_unseen: sum((side) => side.ackedUnseen),
    keepalive_count: sum((side) => side.keepAlives),
    keepalive_acks: sum((side) => side.keepAliveAcks),
    rtt_samples: sum((side) => side.rttSamples),
  }
}

const list = process.argv.includes('--list')
const given = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const captures = given.flatMap((path) =>
  statSync(path).isDirectory() ? readdirSync(path).map((name) => join(path, name)) : [path],
)
const names = ['packets', 'connection_completeness', 'initial_rtt_us', ...Object.keys(marks)]
const agree: Record<string, number> = {}
/** Connections where at least one side has the metric. */
const present: Record<string, number> = {}
const presentAgree: Record<string, number> = {}
let connections = 0
let unknown = 0

for (const path of captures) {
  const own = ownFigures(path)
  const expected = tsharkFigures(path)
  for (const [first, figures] of own) {
    const wanted = expected.get(first)
    connections++
    if (wanted === undefined) {
      unknown++
      if (list) console.log(`${basename(path)} packet ${first}: a connection that tshark does not see begin there`)
      continue
    }
    for (const name of names) compare(path, first, name, figures[name] ?? 0, wanted[name] ?? 0)
  }
  const missing = [...expected.keys()].filter((first) => !own.has(first))
  if (list && missing.length > 0)
    console.log(`${basename(path)}: only tshark sees connections begin at ${missing.join(', ')}`)
}

function compare(path: string, first: number, name: string, got: number, wanted: number): void {
  // Times are cut to µs here, rounded there.
  const same = name === 'initial_rtt_us' ? Math.abs(got - wanted) <= 2 : got === wanted
  if (same) agree[name] = (agree[name] ?? 0) + 1
  if (got !== 0 || wanted !== 0) {
    present[name] = (present[name] ?? 0) + 1
    if (same) presentAgree[name] = (presentAgree[name] ?? 0) + 1
  }
  if (!same && list) console.log(`${basename(path)} packet ${first}: ${name} ${got}, tshark ${wanted}`)
}

console.log(`${captures.length} captures, ${connections} connections, ${unknown} of them unknown to tshark`)
for (const name of names) {
  const share = ((100 * (agree[name] ?? 0)) / Math.max(1, connections - unknown)).toFixed(2)
  console.log(
    `${name.padEnd(26)} ${share.padStart(6)} %   of those not 0: ${presentAgree[name] ?? 0} of ${present[name] ?? 0}`,
  )
}
