import type { TcpFigures, TcpSideFigures } from '@hindwire/streams/metrics/tcp-figures.ts'

import { Columns } from '../contract/common-columns.ts'
import type { EntryWriter } from '../contract/entry-writer.ts'
import type { FlowReport, SideTraffic } from '../contract/flow-report.ts'
import type { Pair } from '../contract/message.ts'
import { FlowColumns } from './columns.ts'
import { protocolOf } from './constants.ts'

/**
 * Own columns: traffic by side, state, TCP metrics of both sides together · request_size, response_size: payload bytes ·
 * detail: what is not 0 of each side's TCP metrics, as JSON.
 */
export function summarize(pair: Pair<FlowReport>, entry: EntryWriter): void {
  const report = pair.request
  if (report === null) return
  const { client, server, tcp } = report
  const names = report.detected.map((name) => name.toUpperCase())
  entry.protocol(protocolOf[report.transport])
  entry.text(FlowColumns.state, report.state)
  entry.number(FlowColumns.group, report.group)
  if (names.length > 0) entry.list(FlowColumns.detected, names)
  entry.number(FlowColumns.clientPackets, client.packets)
  entry.number(FlowColumns.clientBytes, client.bytes)
  entry.number(FlowColumns.serverPackets, server.packets)
  entry.number(FlowColumns.serverBytes, server.bytes)
  entry.number(Columns.requestSize, client.payload)
  entry.number(Columns.responseSize, server.payload)
  entry.text(Columns.summary, summaryOf(report, names))
  if (tcp !== null) writeTcp(tcp, entry)
}

function summaryOf({ transport, state, client, server, tcp }: FlowReport, names: readonly string[]): string {
  const parts = [`${transport.toUpperCase()} ${state.replace('_', ' ')}`]
  if (names.length > 0) parts.push(names.join(', '))
  parts.push(`sent ${traffic(client)}, received ${traffic(server)}`)
  const repeated = tcp === null ? 0 : tcp.client.retransmissions + tcp.server.retransmissions
  if (repeated > 0) parts.push(`${repeated} retransmission${repeated === 1 ? '' : 's'}`)
  return parts.join(' · ')
}

function traffic({ packets, bytes }: SideTraffic): string {
  return `${bytes} bytes in ${packets} packet${packets === 1 ? '' : 's'}`
}

function writeTcp(tcp: TcpFigures, entry: EntryWriter): void {
  const { client, server } = tcp
  const samples = client.rttSamples + server.rttSamples
  const differences = Math.max(0, client.rttSamples - 1) + Math.max(0, server.rttSamples - 1)
  entry.number(FlowColumns.retransmissions, client.retransmissions + server.retransmissions)
  entry.number(FlowColumns.fastRetransmissions, client.fastRetransmissions + server.fastRetransmissions)
  entry.number(FlowColumns.outOfOrder, client.outOfOrder + server.outOfOrder)
  entry.number(FlowColumns.dupAcks, client.dupAcks + server.dupAcks)
  entry.number(FlowColumns.zeroWindows, client.zeroWindows + server.zeroWindows)
  entry.number(FlowColumns.windowsFull, client.windowsFull + server.windowsFull)
  entry.number(FlowColumns.windowScale, Math.max(0, client.windowScale, server.windowScale))
  entry.number(FlowColumns.averageWindow, mean(client.windowSum + server.windowSum, client.windows + server.windows))
  entry.number(FlowColumns.lostSegments, client.lostSegments + server.lostSegments)
  entry.number(FlowColumns.resets, client.resets + server.resets)
  entry.number(FlowColumns.fins, client.fins + server.fins)
  entry.number(FlowColumns.keepAlives, client.keepAlives + server.keepAlives)
  entry.number(FlowColumns.completeness, tcp.completeness)
  entry.number(FlowColumns.initialRtt, tcp.initialRtt)
  entry.number(FlowColumns.handshakeTime, tcp.handshakeTime)
  entry.number(FlowColumns.timeToFirstByte, tcp.timeToFirstByte)
  entry.number(FlowColumns.rttMin, shortest(client, server))
  entry.number(FlowColumns.rttMax, Math.max(client.rttMax, server.rttMax))
  entry.number(FlowColumns.rttAverage, mean(client.rttSum + server.rttSum, samples))
  entry.number(FlowColumns.rttSamples, samples)
  entry.number(FlowColumns.jitter, mean(client.jitterSum + server.jitterSum, differences))
  entry.number(FlowColumns.goodputBytes, client.goodputBytes + server.goodputBytes)
  entry.text(Columns.detail, JSON.stringify({ client: described(client), server: described(server) }))
}

function mean(sum: number, count: number): number {
  return count <= 0 ? 0 : Math.round(sum / count)
}

function shortest(client: TcpSideFigures, server: TcpSideFigures): number {
  if (client.rttSamples === 0) return server.rttMin
  return server.rttSamples === 0 ? client.rttMin : Math.min(client.rttMin, server.rttMin)
}

/** One side by itself, in the words of the columns. Round trips are of the segments that the side sent. */
function described(side: TcpSideFigures): Readonly<Record<string, number>> {
  const all: Record<string, number> = {
    retransmissions: side.retransmissions,
    fast_retransmissions: side.fastRetransmissions,
    spurious_retransmissions: side.spuriousRetransmissions,
    out_of_order: side.outOfOrder,
    dup_acks: side.dupAcks,
    zero_window_events: side.zeroWindows,
    zero_window_probes: side.zeroWindowProbes,
    window_full_events: side.windowsFull,
    window_updates: side.windowUpdates,
    missing_segments: side.lostSegments,
    acked_unseen: side.ackedUnseen,
    keepalive_count: side.keepAlives,
    keepalive_acks: side.keepAliveAcks,
    rst_count: side.resets,
    fin_count: side.fins,
    window_scale: Math.max(0, side.windowScale),
    avg_receive_window: mean(side.windowSum, side.windows),
    rtt_samples: side.rttSamples,
    rtt_min_us: side.rttMin,
    rtt_max_us: side.rttMax,
    rtt_avg_us: mean(side.rttSum, side.rttSamples),
    jitter_us: mean(side.jitterSum, side.rttSamples - 1),
    goodput_bytes: side.goodputBytes,
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value > 0))
}
