import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Detection } from '../contract/protocol.ts'
import { detect, findStart, sender } from './detect.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1')
const answer = (text: string): Detection => detect(bytes(text), 0, text.length, 'tcp')
const senderOf = (text: string): number => sender(bytes(text), 0, text.length)

test('redis from either side', () => {
  const texts = [
    '*1\r\n$4\r\nPING\r\n',
    '*2\r\n$3\r\nGET\r\n$1\r\na\r\n',
    '*3\r\n$3\r\nSET\r\n$9\r\nsomewhere\r\n$100000\r\nxxx',
    '$5\r\nhello\r\n',
    '$90000\r\n' + 'x'.repeat(40),
    '*-1\r\n*1\r\n:1\r\n',
    ':1\r\n:2\r\n',
    '+PONG\r\n',
    '+OK\r\n$1\r\na\r\n',
    '-WRONGTYPE Operation against a key holding the wrong kind of value\r\n',
    "-ERR unknown command 'x', with args beginning with: \r\n",
    '-MOVED 3999 10.0.0.1:6379\r\n',
    '%1\r\n+a\r\n:1\r\n',
    '>3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nb\r\n',
    '+1700000000.123456 [0 127.0.0.1:5000] "GET" "a"\r\n',
    'SET key value\r\n',
    'PING\r\nset k "two words"\r\n',
    'config get maxmemory\n',
  ]
  for (const text of texts) assert.equal(answer(text), Detection.Yes, JSON.stringify(text))
})

test('almost-redis', () => {
  const texts = [
    'PING\r\n',
    '+OK\r\n',
    '+OK\r\n+OK\r\nPING\r\n',
    'PING\r\nPUB a 1\r\nx\r\n',
    "-ERR 'Unknown Protocol Operation'\r\n",
    'INFO {"server_id":"a"}\r\n',
    'CONNECT {"verbose":true}\r\nPING\r\n',
    'MSG a 1 5\r\nhello\r\n',
    '+OK POP3 server ready\r\n',
    '* OK IMAP4rev1 ready\r\n',
    'get key\r\n',
    'set key 0 0 5\r\nhello\r\n',
    'gets a b\r\n',
    'incr key 1\r\n',
    'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
    'GET /\r\n',
    'AUTH LOGIN\r\n',
    'AUTH TLS\r\n',
    'QUIT\r\n',
    'TYPE I\r\n',
    'HELO me\r\n',
    '220 ready\r\n',
    'PING :irc.example\r\n',
    ':server 001 nick :Welcome\r\n',
    'USER a 0 * :b\r\n',
    'SUBSCRIBE\nid:0\n\n\0',
    '$05\r\n',
    '$5\r\nhelloXX',
    '*2\r\nxx',
    '%a\r\n',
    '_x',
    '#x',
    '',
  ]
  for (const text of texts) assert.notEqual(answer(text), Detection.Yes, JSON.stringify(text))
})

test('every prefix of a command needs more or is one', () => {
  const text = '*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\nvalue\r\n'
  for (let n = 0; n <= text.length; n++) assert.notEqual(answer(text.slice(0, n)), Detection.No, String(n))
})

test('any bytes give an answer', () => {
  let seed = 1
  for (let n = 0; n < 20_000; n++) {
    const random = Array.from({ length: n % 24 }, () => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
      return '*$+-:\r\n\r\n0123;?.PINGok %|>~'.charCodeAt((seed >>> 16) % 28)
    })
    const piece = Uint8Array.from(random)
    assert.ok(detect(piece, 0, piece.length, 'tcp') <= 2)
    sender(piece, 0, piece.length)
    for (const side of [0, 1] as const)
      assert.ok(findStart(side, piece, 0, piece.length) < piece.length || n % 24 === 0)
  }
})

test('client or server', () => {
  assert.equal(senderOf('*2\r\n$3\r\nGET\r\n$1\r\na\r\n'), 0)
  assert.equal(senderOf('*2\r\n$9\r\nsubscribe\r\n$1\r\na\r\n'), 0)
  assert.equal(senderOf('*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n'), 1)
  assert.equal(senderOf('*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nb\r\n'), 1)
  assert.equal(senderOf('$1\r\na\r\n'), 1)
  assert.equal(senderOf('PING\r\n'), 0)
})
