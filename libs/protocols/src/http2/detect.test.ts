import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fromHex } from '@hindwire/bytes/hex.ts'

import { Side } from '../contract/message.ts'
import { Detection } from '../contract/protocol.ts'
import { FrameType, PREFACE } from './constants.ts'
import { detect, sender } from './detect.ts'
import {
  clientStart,
  data,
  frame,
  GET,
  headers,
  HTTP,
  indexed,
  join,
  literal,
  message,
  OK,
  path,
  POST,
  serverStart,
  settings,
} from './testdata/build-frames.ts'

const verdict = (bytes: Uint8Array): Detection => detect(bytes, 0, bytes.length)
const from = (bytes: Uint8Array): Side | -1 => sender(bytes, 0, bytes.length)
const windowUpdate = frame(FrameType.WindowUpdate, 0, 0, '\0\0\0\u0005')
const ping = frame(FrameType.Ping, 0, 0, '12345678')

test('recognised: from either side, and in mid-stream', () => {
  const yes = [
    clientStart,
    PREFACE,
    serverStart,
    settings([1, 4096], [0xfe03, 1]),
    join(settings(), windowUpdate),
    headers(5, true, GET, HTTP, path('/x')),
    headers(1, true, OK),
    headers(1, false, OK, literal('server', 'x')),
    join(windowUpdate, ping),
    join(headers(9, false, indexed(70), indexed(71)), data(9, true, message('abc'))),
    join(data(9, false, message('abc')), data(9, false, message('defg'))),
    headers(5, false, POST, HTTP, path('/p'), literal('x-long', 'v'.repeat(3000))).subarray(0, 200),
  ]
  for (const [at, bytes] of yes.entries()) assert.equal(verdict(bytes), Detection.Yes, String(at))
})

test('prefixes need more', () => {
  for (const whole of [clientStart.subarray(0, 24), serverStart, headers(1, true, OK), join(windowUpdate, ping)]) {
    for (let length = 1; length < whole.length; length++) {
      assert.equal(verdict(whole.subarray(0, length)), Detection.NeedMore, `${length} of ${whole.length}`)
    }
  }
})

test('almost-http2 is refused', () => {
  const no = [
    Buffer.from('POST / HTTP/1.1\r\n'),
    Buffer.from('PRI * HTTP/1.1\r\n\r\n'),
    // TLS record, PostgreSQL SSLRequest and startup, Kafka request, DNS over TCP, RESP, MySQL greeting
    fromHex('160301020001000 1fc0303'.replaceAll(' ', '')),
    fromHex('0000000804d2162f'.padEnd(32, '0')),
    fromHex('0000002a0003000075736572006d6500'),
    fromHex('0000001600120004000000010007636c69656e74'),
    fromHex('001d1234010000010000000000000377777707'),
    Buffer.from('*1\r\n$4\r\nPING\r\n'),
    fromHex('4a0000000a382e302e3333000800'),
    // A header list of a response and a request at once, and one with a pseudo field behind others
    headers(1, true, GET, OK),
    headers(1, true, literal('a', 'b'), indexed(31), GET),
    headers(1, true, GET, HTTP, literal('Upper', 'x')),
    // SETTINGS with values that are not allowed, flags that no PING has, a stream where there is none
    settings([2, 7]),
    settings([5, 100]),
    frame(FrameType.Ping, 0x40, 0, '12345678'),
    frame(FrameType.Ping, 0, 3, '12345678'),
    frame(FrameType.WindowUpdate, 0, 0, '\0\0\0\0'),
    frame(FrameType.Headers, 4, 0, GET),
  ]
  for (const [at, bytes] of no.entries()) assert.equal(verdict(bytes), Detection.No, String(at))
})

test('the sender', () => {
  assert.equal(from(clientStart), Side.Client)
  assert.equal(from(serverStart), Side.Server)
  assert.equal(from(join(windowUpdate, headers(1, true, GET, HTTP, path('/')))), Side.Client)
  assert.equal(from(join(ping, headers(1, false, OK))), Side.Server)
  assert.equal(from(join(ping, windowUpdate)), -1)
  assert.equal(from(data(1, true, message('x'))), -1)
})
