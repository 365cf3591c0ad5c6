import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'

import { Flag, FrameType } from './constants.ts'
import { MAX_STREAMS } from './limits.ts'
import {
  clientStart,
  data,
  frame,
  GET,
  goAway,
  headers,
  HTTP,
  indexed,
  join,
  literal,
  named,
  OK,
  path,
  POST,
  reset,
  serverStart,
} from './testdata/build-frames.ts'
import { Replay, replayCapture, type Row, segments } from './testdata/replay.ts'

const folder = new URL('testdata/', import.meta.url)
const captures = readdirSync(folder).filter((name) => name.endsWith('.pcap'))
const portOf = (name: string): number => (name.startsWith('grpc') ? 50361 : 8642)
const rowsOf = (name: string, cut?: number): Row[] => replayCapture(new URL(name, folder), portOf(name), cut).rows
const started = (limit?: number): Replay => new Replay(limit).feed(0, clientStart).feed(1, serverStart)
const pick = (rows: readonly Row[], ...names: string[]): unknown[][] =>
  rows.map((row) => names.map((name) => row[name]))

test('captures: every frame understood, the same rows for any split', () => {
  for (const name of captures) {
    assert.equal(replayCapture(new URL(name, folder), portOf(name)).counts.invalid, 0, name)
    const whole = rowsOf(name)
    for (const cut of [1, 7, 1000]) assert.deepEqual(rowsOf(name, cut), whole, `${name} in pieces of ${cut}`)
    for (const row of whole) JSON.parse(String(row['detail']))
  }
})

test('captures: many streams at once', () => {
  const rows = rowsOf('many-streams.pcap')
  assert.equal(rows.length, 100)
  for (const row of rows) {
    const number = String((row['request_headers'] as Record<string, string>)['x-number'])
    assert.equal(row['path'], `/item/${number}`)
    assert.deepEqual(row['query_string'], { page: number, q: 'a b' })
    assert.equal(JSON.parse(String(row['response_body'])).path, `/item/${number}?page=${number}&q=a%20b`)
    assert.deepEqual(row['request_cookies'], { session: 's1', theme: 'dark' })
    assert.deepEqual(row['response_cookies'], { a: '1', b: '2' })
  }
})

test('captures: content coding, interim response, resets, trailers, push, continuations', () => {
  const rows = rowsOf('mixed.pcap')
  assert.deepEqual(pick(rows, 'path', 'status_code', 'is_error', 'error_code', 'response_body_size', 'lone'), [
    ['/plain', 200, undefined, undefined, 2, ''],
    ['/gzip', 200, undefined, undefined, 3000, ''],
    ['/missing', 404, 1, undefined, undefined, ''],
    ['/hint', 200, undefined, undefined, 9, ''],
    ['/reset', undefined, 1, 'INTERNAL_ERROR', undefined, 'request'],
    ['/slow', 200, undefined, 'CANCEL', 5, ''],
    ['/echo', 201, undefined, undefined, 3000, ''],
    ['/push', 200, undefined, undefined, 6, ''],
    ['/style.css', 200, undefined, undefined, 6, ''],
    ['/big-headers', 200, undefined, undefined, 2, ''],
  ])
  assert.equal((rows[6]!['response_headers'] as Record<string, string>)['x-checksum'], 'c0ffee')
  assert.equal(rows[8]!['detail'], '{"stream":2,"pushed":true}')
  assert.equal((rows[9]!['request_headers'] as Record<string, string>)['x-larger']!.length, 9000)
})

test('captures joined after their beginning: still paired, static fields known, unknown ones marked', () => {
  const all = segments(new URL('grpc-kinds.pcap', folder), 50361)
  const bodies = new Set(rowsOf('grpc-kinds.pcap').map((row) => row['request_body']))
  for (let from = 1; from < 14; from++) {
    const replay = new Replay()
    for (const { side, bytes } of all.slice(from)) replay.feed(side, bytes)
    const rows = replay.end().rows.filter((row) => row['lone'] === '')
    assert.equal(replay.counts.invalid, 0)
    assert.ok(rows.length >= 2, String(from))
    for (const row of rows) {
      assert.equal(row['protocol'], 'grpc')
      assert.equal(row['method'], 'POST')
      assert.equal(row['status_code'], 200)
      assert.ok(bodies.has(row['request_body']))
    }
    // What these two name has been added to the table since.
    assert.equal(rows.at(-1)!['grpc_method'], 'Chat')
    assert.equal(rows.at(-2)!['grpc_method'], 'Upload')
    if (from > 8) assert.equal(rows.at(-1)!['partial'], 'headers incomplete|headers incomplete')
  }
})

