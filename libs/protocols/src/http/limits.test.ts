import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'

import { Side } from '../contract/message.ts'
import { Detection } from '../contract/protocol.ts'
import { type Link, Outcome } from '../contract/session.ts'
import { decodeContent } from './content-coding.ts'
import { detect } from './detect.ts'
import {
  MAX_CHUNK_LINE_BYTES,
  MAX_CODINGS,
  MAX_DECODED_RATIO,
  MAX_FIELDS,
  MAX_HEAD_BYTES,
  MAX_METHOD_BYTES,
} from './limits.ts'
import { HttpSession } from './session.ts'
import type { HttpMessage } from './types.ts'

const START = 'GET / HTTP/1.1\r\n'

function makeLink(): Link {
  return {
    consumed: 0,
    message: null,
    reason: '',
    upgrade: '',
    serverPort: 80,
    transport: 'tcp',
    time: 0,
    maxBodyBytes: 65_536,
    stamp: () => undefined,
    stalled: () => false,
  }
}

function parse(text: string, side: Side = Side.Client): { outcome: Outcome; message: HttpMessage | null } {
  const link = makeLink()
  const bytes = Buffer.from(text, 'latin1')
  const session = new HttpSession(link)
  let outcome: Outcome = Outcome.NeedMore
  for (let at = 0; at < bytes.length; at += link.consumed) {
    outcome = session.parse(side, bytes, at, bytes.length)
    if (outcome !== Outcome.Part) break
  }
  return { outcome, message: link.message as HttpMessage | null }
}

test('a head at the limit, and one byte more', () => {
  const around = `${START}X: \r\n\r\n`.length
  const head = (length: number): string => `${START}X: ${'x'.repeat(length - around)}\r\n\r\n`
  assert.equal(parse(head(MAX_HEAD_BYTES)).outcome, Outcome.Message)
  assert.equal(parse(head(MAX_HEAD_BYTES + 1)).outcome, Outcome.Invalid)
  assert.equal(parse(head(MAX_HEAD_BYTES).slice(0, -1)).outcome, Outcome.NeedMore)
})

test('fields at the limit, and one more', () => {
  for (const count of [MAX_FIELDS, MAX_FIELDS + 1]) {
    const { outcome, message } = parse(`${START}${'X: y\r\n'.repeat(count)}\r\n`)
    assert.equal(outcome, Outcome.Message)
    assert.equal(message?.fieldCount, MAX_FIELDS)
  }
})

function methodLine(length: number): Uint8Array {
  return Buffer.from(`${'M'.repeat(length)} / HTTP/1.1\r\n`)
}

test('a method at the limit, and one letter more', () => {
  assert.equal(detect(methodLine(MAX_METHOD_BYTES), 0, methodLine(MAX_METHOD_BYTES).length), Detection.Yes)
  assert.equal(detect(methodLine(MAX_METHOD_BYTES + 1), 0, methodLine(MAX_METHOD_BYTES + 1).length), Detection.No)
})

test('a chunk line at the limit, and one byte more, without its end', () => {
  const head = `${START}Transfer-Encoding: chunked\r\n\r\n`
  const most = parse(head + '5;' + 'e'.repeat(MAX_CHUNK_LINE_BYTES - 2))
  assert.equal(most.outcome, Outcome.NeedMore)
  const more = parse(head + '5;' + 'e'.repeat(MAX_CHUNK_LINE_BYTES - 1))
  assert.equal(more.outcome, Outcome.Message)
  assert.equal(more.message?.partial, 'invalid chunk')
})

test('content codings at the limit, and one more; a bomb', () => {
  const bytes = Buffer.from('text')
  assert.deepEqual(decodeContent(identities(MAX_CODINGS), bytes, 10)?.bytes, bytes)
  assert.equal(decodeContent(identities(MAX_CODINGS + 1), bytes, 10), null)
  const bomb = decodeContent('gzip', gzipSync(Buffer.alloc(1 << 20)), 1000)
  assert.ok(bomb !== null && bomb.cut && bomb.bytes.length <= 1000 * MAX_DECODED_RATIO)
})

/** Outcome and content size of a request with that Content-Length. */
function kept(value: string): string {
  const { outcome, message } = parse(`POST / HTTP/1.1\r\nContent-Length: ${value}\r\n\r\nabc`)
  return `${outcome} ${message?.contentSize ?? ''}`
}

/** A Content-Encoding that names nothing, so many times. */
function identities(count: number): string {
  return Array.from({ length: count }, () => 'identity').join(', ')
}

test('lengths: leading zeros, nonsense, more than numbers hold', () => {
  assert.equal(kept('00000000000000000000000003'), `${Outcome.Message} 3`)
  assert.equal(kept('x'), `${Outcome.Message} 0`)
  assert.equal(kept('99999999999999999999999'), `${Outcome.Message} 0`)
})

test('almost-http', () => {
  for (const text of ['SIP/2.0 200 OK\r\n', 'OPTIONS * RTSP/1.0\r\n', 'HTTP/2.0 200 OK\r\n', 'get / HTTP/1.1\r\n']) {
    assert.equal(detect(Buffer.from(text), 0, text.length), Detection.No, text)
  }
  for (const text of ['G', 'GET', 'GET /pa', 'HTTP/1', 'HTTP/1.1 2']) {
    assert.equal(detect(Buffer.from(text), 0, text.length), Detection.NeedMore, text)
  }
})
