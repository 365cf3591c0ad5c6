import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fromHex } from '@hindwire/bytes/hex.ts'
import * as fc from 'fast-check'

import type { Message } from '../contract/message.ts'
import { Outcome } from '../contract/session.ts'
import { DnsSession } from './session.ts'
import { answer, framed, message, question, query, record } from './testdata/build-message.ts'
import { openLink } from './testdata/open-link.ts'
import type { DnsMessage } from './types.ts'

type Paired = readonly [Message | null, Message | null]

/** Sends datagrams through a session: those of a query from side 0, responses from side 1. */
function pairsOf(datagrams: readonly Uint8Array[], port = 53): Paired[] {
  const link = openLink('udp', port)
  const session = new DnsSession(link)
  const pairs: Paired[] = []
  const sink = { pair: (request: Message | null, response: Message | null) => void pairs.push([request, response]) }
  for (const bytes of datagrams) {
    const side = (bytes[2] ?? 0) >= 0x80 ? 1 : 0
    assert.equal(session.parse(side, bytes, 0, bytes.length), Outcome.Message)
    assert.ok(link.message !== null)
    link.message.side = side
    session.matcher.accept(link.message, sink)
  }
  session.matcher.close(sink)
  return pairs
}

const shape = (pairs: readonly Paired[]): string[] =>
  pairs.map(([request, response]) => `${request === null ? '-' : 'q'}${response === null ? '-' : 'r'}`)

const other = message({ questions: [question('www.example.com', 28)] })
const otherAnswer = message({ flags: 0x8180, questions: [question('www.example.com', 28)] })

test('a query and its answer are one pair', () => assert.deepEqual(shape(pairsOf([query, answer])), ['qr']))

test('an answer without query, a query without answer', () => {
  assert.deepEqual(shape(pairsOf([answer])), ['-r'])
  assert.deepEqual(shape(pairsOf([query])), ['q-'])
})

test('one id for two questions at once: answers in either order find their own', () => {
  for (const answers of [
    [answer, otherAnswer],
    [otherAnswer, answer],
  ]) {
    const pairs = pairsOf([query, other, ...answers])
    assert.deepEqual(shape(pairs), ['qr', 'qr'])
    for (const [request, response] of pairs) assert.equal(request?.id, response?.id)
  }
})

test('an id used again after its answer', () =>
  assert.deepEqual(shape(pairsOf([query, answer, query, answer])), ['qr', 'qr']))

test('a query sent again is a request of its own', () =>
  assert.deepEqual(shape(pairsOf([query, query, answer, answer])), ['q-', 'qr', '-r']))

test('an answer to another question is alone', () =>
  assert.deepEqual(shape(pairsOf([query, otherAnswer])), ['-r', 'q-']))

test('an error without its question answers the query with its id', () =>
  assert.deepEqual(shape(pairsOf([query, fromHex('123481050000000000000000')])), ['qr']))

test('mDNS announcements are one-way responses', () => {
  const announcement = message({ id: 0, flags: 0x8400, answers: [record('a.local', 1, 'c0000201')] })
  const pairs = pairsOf([announcement], 5353)
  assert.deepEqual(shape(pairs), ['-r'])
  assert.equal(pairs[0]?.[1]?.role, 2)
})

test("the dialect is the port's", () => {
  for (const [port, dialect] of [
    [53, 'dns'],
    [8053, 'dns'],
    [5353, 'mdns'],
    [5355, 'llmnr'],
  ] as const) {
    const [pair] = pairsOf([query], port)
    assert.equal((pair?.[0] as DnsMessage | undefined)?.dialect, dialect)
  }
})

test('a stream, cut at every byte', () => {
  const stream = Buffer.concat([framed(query), framed(other)])
  for (let cut = 0; cut < stream.length; cut++) {
    const link = openLink('tcp')
    const session = new DnsSession(link)
    let at = 0
    let found = 0
    for (const end of [cut, stream.length]) {
      while (at < end && session.parse(0, stream, at, end) === Outcome.Message) {
        at += link.consumed
        found++
      }
    }
    assert.deepEqual([found, at], [2, stream.length])
  }
})

test('after a loss the next message is found', () => {
  const session = new DnsSession(openLink('tcp'))
  const stream = Buffer.concat([framed(answer).subarray(30), framed(answer), framed(other)])
  const at = session.resync(1, stream, 0, stream.length)
  assert.equal(at, framed(answer).length - 30)
  assert.equal(session.gap(), false)
  assert.equal(session.resync(1, Buffer.alloc(2000, 0x41), 0, 2000), -1)
})

test('what is no message', () => {
  const link = openLink('udp')
  const session = new DnsSession(link)
  assert.equal(session.parse(0, query, 0, 11), Outcome.Invalid)
  assert.equal(link.reason, 'shorter than a header')
  const opcode15 = message({ flags: 0x7800 })
  assert.equal(session.parse(0, opcode15, 0, opcode15.length), Outcome.Invalid)
})

test('any bytes: no throw, and progress or an end', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), fc.boolean(), (noise, tcp) => {
      const bytes = Buffer.concat([tcp ? framed(query).subarray(0, 8) : query.subarray(0, 4), noise])
      const link = openLink(tcp ? 'tcp' : 'udp')
      const session = new DnsSession(link)
      const outcome = session.parse(0, bytes, 0, bytes.length)
      if (outcome === Outcome.Message) assert.ok(link.consumed > 0 && link.consumed <= bytes.length)
      session.resync(0, bytes, 0, bytes.length)
    }),
    { seed: 5355, numRuns: 5000 },
  )
})
