import assert from 'node:assert/strict'
import { test } from 'node:test'

import { TcpSession } from '@hindwire/testkit/tcp-session.ts'

import { defaultLimits } from './limits.ts'
import { bucketsOf, collect } from './testing/collect.ts'

const get = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nHost: h\r\n${more}\r\n`
const ok = (body = ''): string => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`
const ESTABLISHED = 'HTTP/1.1 200 Connection Established\r\n\r\n'
const CONNECT = 'CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n'
const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: '

test('http-on-port-5432: the content decides', () => {
  const session = new TcpSession({ server: { ip: '10.0.0.2', port: 5432 } }).open().client(get('/')).server(ok())
  assert.deepEqual(collect(session.frames).entries, ['http GET / 200'])
})

test('start-with-server: in mid-stream the messages tell who serves, whatever the ports', () => {
  const session = new TcpSession({ client: { ip: '10.0.0.1', port: 80 }, server: { ip: '10.0.0.2', port: 40_000 } })
  const { entries, clients } = collect(session.server(ok()).client(get('/2')).server(ok()).frames)
  assert.deepEqual(entries, ['http - 200 (no request)', 'http GET /2 200'])
  assert.deepEqual(clients, ['10.0.0.1:80', '10.0.0.1:80'])
})

test('detection is tried again with every segment, up to a limit', () => {
  const session = new TcpSession().open()
  for (let n = 0; n < 20; n++) session.client(Buffer.from([1, 2, 3, n])).server(Buffer.from([9, 9, n]))
  const { entries, coverage } = collect(session.client(get('/late')).server(ok()).frames)
  assert.deepEqual(entries, ['http GET /late 200'])
  const { unknown_protocol: unknown = 0, malformed = 0, dissected } = bucketsOf(coverage)
  assert.deepEqual([unknown + malformed, dissected], [40, 2])
  const long = new TcpSession().open()
  for (let n = 0; n < 80; n++) long.client(Buffer.alloc(1000, 1))
  assert.deepEqual(collect(long.client(get('/too-late')).server(ok()).frames).entries, [])
})

test('bytes held for a protocol that it was not do not hide the next segment', () => {
  // Two bytes that may be the length field of DNS over TCP, as in a SOCKS greeting.
  const session = new TcpSession()
    .open()
    .client(Buffer.from([5, 1, 0]))
    .client(get('/socks'))
    .server(ok())
  assert.deepEqual(collect(session.frames).entries, ['http GET /socks 200'])
})

test('CONNECT: what follows in the same segment is looked at anew', () => {
  const apart = new TcpSession().open().client(CONNECT).server(ESTABLISHED).client(get('/in')).server(ok())
  assert.deepEqual(collect(apart.frames).entries, ['http CONNECT h:1 200', 'http GET /in 200'])
  const together = new TcpSession().open().client(CONNECT).server(`${ESTABLISHED}+PONG\r\n`)
  together.client('*1\r\n$4\r\nPING\r\n').server('+PONG\r\n')
  const { entries } = collect(together.frames)
  assert.equal(entries[0], 'http CONNECT h:1 200')
  assert.ok(entries.includes('redis 14 7'), entries.join('; '))
})

test('an upgrade to a protocol that is not known leaves the rest alone', () => {
  const session = new TcpSession().open().client(get('/', 'Connection: Upgrade\r\nUpgrade: mine\r\n'))
  session.server(`${SWITCH}mine\r\n\r\nhello`).client(get('/not-http')).server(ok())
  const { entries, coverage } = collect(session.close().frames)
  assert.deepEqual(entries, ['http GET / 101'])
  assert.deepEqual(bucketsOf(coverage), { dissected: 2, transport_only: 6, unknown_protocol: 2 })
})

test('protocols that are not selected are recognised, and left out', () => {
  const session = new TcpSession().open().client(get('/')).server(ok())
  const { entries, coverage } = collect(session.frames, { selected: new Set(['redis']) })
  assert.deepEqual(entries, [])
  assert.deepEqual(bucketsOf(coverage), { transport_only: 3, not_selected: 2 })
})

test('a message longer than the limit is passed over, and the connection goes on', () => {
  const session = new TcpSession().open().client(get('/a')).server(ok())
  session
    .client(`GET /long HTTP/1.1\r\nX: ${'x'.repeat(9000)}`)
    .client('\r\n\r\n')
    .client(get('/b'))
    .server(ok())
  const limits = { ...defaultLimits, maxUnitBytes: 4000 }
  const { entries, coverage } = collect(session.frames, { limits })
  assert.deepEqual(entries, ['http GET /a 200', 'http GET /b 200'])
  assert.ok(Number(bucketsOf(coverage)['malformed']) > 0)
})

test('a connection of nothing but false starts is given up', () => {
  const session = new TcpSession().open().client(get('/')).server(ok())
  for (let n = 0; n < 40; n++) session.client(`junk\r\n${get(`/${n}`)}`).server(`junk\r\n${ok()}`)
  assert.equal(collect(session.frames).entries.length, 41, 'messages in between keep it alive')
  const junk = new TcpSession().open().client(get('/')).server(ok())
  for (let n = 0; n < 100; n++) junk.client('GET / HTTP/1.1\r\nno field\r\n'.repeat(20))
  const { entries, coverage } = collect(junk.client(get('/end')).server(ok()).frames)
  assert.deepEqual(entries, ['http GET / 200'])
  assert.ok(Number(bucketsOf(coverage)['unknown_protocol']) > 40)
})

test('a loss inside content of known length is no loss of a message', () => {
  const session = new TcpSession({ mss: 100, acks: true }).open()
  session.client(get('/1') + get('/2')).server(ok('x'.repeat(1000)), { lose: [4, 5] })
  session.wait(500_000).server(ok('two'))
  const { entries } = collect(session.close().frames)
  assert.deepEqual(entries, ['http GET /1 200 (response: gap)', 'http GET /2 200'])
})
