import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { before, test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { decodeBlocks } from '@hindwire/entries/block-decoder.ts'
import type { StoredRow } from '@hindwire/entries/catalogue.ts'
import { readNames } from '@hindwire/names/read-names.ts'
import { dissectShard } from '@hindwire/runner/dissect-shard.ts'
import type { ShardReport } from '@hindwire/runner/shard-task.ts'

import { buildExample } from './build-example.ts'
import { services } from './cluster.ts'

const example = (name: string): URL => new URL(`../../examples/checkout-incident.${name}`, import.meta.url)

interface Facts {
  readonly packets: number
  readonly tcp: { readonly resent: number }
  readonly calls: Readonly<Record<string, number>>
  readonly http: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly dns: Readonly<Record<string, number>>
  readonly redis: Readonly<Record<string, number>>
  readonly redisErrors: Readonly<Record<string, number>>
}

const truth = JSON.parse(readFileSync(example('truth.json'), 'utf8')) as Facts
const rows: StoredRow[] = []
let report: ShardReport

before(async () => {
  const path = fileURLToPath(example('pcap'))
  const files = [{ path, name: 'checkout-incident.pcap', node: 'worker-1', packets: truth.packets }]
  report = await dissectShard(
    { files, shard: 0, shards: 1, dissection: 1 },
    {
      block: async ({ bytes }) => {
        rows.push(...decodeBlocks(bytes))
      },
    },
  )
})

test('the committed example is what the script builds', () => {
  const built = buildExample()
  const advice = 'npm run example builds it anew'
  assert.ok(built.capture.equals(readFileSync(example('pcap'))), advice)
  assert.equal(built.resolution, readFileSync(example('resolution.json'), 'utf8'), advice)
  assert.equal(built.truth, readFileSync(example('truth.json'), 'utf8'), advice)
  assert.ok(built.capture.length < 1_500_000)
})

test('every packet is accounted for', () => {
  const { packets, buckets } = report.coverage
  assert.equal(packets, truth.packets)
  assert.equal(
    Object.values(buckets).reduce((sum, count) => sum + count, 0),
    packets,
  )
  assert.equal(buckets.retransmission, truth.tcp.resent)
  assert.equal(buckets.dissected + buckets.transport_only + buckets.retransmission, packets)
})

test('calls by protocol', () => {
  const found = Object.entries(report.protocols).filter(([name]) => !/_(flow|conn)$/.test(name))
  assert.deepEqual(Object.fromEntries(found.map(([name, { entries }]) => [name, entries])), truth.calls)
})

test('HTTP calls by server and status', () => {
  const serverOf = new Map<unknown, string>()
  for (const { name, clusterIp, pods } of Object.values(services)) {
    for (const ip of [clusterIp, ...pods.map((pod) => pod.ip)]) serverOf.set(ip, name)
  }
  const http = rows.filter((row) => row['protocol'] === 'http')
  for (const [name, counts] of Object.entries(truth.http)) {
    const calls = http.filter((row) => serverOf.get(row['dst_ip']) === name)
    assert.deepEqual(
      countBy(calls, (row) => text(row, 'status_code')),
      counts,
      name,
    )
  }
})

test('DNS calls by response code, Redis calls by command and error', () => {
  assert.deepEqual(
    countBy(rowsOf('dns'), (row) => text(row, 'dns_rcode')),
    truth.dns,
  )
  assert.deepEqual(
    countBy(rowsOf('redis'), (row) => text(row, 'method')),
    truth.redis,
  )
  const errors = rowsOf('redis').filter((row) => row['is_error'] === 1)
  assert.deepEqual(
    countBy(errors, (row) => text(row, 'error_code')),
    truth.redisErrors,
  )
})

test('retries of a charge carry one idempotency key', () => {
  const charges = rows.filter((row) => row['path'] === '/v1/charges')
  const attempts = countBy(charges, ({ request_headers: headers }) =>
    typeof headers === 'object' && 'idempotency-key' in headers ? headers['idempotency-key'] : 'none',
  )
  assert.equal(attempts['none'], undefined)
  assert.equal(Math.max(...Object.values(attempts)), 3)
})

test('the name records name every address of the cluster', () => {
  const { records, warnings } = readNames(readFileSync(example('resolution.json'), 'utf8'))
  assert.deepEqual(warnings, [])
  const named = new Map(records.map((record) => [record.ip, record]))
  for (const { name, namespace, clusterIp, pods } of Object.values(services)) {
    for (const ip of [clusterIp, ...pods.map((pod) => pod.ip)]) {
      const { service, namespace: found } = named.get(ip) ?? {}
      assert.deepEqual({ service, found }, { service: name, found: namespace })
    }
  }
})

function rowsOf(protocol: string): StoredRow[] {
  return rows.filter((row) => row['protocol'] === protocol)
}

/** A value as the truth writes it: absent ones are `none`. */
function text(row: StoredRow, column: string): string {
  const value = row[column]
  return typeof value === 'string' || typeof value === 'number' ? String(value || 'none') : 'none'
}

function countBy(list: readonly StoredRow[], key: (row: StoredRow) => string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const row of list) counts[key(row)] = (counts[key(row)] ?? 0) + 1
  return counts
}