test('padding, priority, empty DATA, interleaved streams, unknown frames', () => {
  const padded = frame(
    FrameType.Headers,
    Flag.EndHeaders | Flag.Padded | Flag.Priority,
    1,
    join(Uint8Array.of(3, 0, 0, 0, 0, 15), POST, HTTP, path('/a'), 'xxx'),
  )
  const replay = started()
    .feed(0, join(padded, headers(3, true, GET, HTTP, path('/b')), frame(0x2f, 0xff, 0, 'grease')))
    .feed(
      0,
      join(
        frame(FrameType.Data, Flag.Padded, 1, '\u0004bodyPPPP'),
        frame(FrameType.Priority, 0, 3, '\0\0\0\u0001\u0001'),
      ),
    )
    .feed(1, headers(3, false, OK))
    .feed(1, join(headers(1, false, OK), data(3, false, 'B'), data(1, false, 'A'), data(3, true, 'b')))
    .feed(0, data(1, true, ''))
    .feed(1, data(1, true, ''))
    .end()
  assert.equal(replay.counts.invalid, 0)
  assert.deepEqual(pick(replay.rows, 'path', 'request_body', 'response_body', 'lone'), [
    ['/b', undefined, 'Bb', ''],
    ['/a', 'body', 'A', ''],
  ])
})

test('a response that ends before its request, and one without its request', () => {
  const early = started()
    .feed(0, join(headers(1, false, POST, HTTP, path('/upload')), data(1, false, 'part')))
    .feed(1, headers(1, true, indexed(12)))
    .feed(1, headers(9, true, OK))
  assert.deepEqual(pick(early.rows, 'lone'), [['response']])
  early.feed(1, reset(1, 0)).end()
  assert.deepEqual(pick(early.rows.slice(1), 'path', 'status_code', 'partial', 'is_error'), [
    ['/upload', 400, 'reset|', 1],
  ])
})

test('frames after a reset begin nothing; GOAWAY ends what was not worked on', () => {
  const replay = started()
    .feed(0, join(headers(1, true, GET, HTTP, path('/1')), reset(1, 8), headers(3, true, GET, HTTP, path('/3'))))
    .feed(1, join(headers(1, false, OK), data(1, true, 'late')))
    .feed(0, headers(5, true, GET, HTTP, path('/5')))
    .feed(1, join(goAway(3, 0), headers(3, true, OK)))
  assert.deepEqual(pick(replay.rows, 'path', 'error_code', 'lone'), [
    ['/1', 'CANCEL', 'request'],
    ['/5', 'REFUSED_STREAM', 'request'],
    ['/3', undefined, ''],
  ])
  assert.equal(replay.end().rows.length, 3)
})

test('continuations: joined; one that is interrupted leaves a part and an unknown table', () => {
  const block = join(GET, HTTP, path('/long'), literal('x-a', 'a'.repeat(50)))
  const first = frame(FrameType.Headers, Flag.EndStream, 1, block.subarray(0, 5))
  const middle = frame(FrameType.Continuation, 0, 1, block.subarray(5, 20))
  const last = frame(FrameType.Continuation, Flag.EndHeaders, 1, block.subarray(20))
  const whole = join(first, middle, last)
  const replay = started()
  for (const byte of whole) replay.feed(0, Uint8Array.of(byte))
  replay.feed(1, headers(1, true, OK))
  assert.deepEqual(pick(replay.rows, 'path', 'partial'), [['/long', '|']])
  const broken = started()
    .feed(0, join(first, middle, frame(FrameType.Ping, 0, 0, '12345678'), headers(3, true, GET, indexed(62))))
    .end()
  assert.deepEqual(pick(broken.rows, 'method', 'partial'), [
    ['GET', 'headers incomplete|'],
    ['GET', 'headers incomplete|'],
  ])
})

test('a gap within DATA keeps everything; one across frames finds the next one and doubts the table', () => {
  const request = join(headers(1, true, GET, HTTP, path('/a', true)), headers(3, true, GET, HTTP, path('/b', true)))
  const inside = started().feed(0, request)
  inside.feed(
    1,
    join(headers(1, false, OK, literal('x-known', '1')), frame(FrameType.Data, 1, 1, 'x'.repeat(500)).subarray(0, 100)),
  )
  inside.gap(1, 409).feed(1, headers(3, true, OK, indexed(62)))
  assert.deepEqual(pick(inside.end().rows, 'path', 'response_body_size', 'partial'), [
    ['/b', undefined, '|'],
    ['/a', 500, '|gap'],
  ])
  const across = started().feed(0, request)
  across.feed(1, headers(1, false, OK, literal('x-known', '1')))
  across.gap(1, 700).feed(1, join('tail of some frame', data(1, true, 'end'), headers(3, true, OK, indexed(62))))
  assert.deepEqual(pick(across.end().rows, 'path', 'response_body', 'status_code', 'partial'), [
    ['/a', 'end', 200, '|gap'],
    ['/b', undefined, 200, '|headers incomplete'],
  ])
})

