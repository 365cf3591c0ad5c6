import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'

import type { GatewayContext } from './context.ts'
import { startGateway } from './service.ts'
import { ask as askAt, type House, openHouse, type Reply } from './testing/house.ts'

let house: House

before(async () => {
  house = await openHouse({ maxJsonBytes: 1000, maxEventStreams: 1 })
})
after(() => house.stop())

function ask(call: string, body?: unknown, headers?: Record<string, string>): Promise<Reply> {
  return askAt(house.address, call, body, headers)
}

/** Status line and body of an answer to raw bytes. */
async function raw(text: string): Promise<string> {
  const socket = connect(Number(new URL(house.address).port), '127.0.0.1')
  socket.setEncoding('utf8')
  socket.write(text)
  let answer = ''
  socket.on('data', (part: string) => (answer += part))
  await once(socket, 'end')
  return answer
}

test('errors have one shape, also where there is nothing', async () => {
  const cases: [string, number, string, unknown?][] = [
    ['GET /nothing', 404, 'not_found'],
    ['GET /', 404, 'not_found'],
    ['GET /mcp/snapshots/%zz', 400, 'invalid_name'],
    ['POST /mcp/databases', 405, 'method_not_allowed'],
    ['DELETE /mcp/calls', 405, 'method_not_allowed'],
    ['GET /mcp/calls?limt=5', 400, 'unknown_parameter'],
    ['GET /mcp/calls?limit=5&limit=6', 400, 'repeated_parameter'],
    ['GET /mcp/calls?limit=0', 400, 'invalid_parameter'],
    ['GET /mcp/calls?limit=1001', 400, 'invalid_parameter'],
    ['GET /mcp/calls?limit=ten', 400, 'invalid_parameter'],
    ['GET /mcp/calls?order=up', 400, 'invalid_parameter'],
    ['GET /mcp/calls?format=xml', 400, 'invalid_parameter'],
    ['GET /mcp/calls?start=5&end=5', 400, 'invalid_parameter'],
    ['GET /mcp/calls?start=2026-01-01', 400, 'invalid_parameter'],
    ['GET /mcp/calls?db=a', 400, 'invalid_database'],
    ['GET /mcp/calls?db=a/b', 404, 'unknown_database'],
    ['GET /mcp/calls?kfl=http+and', 422, 'kfl_error'],
    ['GET /mcp/dissections/a/b', 404, 'unknown_dissection'],
    ['POST /mcp/dissections', 400, 'invalid_json', 'not json'],
    ['POST /mcp/dissections', 400, 'invalid_json', ''],
    ['POST /mcp/dissections', 400, 'invalid_body', '[]'],
    ['POST /mcp/dissections', 400, 'invalid_encoding', Buffer.from([0x22, 0xff, 0x22])],
    ['POST /mcp/dissections', 413, 'too_large', 'x'.repeat(1001)],
    ['POST /mcp/kfl/explain', 400, 'invalid_body', '{"kfl":5}'],
  ]
  for (const [call, status, code, body] of cases) {
    const reply = await ask(call, body)
    assert.deepEqual([reply.status, reply.json['code']], [status, code], `${call}: ${JSON.stringify(reply.json)}`)
    assert.match(String(reply.json['error']), /^[A-Z"].*[.…?]$/s, call)
    assert.ok(reply.headers.get('x-request-id'))
  }
})

test('an unknown parameter is answered with those that exist', async () => {
  const { json } = await ask('GET /mcp/calls?limt=5')
  assert.match(String(json['error']), /There is no parameter "limt"\. Allowed are kfl, limit, format,/)
  const none = await ask('GET /mcp/databases?a=b')
  assert.match(String(none.json['error']), /takes none/)
})

test('methods that are not allowed name those that are', async () => {
  const { headers } = await ask('PATCH /mcp/snapshots/x')
  assert.deepEqual(headers.get('allow')?.split(', ').toSorted(), ['DELETE', 'GET'])
  const options = await fetch(`${house.address}/mcp/snapshots/x`, { method: 'OPTIONS' })
  assert.deepEqual([options.status, options.headers.get('allow')?.includes('DELETE')], [204, true])
  const head = await fetch(`${house.address}/mcp/databases`, { method: 'HEAD' })
  assert.deepEqual([head.status, await head.text()], [200, ''])
})

test('what is no HTTP', async () => {
  const answer = await raw('hello\r\n\r\n')
  assert.match(answer, /^HTTP\/1\.1 400 .*"code":"bad_request"/s)
  const large = await raw(`GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`)
  assert.match(large, /"code":"headers_too_large"/)
  assert.match(await raw('GET /mcp HTTP/1.0\r\n\r\n'), /"code":"host_refused"/)
})

/** The answer to a request that names `host`. */
function asHost(host: string, more = ''): Promise<string> {
  return raw(`GET /mcp HTTP/1.1\r\nhost: ${host}\r\n${more}connection: close\r\n\r\n`)
}

test('requests by other names and from other pages are refused', async () => {
  for (const host of ['localhost:8898', '127.0.0.1', '[::1]:80', '127.1.2.3', 'hindwire.localhost']) {
    assert.match(await asHost(host), /^HTTP\/1\.1 200 /, host)
  }
  for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1', '']) {
    assert.match(await asHost(host), /^HTTP\/1\.1 403 .*"host_refused"/s, host)
  }
  assert.match(await asHost('localhost', 'origin: http://localhost:5173\r\n'), /^HTTP\/1\.1 200 /)
  for (const origin of ['https://evil.example', 'null', 'http://localhost.evil.example']) {
    assert.match(await asHost('localhost', `origin: ${origin}\r\n`), /^HTTP\/1\.1 403 .*"origin_refused"/s, origin)
  }
})

test('a token, once there is one, is wanted everywhere but at health checks', async () => {
  const guarded = await house.gateway({ token: 'secret', host: '0.0.0.0' })
  const address = guarded.address.replace('0.0.0.0', '127.0.0.1')
  assert.equal((await askAt(address, 'GET /mcp/databases')).status, 401)
  const wrong = await askAt(address, 'GET /mcp/databases', undefined, { authorization: 'Bearer other' })
  assert.deepEqual([wrong.status, wrong.json['code']], [401, 'unauthorized'])
  assert.equal((await askAt(address, 'GET /nothing')).status, 401)
  assert.equal((await askAt(address, 'GET /metrics')).status, 401)
  const right = await askAt(address, 'GET /mcp/databases', undefined, { authorization: 'bearer secret' })
  assert.equal(right.status, 200)
  assert.equal((await askAt(address, 'GET /healthz')).status, 200)
  await guarded.stop(500)
  await assert.rejects(house.gateway({ host: '0.0.0.0' }), { code: 'token_required' })
  const taken = Number(new URL(house.address).port)
  await assert.rejects(house.gateway({ port: taken }), { code: 'address_in_use' })
})

test('discovery, health, readiness and metrics', async () => {
  const { json } = await ask('GET /api/mcp')
  const endpoints = json['endpoints'] as { path: string; method: string; params: { name: string }[] }[]
  const calls = endpoints.find(({ path }) => path === '/mcp/calls')
  assert.deepEqual(
    calls?.params.map(({ name }) => name),
    ['kfl', 'limit', 'format', 'group_by', 'start', 'end', 'db', 'cursor', 'order', 'fields'],
  )
  assert.ok(endpoints.some(({ path, method }) => path === '/mcp/dissections' && method === 'POST'))
  assert.deepEqual((await ask('GET /healthz')).json, { status: 'ok' })
  const ready = await ask('GET /readyz')
  assert.equal(ready.status, 200, JSON.stringify(ready.json))
  assert.deepEqual(Object.keys(ready.json['checks'] as object), ['bus', 'query', 'snapshots', 'store'])
  const metrics = await fetch(`${house.address}/metrics`)
  assert.match(await metrics.text(), /hindwire_http_requests_total\{method="GET",route="\/mcp\/calls",status="400"\}/)
})

test('the schema and explanations of filters', async () => {
  const { json } = await ask('GET /mcp/kfl/schema')
  assert.ok((json['variables'] as { variable: string }[]).some(({ variable }) => variable === 'status_code'))
  const explained = await ask('POST /mcp/kfl/explain', { kfl: 'http and status > 400' })
  assert.equal(explained.json['normalized'], 'http && status_code > 400')
  const wrong = await ask('POST /mcp/kfl/explain', { kfl: 'statuscode == 200' })
  assert.deepEqual([wrong.status, wrong.json['valid']], [200, false])
})

test('more requests than may be are turned away, and the server goes on', async () => {
  const small = await house.gateway({ maxRequests: 2 })
  const replies = await Promise.all(Array.from({ length: 20 }, () => askAt(small.address, 'GET /mcp/databases')))
  const statuses = new Set(replies.map(({ status }) => status))
  assert.ok(statuses.has(200) && statuses.has(503))
  assert.equal(replies.find(({ status }) => status === 503)?.json['code'], 'overloaded')
  assert.equal((await askAt(small.address, 'GET /mcp/databases')).status, 200)
  await small.stop(500)
})

test('a server that stops ends its event streams and takes no more', async () => {
  await house.context.jobs.create({ snapshot: 'a', name: 'b', options: {}, files: 1, bytes: 1 })
  const other = await house.gateway({})
  const stream = await fetch(`${other.address}/mcp/dissections/a/b/events`)
  const stopped = performance.now()
  await other.stop(5000)
  assert.match(await stream.text(), /"status":"pending"/)
  assert.ok(performance.now() - stopped < 2000)
  await assert.rejects(fetch(`${other.address}/healthz`))
})

test('a fault of ours is told without its stack, and is in no way the end', async () => {
  const snapshots = Object.create(house.context.snapshots) as GatewayContext['snapshots']
  snapshots.list = () => Promise.reject(new TypeError('secret'))
  const faulty = await startGateway({ ...house.context, snapshots })
  const { status, json } = await askAt(faulty.address, 'GET /mcp/snapshots')
  assert.deepEqual([status, json['code']], [500, 'internal'])
  assert.doesNotMatch(JSON.stringify(json), /secret|TypeError|\.ts/)
  await faulty.stop(500)
})
