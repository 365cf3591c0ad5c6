import type { StoredRow } from '@hindwire/entries/catalogue.ts'
import * as fc from 'fast-check'

import type { Leaves } from './expressions.ts'

const some = (...values: readonly string[]): fc.Arbitrary<string> => fc.constantFrom('', ...values)
const label = some('a', 'b', 'é', '日本')

/** Rows of the test catalogue whose values meet the literals that expressions are made of. */
export function rows(count: number): fc.Arbitrary<readonly StoredRow[]> {
  const row: Record<string, fc.Arbitrary<StoredRow[string]>> = {
    ts: fc.oneof(
      fc.constantFrom(0, 1_773_525_600_000_000, 1_773_525_599_999_999),
      fc.integer({ min: 0, max: 4_000_000_000_000_000 }),
    ),
    flow: fc.constantFrom(0, 1, 204, 9_007_199_254_740_991),
    node: some('worker-1', 'worker-2'),
    protocol: fc.constantFrom('http', 'grpc', 'dns', 'redis', 'other'),
    transport: some('tcp', 'udp'),
    elapsed_us: fc.constantFrom(0, 1, 1500, 9_007_199_254_740_991),
    src_ip: some('10.0.0.1', '10.255.0.1', '11.0.0.1', 'fd00::1', '::ffff:10.0.0.1', 'x'),
    src_port: fc.constantFrom(0, 80, 65_535),
    src_pod: label,
    src_service: label,
    src_namespace: label,
    dst_namespace: label,
    src_node: some('worker-1', 'worker-2'),
    dst_node: some('worker-1', 'worker-2'),
    src_labels: fc.dictionary(label, label, { maxKeys: 2, noNullPrototype: true }),
    file: some('a.pcap'),
    method: some('GET', 'get', 'A,b,,c', '404'),
    path: some('/api', '/api/users', 'a%b_c\\d', "it's", '😀x', 'x\0y', '\n', ' a\u00a0', '日本'),
    host: some('example.com', 'a'),
    status_code: fc.constantFrom(0, 1, 200, 404, -1, 2_147_483_647, -2_147_483_648),
    error_code: some('NXDOMAIN', 'a'),
    request_size: fc.constantFrom(0, 7, 4_294_967_296),
    response_size: fc.constantFrom(0, 1),
    response_last_packet: fc.constantFrom(0, 3),
    request_headers: fc.dictionary(fc.constantFrom('host', 'a', 'x-id'), label, { maxKeys: 3, noNullPrototype: true }),
    query_string: fc.dictionary(fc.constantFrom('a', 'X', ''), label, { maxKeys: 2, noNullPrototype: true }),
    questions: fc.array(some('a', 'b', 'A,b,,c', '/api'), { maxLength: 3 }),
    question_types: fc.array(fc.constantFrom('a', 'AAAA'), { maxLength: 2 }),
    ratio_percent: fc.constantFrom(0, 1, 200),
    own_code: fc.constantFrom(0, 7, -1),
  }
  return fc
    .array(fc.record(row), { minLength: count, maxLength: count })
    .map((all) => all.map((one, index) => ({ ...ownColumnsOnly(one), index, dissection: 1 })))
}

/** Columns that only one protocol's dissector writes. */
const owners: Readonly<Record<string, readonly string[]>> = {
  query_string: ['http', 'grpc'],
  questions: ['dns'],
  question_types: ['dns'],
  ratio_percent: ['redis'],
  own_code: ['redis'],
}

function ownColumnsOnly(row: StoredRow): StoredRow {
  const { protocol } = row
  const owned = (column: string): boolean =>
    typeof protocol === 'string' && (owners[column]?.includes(protocol) ?? true)
  const kept = Object.entries(row).filter(([column]) => owned(column))
  return Object.fromEntries(kept)
}

/** Variables of the test catalogue, by type. */
export const leaves: Leaves = {
  bool: ['http', 'dns', 'redis', 'dns_response', 'has_pcap', 'tcp'],
  int: [
    'status_code',
    'grpc_status',
    'src.port',
    'elapsed_time',
    'redis_total_size',
    'bytes_per_second',
    'redis_code',
    'index',
  ],
  uint: ['conn_id'],
  double: ['redis_ratio', 'response_share', 'latency_ms'],
  string: [
    'method',
    'path',
    'url',
    'redis_key',
    'redis_type',
    'src.ip',
    'src.name',
    'src.pod',
    'local_node_name',
    'id',
    'dns_rcode',
    'protocol',
    'src.service.namespace',
    'stream',
  ],
  list: ['dns_questions', 'dns_question_types', 'namespaces', 'services'],
  map: ['request.headers', 'query_string', 'local_labels', 'capture'],
  timestamp: ['timestamp', 'now()'],
}
