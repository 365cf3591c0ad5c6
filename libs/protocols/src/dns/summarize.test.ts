import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as fc from 'fast-check'

import { forEachAddress } from './addresses.ts'
import { MAX_SHOWN_RECORDS } from './limits.ts'
import { parseMessage } from './parse.ts'
import { answer, message, name, query, question, record } from './testdata/build-message.ts'
import { entryOf } from './testdata/record-entry.ts'
import type { Dialect, DnsMessage } from './types.ts'

function parsed(bytes: Uint8Array, dialect: Dialect = 'dns'): DnsMessage {
  const result = parseMessage(bytes, dialect)
  result.wireSize = bytes.length
  return result
}

test('columns of a pair', () => {
  const entry = entryOf({ request: parsed(query), response: parsed(answer) })
  const { detail, ...rest } = entry
  assert.deepEqual(rest, {
    method: 'A',
    path: 'www.example.com',
    dns_questions: ['www.example.com'],
    dns_question_types: ['A'],
    request_size: query.length,
    response_size: answer.length,
    status_code: 0,
    dns_rcode: 'NOERROR',
    dns_answers: ['CNAME web.example.net', '192.0.2.1', '192.0.2.2'],
    summary: 'A www.example.com → CNAME web.example.net, 192.0.2.1, 192.0.2.2',
  })
  assert.deepEqual(JSON.parse(String(detail)), {
    request: {
      id: 0x1234,
      opcode: 'QUERY',
      flags: ['rd'],
      questions: [{ name: 'www.example.com', type: 'A', class: 'IN' }],
    },
    response: {
      id: 0x1234,
      opcode: 'QUERY',
      flags: ['rd', 'ra'],
      rcode: 'NOERROR',
      questions: [{ name: 'www.example.com', type: 'A', class: 'IN' }],
      answers: [
        { name: 'www.example.com', type: 'CNAME', class: 'IN', ttl: 300, data: 'web.example.net' },
        { name: 'web.example.net', type: 'A', class: 'IN', ttl: 20, data: '192.0.2.1' },
        { name: 'web.example.net', type: 'A', class: 'IN', ttl: 20, data: '192.0.2.2' },
      ],
    },
  })
})

test('errors, with the upper bits and the extended error of EDNS', () => {
  const options = '000f00080012 626c6f636b73'.replace(' ', '')
  const response = message({
    flags: 0x8183,
    questions: [question('www.example.com', 1)],
    additional: [record('', 41, options, 0, 1232)],
  })
  const entry = entryOf({ request: parsed(query), response: parsed(response) })
  assert.equal(entry['status_code'], 3)
  assert.equal(entry['is_error'], 1)
  assert.equal(entry['error_code'], 'NXDOMAIN')
  assert.equal(entry['dns_rcode'], 'NXDOMAIN')
  assert.equal(entry['error_message'], 'Prohibited: blocks')
  const badVersion = message({
    flags: 0x8180,
    questions: [question('www.example.com', 1)],
    additional: [record('', 41, '', 0x01000000, 1232)],
  })
  assert.equal(entryOf({ request: null, response: parsed(badVersion) })['dns_rcode'], 'BADVERS')
})

test('EDNS options: cookie, client subnet, padding, broken ones as hex', () => {
  const options = '000a00080102030405060708 000800070001180 0c00002 000c00020000 000800020001'.replaceAll(' ', '')
  const asked = message({
    questions: [question('a.example', 1)],
    additional: [record('', 41, options, 0x8000, 4096)],
  })
  const detail = JSON.parse(String(entryOf({ request: parsed(asked), response: null })['detail']))
  assert.deepEqual(detail.request.edns, {
    udpSize: 4096,
    version: 0,
    do: true,
    options: [
      { name: 'COOKIE', value: '0102030405060708' },
      { name: 'ECS', value: '192.0.2.0/24/0' },
      { name: 'PADDING', value: '2 bytes' },
      { name: 'ECS', value: '0001' },
    ],
  })
})

test('an mDNS announcement: subject of its first record, flush bit off the class', () => {
  const bytes = message({ id: 0, flags: 0x8400, answers: [record('a.local', 1, 'c0000201', 120, 0x8001)] })
  const entry = entryOf({ request: null, response: parsed(bytes, 'mdns') })
  assert.equal(entry['protocol'], 'mdns')
  assert.equal(entry['method'], 'A')
  assert.equal(entry['path'], 'a.local')
  const [record0] = JSON.parse(String(entry['detail'])).response.answers
  assert.deepEqual(record0, { name: 'a.local', type: 'A', class: 'IN', ttl: 120, data: '192.0.2.1', flush: true })
})

test('records beyond the limit are counted', () => {
  const answers = Array.from({ length: MAX_SHOWN_RECORDS + 5 }, () => record('@12', 1, 'c0000201'))
  const bytes = message({ flags: 0x8180, questions: [question('a.example', 1)], answers })
  const detail = JSON.parse(String(entryOf({ request: null, response: parsed(bytes) })['detail']))
  assert.equal(detail.response.answers.length, MAX_SHOWN_RECORDS + 1)
  assert.deepEqual(detail.response.answers.at(-1), { more: 5 })
})

test('detail is JSON whatever the bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 12, maxLength: 200 }), fc.nat({ max: 3 }), (bytes, count) => {
      for (const at of [4, 6, 8, 10]) {
        bytes[at] = 0
        bytes[at + 1] = at === 4 ? 1 : count
      }
      JSON.parse(String(entryOf({ request: parsed(bytes), response: parsed(answer) })['detail']))
    }),
    { seed: 1035, numRuns: 3000 },
  )
})

test('addresses carry the name asked for and the shortest TTL on the way', () => {
  const found: (readonly [string, string, number])[] = []
  const collect = (address: string, owner: string, ttl: number): void => void found.push([address, owner, ttl])
  forEachAddress(parsed(answer), collect)
  forEachAddress(parsed(query), collect)
  assert.deepEqual(found, [
    ['192.0.2.1', 'www.example.com', 20],
    ['192.0.2.2', 'www.example.com', 20],
  ])
})

test('a loop of aliases ends', () => {
  const bytes = message({
    flags: 0x8180,
    questions: [question('a.example', 1)],
    answers: [
      record('a.example', 5, name('b.example')),
      record('b.example', 5, name('a.example')),
      record('a.example', 1, 'c0000201'),
    ],
  })
  const found: string[] = []
  forEachAddress(parsed(bytes), (address) => void found.push(address))
  assert.deepEqual(found, ['192.0.2.1'])
})
