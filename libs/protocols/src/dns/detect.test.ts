import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fromHex, toHex } from '@hindwire/bytes/hex.ts'
import * as fc from 'fast-check'

import { Detection } from '../contract/protocol.ts'
import { detect } from './detect.ts'
import { dns } from './index.ts'
import { answer, framed, message, question, query, record } from './testdata/build-message.ts'

const asDatagram = (bytes: Uint8Array): Detection => detect(bytes, 0, bytes.length, 'udp')
const asStream = (bytes: Uint8Array): Detection => detect(bytes, 0, bytes.length, 'tcp')

const netbios = 'CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
const accepted: Readonly<Record<string, Uint8Array>> = {
  query,
  answer,
  'root query': message({ questions: [question('', 2)] }),
  'EDNS query': message({ questions: [question('a.example', 255)], additional: [record('', 41, '', 0x8000, 1232)] }),
  'dynamic update': message({
    flags: 0x2800,
    questions: [question('example.com', 6)],
    authority: [record('a.example.com', 255, '', 0, 255)],
  }),
  notify: message({ flags: 0x2400, questions: [question('example.com', 6)] }),
  'version.bind': message({ questions: [question('version.bind', 16, 3)] }),
  'mDNS announcement': message({ id: 0, flags: 0x8400, answers: [record('a.local', 1, 'c0000201', 120, 0x8001)] }),
  'REFUSED without question': fromHex('123481050000000000000000'),
  'truncated answer': answer.slice(0, -20),
  'DNSCrypt certificate query with a record of type 0': message({
    questions: [question('2.dnscrypt-cert.example', 16)],
    additional: [record('', 0, '000c', 0, 0)],
  }),
}
const refused: Readonly<Record<string, Uint8Array>> = {
  empty: new Uint8Array(0),
  'a header only': query.slice(0, 12),
  'twelve zero bytes': new Uint8Array(12),
  'NetBIOS name query': message({ flags: 0x0110, questions: [question(netbios, 32)] }),
  'NetBIOS status query': message({ flags: 0x0000, questions: [question(netbios, 33)] }),
  'NetBIOS response': message({ flags: 0x8500, answers: [record(netbios, 32, '6000c0000201')] }),
  'a query with a result': message({ flags: 0x0103, questions: [question('a.example', 1)] }),
  'reserved bit': message({ flags: 0x0140, questions: [question('a.example', 1)] }),
  'opcode 15': message({ flags: 0x7800, questions: [question('a.example', 1)] }),
  'class 0': message({ questions: [question('a.example', 1, 0)] }),
  'update that asks for A': message({ flags: 0x2800, questions: [question('a\u0001', 1)] }),
  'HTTP on port 53': Buffer.from('GET / HTTP/1.1\r\nHost: www.example.com\r\n\r\n'),
  STUN: fromHex('000100002112a442aabbccddeeff001122334455'),
  NTP: fromHex('e30004fa000100000001000000000000000000000000000000000000000000000000000000000000c50204eceed33c52'),
  SNMP: fromHex('302902010004067075626c6963a01c02043b9a35a0020100020100300e300c06082b060102010101000500'),
}

for (const [title, bytes] of Object.entries(accepted)) {
  test(`accepts: ${title}`, () => {
    assert.equal(asDatagram(bytes), Detection.Yes)
    assert.equal(asStream(framed(bytes)), Detection.Yes)
  })
}
for (const [title, bytes] of Object.entries(refused))
  test(`refuses: ${title}`, () => assert.equal(asDatagram(bytes), Detection.No))

test('a stream that begins with part of a message is never refused', () => {
  const stream = framed(answer)
  for (let length = 0; length < stream.length; length++)
    assert.notEqual(asStream(stream.slice(0, length)), Detection.No, `${length} bytes`)
  for (let length = 0; length < 14; length++) assert.equal(asStream(stream.slice(0, length)), Detection.NeedMore)
})

test('streams of other protocols are refused', () => {
  for (const text of [
    'GET / HTTP/1.1\r\n\r\n',
    'SSH-2.0-OpenSSH_9.6\r\n',
    '*1\r\n$4\r\nPING\r\n',
    '220 mail ESMTP\r\n',
  ])
    assert.equal(asStream(Buffer.from(text)), Detection.No, text)
  assert.equal(asStream(fromHex('16030100a5010000a10303cca1b2c3d4')), Detection.No)
})

test('random bytes are not taken for DNS', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 0, maxLength: 200 }), (bytes) => {
      assert.notEqual(asDatagram(bytes), Detection.Yes, toHex(bytes))
      assert.notEqual(asStream(bytes), Detection.Yes, toHex(bytes))
    }),
    { seed: 5353, numRuns: 20_000 },
  )
})

test('the sender is told from the QR bit in both framings', () => {
  for (const frame of [(bytes: Uint8Array) => bytes, framed]) {
    assert.equal(dns.sender(frame(query), 0, frame(query).length), 0)
    assert.equal(dns.sender(frame(answer), 0, frame(answer).length), 1)
  }
  assert.equal(dns.sender(query, 0, 4), -1)
})
