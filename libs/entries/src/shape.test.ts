import assert from 'node:assert/strict'
import { test } from 'node:test'

import { protocols } from '@hindwire/protocols/registry.ts'

import { buildCatalogue } from './build-catalogue.ts'
import type { StoredRow } from './catalogue.ts'
import { compactShape } from './shape-compact.ts'
import { fullShape, PREVIEW_BYTES } from './shape-full.ts'
import { rawShape } from './shape-raw.ts'
import { columnsOf, project, shapeRow } from './shape.ts'

const catalogue = buildCatalogue(protocols)

const http: StoredRow = {
  dissection: 7,
  ts: 1_769_998_106_100_999,
  flow: 204,
  index: 0,
  node: 'worker-1',
  protocol: 'http',
  transport: 'tcp',
  elapsed_us: 45_200,
  duration_us: 45_300,
  src_ip: '10.0.1.5',
  src_port: 51_148,
  src_pod: 'frontend-abc',
  src_namespace: 'default',
  dst_ip: '10.0.2.10',
  dst_port: 8080,
  dst_pod: 'backend-xyz',
  dst_namespace: 'default',
  dst_service: 'backend',
  dst_node: 'worker-1',
  file: 'eth0.pcap',
  request_first_packet: 4,
  request_last_packet: 4,
  response_first_packet: 6,
  response_last_packet: 7,
  completeness: 'complete',
  method: 'GET',
  path: '/api/users',
  query: 'page=2',
  status_code: 200,
  version: 'HTTP/1.1',
  request_headers: { accept: '*/*' },
  response_body: '{"users":[]}',
  response_body_size: 12,
  request_size: 80,
  response_size: 120,
}

const compact = {
  id: 'worker-1/204/0',
  ts: 1_769_998_106_100,
  src: { ip: '10.0.1.5', port: 51_148, pod: 'frontend-abc', ns: 'default' },
  dst: { ip: '10.0.2.10', port: 8080, pod: 'backend-xyz', ns: 'default', svc: 'backend', node: 'worker-1' },
  proto: 'http',
  method: 'GET',
  path: '/api/users',
  status: 200,
  latency_ms: 45.2,
}

test('compact: the example of the contract', () => {
  assert.deepEqual(shapeRow(compactShape(catalogue), http), compact)
})

test('compact: members without a value are left out', () => {
  const row: StoredRow = { dissection: 1, ts: 1000, flow: 1, index: 2, protocol: 'dns', src_ip: '::1', dst_ip: '::2' }
  assert.deepEqual(shapeRow(compactShape(catalogue), row), {
    id: '/1/2',
    ts: 1,
    src: { ip: '::1' },
    dst: { ip: '::2' },
    proto: 'dns',
  })
})

test("compact: a protocol's own status goes before the one it is carried with", () => {
  const row: StoredRow = { ...http, protocol: 'grpc', grpc_status: 5 }
  assert.equal(shapeRow(compactShape(catalogue), row)['status'], 5)
  assert.equal(shapeRow(compactShape(catalogue), { ...row, grpc_status: -1 })['status'], 200)
  assert.equal(shapeRow(compactShape(catalogue), { ...http, grpc_status: 5 })['status'], 200)
})

test('compact: a failure shows with its code, a status of 0 where a response came', () => {
  const row: StoredRow = { ...http, status_code: 0, is_error: 1, error_code: 'NXDOMAIN' }
  const call = shapeRow(compactShape(catalogue), row)
  assert.equal(call['error'], 'NXDOMAIN')
  assert.equal(call['status'], 0)
  assert.equal(shapeRow(compactShape(catalogue), { ...row, response_first_packet: 0 })['status'], undefined)
})

test('full: compact, headers, bodies, own variables, evidence', () => {
  assert.deepEqual(shapeRow(fullShape(catalogue), http), {
    ...compact,
    conn_id: 204,
    flow_id: 204,
    node_id: 'worker-1',
    worker: 'worker-1',
    duration_ms: 45.3,
    req_headers: { accept: '*/*' },
    resp_body: '{"users":[]}',
    resp_body_size: 12,
    req_size: 80,
    resp_size: 120,
    completeness: 'complete',
    evidence: {
      file: 'eth0.pcap',
      transport: 'tcp',
      request_first_packet: 4,
      request_last_packet: 4,
      response_first_packet: 6,
      response_last_packet: 7,
    },
    url: '/api/users?page=2',
    http_version: 'HTTP/1.1',
  })
})

test('full: the variables of the entry’s own protocol, and no other', () => {
  const row: StoredRow = { ...http, protocol: 'redis', method: 'GET', path: 'session:1' }
  const call = shapeRow(fullShape(catalogue), row)
  assert.equal(call['redis_type'], 'GET')
  assert.equal(call['redis_key'], 'session:1')
  assert.equal(call['http_version'], undefined)
})

test('full: a long body is cut to the preview, and says so', () => {
  const row: StoredRow = { ...http, response_body: 'x'.repeat(5000), response_body_size: 5000 }
  const call = shapeRow(fullShape(catalogue), row)
  assert.equal(call['resp_body'], 'x'.repeat(PREVIEW_BYTES))
  assert.equal(call['resp_body_truncated'], true)
  assert.equal(call['resp_body_size'], 5000)
})

test('full: a binary body is base64', () => {
  const call = shapeRow(fullShape(catalogue), { ...http, request_body: 'a\udcff\udc80' })
  assert.equal(call['req_body'], 'Yf+A')
  assert.equal(call['req_body_encoding'], 'base64')
})

test('raw: every column under its name', () => {
  const call = shapeRow(rawShape(catalogue), http)
  for (const [column, value] of Object.entries(http)) {
    assert.deepEqual(call[column], column === 'ts' ? 1_769_998_106_100.999 : value, column)
  }
  assert.equal(call['id'], 'worker-1/204/0')
  assert.equal(call['is_error'], 0)
  assert.equal('response_headers' in call, false)
})

test('a projection reads only the columns of its members', () => {
  const shape = project(fullShape(catalogue), ['id', 'redis_key'])
  assert.ok(shape)
  assert.deepEqual([...columnsOf(shape, catalogue)].sort(), ['flow', 'index', 'node', 'path', 'protocol'])
  assert.deepEqual(shapeRow(shape, { ...http, protocol: 'redis' }), { id: 'worker-1/204/0', redis_key: '/api/users' })
  assert.equal(project(fullShape(catalogue), ['id', 'nothing']), null)
})

test('no shape gives JSON that is not well-formed', () => {
  const broken = 'a\udcff'
  const row: StoredRow = { ...http, path: broken, summary: broken, request_headers: { [broken]: broken } }
  for (const shape of [compactShape(catalogue), fullShape(catalogue), rawShape(catalogue)]) {
    const { path_encoding: encoding, ...call } = shapeRow(shape, row)
    assert.ok(JSON.stringify(call).includes('�') || encoding === 'base64')
    assert.doesNotMatch(JSON.stringify(call), /\\udc/)
  }
})