test('a path whose name is unknown is recognised; a stalled request side is waited for', () => {
  const late = new Replay().feed(0, headers(7, true, POST, HTTP, named(67, '/shop.v1.Cart/Get'), indexed(70))).end()
  assert.deepEqual(pick(late.rows, 'path', 'protocol', 'partial'), [
    ['/shop.v1.Cart/Get', undefined, 'headers incomplete|'],
  ])
  const stalled = new Replay(1000, true).feed(1, join(serverStart, headers(1, true, OK)))
  assert.equal(stalled.rows.length, 0)
  stalled.feed(0, join(clientStart, headers(1, true, GET, HTTP, path('/held'))))
  assert.deepEqual(pick(stalled.rows, 'path', 'status_code'), [['/held', 200]])
})

test('cookie fields are one list; a query is decoded where it needs it', () => {
  const request = headers(1, true, GET, HTTP, path('/c?x=1&y='), named(32, 'a=1'), named(32, 'b=2; c=3'))
  const other = headers(3, true, GET, HTTP, path('/d?x=%31+2'), named(32, 'one=1'))
  const replay = started()
    .feed(0, join(request, other))
    .feed(1, join(headers(1, true, OK), headers(3, true, OK)))
  assert.deepEqual(pick(replay.rows, 'query_string', 'request_cookies', 'request_headers'), [
    [{ x: '1', y: '' }, { a: '1', b: '2', c: '3' }, { cookie: 'a=1; b=2; c=3' }],
    [{ x: '1 2' }, { one: '1' }, { cookie: 'one=1' }],
  ])
})

test('limits: streams, kept content, buffered content', () => {
  const replay = started(100)
  const count = MAX_STREAMS + 10
  for (let n = 0; n < count; n++) replay.feed(0, headers(n * 2 + 1, true, GET, HTTP, path(`/${n}`)))
  replay.feed(1, headers(count * 2 - 1, false, OK))
  for (let n = 0; n < 10; n++) replay.feed(1, data(count * 2 - 1, n === 9, 'y'.repeat(60)))
  const answered = replay.rows.find((row) => row['lone'] === '')!
  assert.deepEqual(pick([answered], 'path', 'response_body_size', 'response_body_truncated'), [
    [`/${count - 1}`, 600, 1],
  ])
  assert.equal(String(answered['response_body']).length, 100)
  assert.equal(replay.rows.length, 11)
  assert.equal(replay.end().rows.length, count)

  const uploads = started()
  const piece = 'z'.repeat(16_384)
  for (let n = 0; n < 200; n++) uploads.feed(0, headers(n * 2 + 1, false, POST, HTTP, path('/up')))
  for (let round = 0; round < 4; round++) for (let n = 0; n < 200; n++) uploads.feed(0, data(n * 2 + 1, false, piece))
  const rows = uploads.end().rows
  const kept = rows.reduce((sum, row) => sum + ((row['request_body'] as string | undefined) ?? '').length, 0)
  assert.equal(kept, 8 << 20)
  for (const row of rows) assert.equal(row['request_body_size'], 65_536)
})

test('every strict prefix of a frame with headers needs more', () => {
  const bytes = headers(1, true, GET, HTTP, path('/prefix'), literal('x-a', 'b'))
  for (let length = 1; length < bytes.length; length++) {
    const replay = started()
    const before = replay.counts.needMore
    replay.feed(0, bytes.subarray(0, length))
    assert.equal(replay.counts.needMore, before + 1)
    replay.feed(0, bytes.subarray(length)).feed(1, headers(1, true, OK))
    assert.equal(replay.rows[0]!['path'], '/prefix')
  }
})

test('garbage and losses: never thrown, always an end', () => {
  const pieces = captures.flatMap((name) => segments(new URL(name, folder), portOf(name)))
  let seed = 7
  const random = (below: number): number => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) % below
  for (let n = 0; n < 400; n++) {
    const replay = new Replay(1000)
    for (let m = 0; m < 12; m++) {
      const { side, bytes } = pieces[random(pieces.length)]!
      const piece = bytes.slice(0, 600)
      for (let k = random(4); k > 0; k--) piece[random(piece.length)] = random(256)
      replay.feed(random(8) === 0 ? ((1 - side) as 0 | 1) : side, piece)
      if (random(6) === 0) replay.gap(random(2) as 0 | 1, random(3000))
    }
    for (const row of replay.end().rows) JSON.parse(String(row['detail']))
  }
})
