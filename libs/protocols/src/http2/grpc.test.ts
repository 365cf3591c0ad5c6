import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'

import { fromHex } from '@hindwire/bytes/hex.ts'

import { ProtobufJson } from './protobuf-json.ts'
import {
  clientStart,
  data,
  headers,
  HTTP,
  indexed,
  literal,
  join,
  message,
  named,
  OK,
  path,
  POST,
  serverStart,
} from './testdata/build-frames.ts'
import { Replay, replayCapture, type Row } from './testdata/replay.ts'

const rowsOf = (name: string): Row[] => replayCapture(new URL(`testdata/${name}`, import.meta.url), 50361).rows
const json = new ProtobufJson()
const render = (hex: string, room = 65_536): string => {
  const bytes = fromHex(hex)
  return json.render(bytes, 0, bytes.length, room)
}
const call = (...more: Uint8Array[]): Uint8Array =>
  headers(1, false, POST, HTTP, path('/a.B/C'), literal('content-type', 'application/grpc+proto'), ...more)

const typed = (type: string): Uint8Array => headers(1, false, POST, HTTP, path('/a.B/C'), literal('content-type', type))

const rowOfType = (value: string): Row =>
  new Replay().feed(0, join(clientStart, typed(value), data(1, true, message('{"a":1}')))).end().rows[0]!

test('captures: unary and streaming kinds, plain and gzip, are the same calls', () => {
  const expected = [
    ['AddItem', 0, undefined, undefined, 1, 1],
    ['AddItem', 5, 1, 'NOT_FOUND', 1, 0],
    ['AddItem', -1, undefined, 'CANCEL', 1, undefined],
    ['ListItems', 0, undefined, undefined, 1, 5],
    ['Upload', 0, undefined, undefined, 4, 1],
    ['Chat', 0, undefined, undefined, 3, 3],
  ]
  for (const name of ['grpc-kinds.pcap', 'grpc-gzip.pcap']) {
    const rows = rowsOf(name)
    const seen = rows.map((row) => {
      const detail = JSON.parse(String(row['detail']))
      const { grpc_method, grpc_status, is_error, error_code } = row
      return [grpc_method, grpc_status, is_error, error_code, detail.request.messages, detail.response?.messages]
    })
    assert.deepEqual(seen, expected, name)
    for (const row of rows) {
      assert.equal(row['protocol'], 'grpc')
      assert.equal(row['grpc_service'], 'shop.v1.Cart')
      assert.equal(row['method'], 'POST')
    }
    assert.equal(rows[1]!['error_message'], 'no such item: größe 5%')
    assert.equal(rows[0]!['response_body'], '{"1":3,"2":12.5}')
    const item = JSON.parse(String(rows[0]!['request_body']))
    assert.equal(String(item['1']).startsWith('blue mug '), true)
    delete item['1']
    const rest = {
      '2': 2,
      '3': 6.25,
      '4': [1, 2, 300],
      '5': { '1': 'shop window' },
      '6': 9,
      '7': { base64: 'AP+A/g==' },
    }
    assert.deepEqual(item, rest)
    assert.equal(JSON.parse(String(rows[3]!['response_body']))[4]['1'], 'mug-4')
  }
})

test('compressed messages: deflate, zstd, an unknown coding; trailers-only; missing trailers', () => {
  const plain = fromHex('0a03616263')
  const codings = { deflate: deflateSync(plain), gzip: gzipSync(plain), zstd: zstdCompressSync(plain) }
  for (const [encoding, bytes] of Object.entries(codings)) {
    const rows = new Replay()
      .feed(0, join(clientStart, call(literal('grpc-encoding', encoding)), data(1, true, message(bytes, 1))))
      .feed(1, join(serverStart, headers(1, true, OK, literal('grpc-status', '7'), literal('grpc-message', 'no%'))))
      .end().rows
    assert.equal(rows[0]!['request_body'], '{"1":"abc"}', encoding)
    assert.equal(rows[0]!['grpc_status'], 7)
    assert.equal(rows[0]!['error_message'], 'no%')
  }
  const unknown = new Replay()
    .feed(0, join(clientStart, call(literal('grpc-encoding', 'lzma')), data(1, true, message('zz', 1))))
    .feed(1, join(serverStart, headers(1, false, OK), data(1, true, message(plain))))
    .end().rows
  assert.equal(unknown[0]!['request_body'], '{"base64":"eno="}')
  assert.equal(unknown[0]!['request_body_truncated'], 1)
  assert.equal(unknown[0]!['grpc_status'], -1)
  assert.equal(unknown[0]!['response_body'], '{"1":"abc"}')
})

