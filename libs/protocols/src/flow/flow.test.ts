import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Column } from '../contract/column.ts'
import { columns } from '../contract/column.ts'
import type { EntryWriter } from '../contract/entry-writer.ts'
import { FlowReport } from '../contract/flow-report.ts'
import { Detection } from '../contract/protocol.ts'
import { flowProtocols } from './constants.ts'
import { fields } from './fields.ts'
import { flow } from './index.ts'

function unused(): never {
  assert.fail('not used by flows')
}

/** What summarize() writes, by column name. */
function written(report: FlowReport): Record<string, unknown> {
  const row: Record<string, unknown> = {}
  const put = (at: Column, value: unknown): void => {
    row[columns()[at]?.name ?? ''] = value
  }
  const writer: EntryWriter = {
    protocol: (name) => {
      row['protocol'] = name
    },
    text: put,
    number: put,
    list: put,
    bytes: unused,
    pair: unused,
    pairBytes: unused,
  }
  flow.summarize({ request: report, response: null }, writer)
  return row
}

test('a UDP conversation has no TCP metrics', () => {
  const report = new FlowReport()
  report.transport = 'udp'
  report.state = 'in_progress'
  report.detected = ['dns', 'mdns']
  Object.assign(report.client, { packets: 1, bytes: 80, payload: 38 })
  Object.assign(report.server, { packets: 2, bytes: 300, payload: 216 })
  assert.deepEqual(written(report), {
    protocol: 'udp_flow',
    conn_state: 'in_progress',
    conn_group: 0,
    l7_detected: ['DNS', 'MDNS'],
    client_packets: 1,
    client_bytes: 80,
    server_packets: 2,
    server_bytes: 300,
    request_size: 38,
    response_size: 216,
    summary: 'UDP in progress · DNS, MDNS · sent 80 bytes in 1 packet, received 300 bytes in 2 packets',
  })
})

test('a TCP connection: both sides are added up, means are of all samples, detail has what is not 0', () => {
  const side = {
    packets: 5,
    retransmissions: 1,
    fastRetransmissions: 0,
    spuriousRetransmissions: 1,
    outOfOrder: 0,
    dupAcks: 2,
    zeroWindows: 0,
    zeroWindowProbes: 0,
    windowsFull: 0,
    windowUpdates: 0,
    lostSegments: 0,
    ackedUnseen: 3,
    keepAlives: 0,
    keepAliveAcks: 0,
    resets: 0,
    fins: 1,
    windowScale: -2,
    windowSum: 1000,
    windows: 4,
    rttSamples: 3,
    rttMin: 10,
    rttMax: 30,
    rttSum: 60,
    jitterSum: 20,
    goodputBytes: 100,
  }
  const report = new FlowReport()
  report.state = 'closed'
  report.tcp = {
    client: side,
    server: { ...side, windowScale: 7, windowSum: 5000, windows: 1, rttSamples: 0, rttMin: 0, rttMax: 0, rttSum: 0 },
    completeness: 31,
    initialRtt: 40,
    handshakeTime: 50,
    timeToFirstByte: 60,
  }
  const row = written(report)
  assert.equal(row['protocol'], 'tcp_flow')
  assert.equal(row['retransmissions'], 2)
  assert.equal(row['window_scale'], 7)
  assert.equal(row['avg_receive_window'], 1200)
  assert.deepEqual([row['rtt_min_us'], row['rtt_max_us'], row['rtt_avg_us'], row['rtt_samples']], [10, 30, 20, 3])
  assert.deepEqual([row['initial_rtt_us'], row['handshake_time_us'], row['time_to_first_byte_us']], [40, 50, 60])
  assert.equal(row['goodput_bytes'], 200)
  const { client } = JSON.parse(String(row['detail'])) as { readonly client: Record<string, number> }
  assert.deepEqual(client, {
    retransmissions: 1,
    spurious_retransmissions: 1,
    dup_acks: 2,
    acked_unseen: 3,
    fin_count: 1,
    avg_receive_window: 250,
    rtt_samples: 3,
    rtt_min_us: 10,
    rtt_max_us: 30,
    rtt_avg_us: 20,
    jitter_us: 10,
    goodput_bytes: 100,
  })
})

test('flows claim no bytes', () => {
  assert.equal(flow.detect(Uint8Array.of(1), 0, 1, 'tcp'), Detection.No)
  assert.deepEqual(flow.transports, [])
})

test('every variable is declared once, and flags cover all flow entries', () => {
  assert.equal(new Set(fields.map(({ variable }) => variable)).size, fields.length)
  for (const name of ['flow', 'conn']) {
    const flag = fields.find(({ variable }) => variable === name)
    assert.deepEqual(flag?.source, { protocolIn: flowProtocols })
  }
})