test('messages across frames, several in one, cut at the limit, JSON messages, not gRPC at all', () => {
  const long = message(join(fromHex('0aff01'), 'a'.repeat(255)))
  const rows = new Replay(300)
    .feed(0, join(clientStart, call(), data(1, false, long.subarray(0, 3)), data(1, false, long.subarray(3, 100))))
    .feed(0, data(1, true, join(long.subarray(100), message(''), message(fromHex('0801')), message('x'.repeat(90)))))
    .end().rows
  assert.deepEqual(JSON.parse(String(rows[0]!['request_body'])).slice(1, 3), [{}, { '1': 1 }])
  assert.equal(rows[0]!['request_body_truncated'], 1)
  assert.equal(JSON.parse(String(rows[0]!['detail'])).request.messages, 4)
  assert.equal(rowOfType('application/grpc+json')['request_body'], '{"a":1}')
  assert.equal(rowOfType('application/grpc-web+proto')['protocol'], undefined)
  assert.equal(rowOfType('application/grpc; x=y')['protocol'], 'grpc')
})

test('late join: content that is messages to the last byte makes a call', () => {
  const rows = new Replay()
    .feed(
      0,
      join(headers(7, false, POST, HTTP, named(67, '/a.B/C'), indexed(70)), data(7, true, message(fromHex('0801')))),
    )
    .feed(
      1,
      join(headers(7, false, OK, indexed(65)), data(7, false, message(fromHex('0802'))), headers(7, true, indexed(63))),
    )
    .end().rows
  assert.equal(rows[0]!['protocol'], 'grpc')
  assert.equal(rows[0]!['grpc_method'], 'C')
  assert.equal(rows[0]!['grpc_status'], -1)
})

test('protobuf without descriptors', () => {
  assert.equal(render('08ac02'), '{"1":300}')
  assert.equal(render('08ffffffffffffffffff01'), '{"1":-1}')
  assert.equal(render('08ffffffffffffffff7f'), '{"1":"9223372036854775807"}')
  assert.equal(render('0a0568656c6c6f'), '{"1":"hello"}')
  assert.equal(render('0a070a0568656c6c6f12020801'), '{"1":{"1":"hello"},"2":{"1":1}}')
  assert.equal(render('0a01610a0162'), '{"1":["a","b"]}')
  assert.equal(render('0d0000c03f11000000000000f83f'), '{"1":1.5,"2":1.5}')
  assert.equal(render('0d05000000'), '{"1":5}')
  assert.equal(render('22060303038e0203'), '{"4":[3,3,3,270,3]}')
  assert.equal(render('2210000000000000f03f0000000000000040'), '{"4":[1,2]}')
  assert.equal(render('0a020a0a'), '{"1":"\\n\\n"}')
  assert.equal(render('1200'), '{"2":""}')
  assert.equal(json.cut, false)
  assert.equal(render('08'), '{}')
  assert.equal(json.cut, true)
})

test('protobuf: depth, fields and room are bounded, any bytes give JSON', () => {
  let nested = new Uint8Array(0)
  for (let depth = 0; depth < 60; depth++) nested = Uint8Array.of(0x0a, nested.length & 127, ...nested)
  JSON.parse(json.render(nested, 0, nested.length, 10_000))
  const many = new Uint8Array(20_000).fill(8)
  assert.ok(json.render(many, 0, many.length, 65_536).length < 20_000)
  assert.ok(json.cut)
  const text = join(fromHex('0aa08d06'), 'ä'.repeat(50_000))
  assert.ok(json.render(text, 0, text.length, 1001).length < 1100)
  let seed = 5
  const random = (below: number): number => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) % below
  for (let n = 0; n < 5000; n++) {
    const bytes = Uint8Array.from({ length: random(40) }, () => random(random(2) === 0 ? 32 : 256))
    JSON.parse(json.render(bytes, 0, bytes.length, random(100)))
  }
})
