import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deflateSync, zstdCompressSync } from 'node:zlib'

import { type Message, Side } from '../contract/message.ts'
import { Detection } from '../contract/protocol.ts'
import { type Link, Outcome } from '../contract/session.ts'
import { readBody } from './body.ts'
import { BsonJson } from './bson-json.ts'
import { commandOf, failureOf } from './command.ts'
import { mongodb } from './index.ts'
import { MAX_MESSAGE_BYTES, MAX_WHOLE_BYTES } from './limits.ts'
import { snappyDecode } from './snappy.ts'
import type { MongodbMessage } from './types.ts'

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}
const cstring = (text: string): Buffer => Buffer.from(`${text}\0`)
/** Strings and numbers only. */
function document(fields: Readonly<Record<string, string | number>>): Buffer {
  const parts = Object.entries(fields).map(([name, value]) =>
    typeof value === 'number'
      ? Buffer.concat([Buffer.from([0x10]), cstring(name), int32(value)])
      : Buffer.concat([Buffer.from([0x02]), cstring(name), int32(Buffer.byteLength(value) + 1), cstring(value)]),
  )
  const body = Buffer.concat([...parts, Buffer.from([0])])
  return Buffer.concat([int32(body.length + 4), body])
}
const wire = (op: number, id: number, to: number, ...body: Uint8Array[]): Buffer => {
  const all = Buffer.concat(body)
  return Buffer.concat([int32(16 + all.length), int32(id), int32(to), int32(op), all])
}
const msg = (id: number, to: number, fields: Readonly<Record<string, string | number>>, flags = 0): Buffer =>
  wire(2013, id, to, int32(flags), Buffer.from([0]), document(fields))
const detect = (bytes: Uint8Array): Detection => mongodb.detect(bytes, 0, bytes.length, 'tcp')

class Talk {
  readonly pairs: string[] = []
  readonly messages: MongodbMessage[] = []
  last: Outcome = Outcome.NeedMore
  readonly link: Link = {
    consumed: 0,
    message: null,
    reason: '',
    upgrade: '',
    serverPort: 0,
    transport: 'tcp',
    time: 0,
    maxBodyBytes: 65_536,
    stalled: () => false,
    stamp: () => undefined,
  }
  readonly session = mongodb.open(this.link)

  say(side: Side, ...messages: readonly Uint8Array[]): this {
    const bytes = Buffer.concat(messages)
    for (let at = 0; at < bytes.length;) {
      this.link.message = null
      this.last = this.session.parse(side, bytes, at, bytes.length)
      if (this.last === Outcome.NeedMore || this.last === Outcome.Invalid) break
      at += this.link.consumed
      const { message } = this.link
      if (message !== null) {
        this.messages.push(message)
        this.session.matcher.accept(message, this)
      }
    }
    return this
  }

  pair(first: Message | null, second: Message | null): void {
    const follows = (first as MongodbMessage | null)?.follows === true
    const request = follows ? null : first
    const response = follows ? first : second
    const asked = (request ?? (response as MongodbMessage).origin) as MongodbMessage | null
    const name = asked === null ? '-' : commandOf(asked, readBody(asked)).name
    const failure =
      response === null ? null : failureOf(response as MongodbMessage, readBody(response as MongodbMessage))
    this.pairs.push(`${request === null ? '…' : ''}${name} > ${response === null ? '-' : (failure?.codeName ?? 'ok')}`)
  }

  end(): string[] {
    this.session.matcher.close(this)
    return this.pairs
  }
}

test('detection: all operations, either side', () => {
  assert.equal(detect(msg(1, 0, { ping: 1, $db: 'admin' })), Detection.Yes)
  assert.equal(mongodb.sender(msg(1, 0, { ping: 1 }), 0, 40), Side.Client)
  assert.equal(mongodb.sender(msg(2, 1, { ok: 1 }), 0, 40), Side.Server)
  assert.equal(
    detect(wire(2004, 1, 0, int32(0), cstring('a.$cmd'), int32(0), int32(1), document({ a: 1 }))),
    Detection.Yes,
  )
  assert.equal(detect(wire(2007, 1, 0, int32(0), int32(1), int32(1), int32(1))), Detection.Yes)
  assert.equal(
    detect(wire(1, 2, 1, int32(8), int32(0), int32(0), int32(0), int32(1), document({ ok: 1 }))),
    Detection.Yes,
  )
  assert.equal(detect(msg(1, 0, { ping: 1 }).subarray(0, 18)), Detection.NeedMore)
})

test('detection: almost-mongodb, http-on-port-27017, length at the bound and one past it', () => {
  assert.equal(detect(Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')), Detection.No)
  const strange = msg(1, 0, { ping: 1 })
  strange.writeInt32LE(9000, 12)
  assert.equal(detect(strange), Detection.No)
  const flagged = msg(1, 0, { ping: 1 }, 4)
  assert.equal(detect(flagged), Detection.No)
  const long = msg(1, 0, { ping: 1 })
  long.writeInt32LE(MAX_MESSAGE_BYTES)
  assert.equal(detect(long), Detection.Yes)
  long.writeInt32LE(MAX_MESSAGE_BYTES + 1)
  assert.equal(detect(long), Detection.No)
})

test('pairs by id, out of order; unacknowledged commands stand alone; exhaust replies follow their request', () => {
  const talk = new Talk()
    .say(Side.Client, msg(1, 0, { find: 'a' }), msg(2, 0, { count: 'b' }), msg(3, 0, { insert: 'c' }, 2))
    .say(Side.Server, msg(12, 2, { ok: 0, code: 11_000 }), msg(11, 1, { ok: 1 }))
    .say(Side.Client, msg(4, 0, { hello: 1 }, 0x1_0000))
    .say(Side.Server, msg(13, 4, { ok: 1 }, 2), msg(14, 13, { ok: 1 }, 2), msg(15, 14, { ok: 1 }))
  assert.deepEqual(talk.end(), [
    'insert > -',
    'count > DuplicateKey',
    'find > ok',
    'hello > ok',
    '…hello > ok',
    '…hello > ok',
  ])
})

test('sections: a sequence of documents becomes a field; the checksum is no document', () => {
  const documents = Buffer.concat([cstring('documents'), document({ _id: 1 }), document({ _id: 2 })])
  const sequence = Buffer.concat([Buffer.from([1]), int32(documents.length + 4), documents])
  const bytes = wire(2013, 1, 0, int32(1), Buffer.from([0]), document({ insert: 'c', $db: 'd' }), sequence, int32(-1))
  const [message] = new Talk().say(Side.Client, bytes).messages
  assert.ok(message)
  const body = readBody(message)
  assert.equal(body.values['checksum'], 'ffffffff')
  assert.deepEqual(
    body.sequences.map(({ name }) => name),
    ['documents'],
  )
  assert.deepEqual(commandOf(message, body), { name: 'insert', database: 'd', collection: 'c' })
})

/** A Snappy block of literals and one overlapping copy. */
function snappy(bytes: Uint8Array): Buffer {
  const parts: Uint8Array[] = [Buffer.from([(bytes.length & 0x7f) | 0x80, bytes.length >> 7])]
  for (let at = 0; at < bytes.length; at += 60) {
    const piece = bytes.subarray(at, at + 60)
    parts.push(Buffer.from([(piece.length - 1) << 2]), piece)
  }
  return Buffer.concat(parts)
}

test('compression: none, snappy, zlib, zstd; unreadable and bombs are kept as they are', () => {
  const inner = Buffer.concat([int32(0), Buffer.from([0]), document({ find: 'zipped', $db: 'd' })])
  const packed = [inner, snappy(inner), deflateSync(inner), zstdCompressSync(inner)]
  for (const [compressor, content] of packed.entries()) {
    const bytes = wire(2012, 1, 0, int32(2013), int32(inner.length), Buffer.from([compressor]), content)
    assert.equal(detect(bytes), Detection.Yes)
    const [message] = new Talk().say(Side.Client, bytes).messages
    assert.ok(message)
    assert.equal(commandOf(message, readBody(message)).collection, 'zipped', `compressor ${compressor}`)
    assert.equal(message.cut, false)
  }
  const broken = wire(2012, 1, 0, int32(2013), int32(99), Buffer.from([2]), Buffer.from('not zlib'))
  assert.equal(new Talk().say(Side.Client, broken).messages[0]?.opaque, true)
  const bomb = wire(2012, 1, 0, int32(2013), int32(40_000_000), Buffer.from([2]), deflateSync(Buffer.alloc(40_000_000)))
  assert.equal(new Talk().say(Side.Client, bomb).messages[0]?.opaque, true)
})

test('snappy: overlapping copies, lies about length and offset', () => {
  const run = Buffer.from([10, 0 << 2, 0x61, ((9 - 4) << 2) | 1, 1])
  assert.equal(Buffer.from(snappyDecode(run, 0, run.length, 100)?.bytes ?? []).toString(), 'aaaaaaaaaa')
  const wrong = Buffer.from([10, 0 << 2, 0x61, ((9 - 4) << 2) | 1, 2])
  assert.equal(snappyDecode(wrong, 0, wrong.length, 100)?.whole, false)
  const lie = Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0x61])
  assert.equal(snappyDecode(lie, 0, lie.length, 100), null)
  assert.equal(snappyDecode(run, 0, run.length, 4)?.bytes.length, 4)
})

test('a message above the bound is read in parts; a loss within it keeps it', () => {
  const bytes = msg(1, 0, { find: 'x'.repeat(MAX_WHOLE_BYTES) })
  const talk = new Talk().say(Side.Client, bytes.subarray(0, MAX_WHOLE_BYTES))
  assert.equal(talk.last, Outcome.Part)
  assert.equal(talk.session.gap(Side.Client, 10), true)
  talk.say(Side.Client, bytes.subarray(MAX_WHOLE_BYTES + 10))
  assert.equal(talk.messages[0]?.partial, 'gap')
  assert.equal(talk.messages[0]?.cut, true)
  const whole = new Talk().say(Side.Client, msg(1, 0, { find: 'x'.repeat(MAX_WHOLE_BYTES - 16 - 22 - 5) }))
  assert.equal(whole.messages.length, 1)
})

test('JSON is cut at its limit and stays JSON; credentials are masked', () => {
  const bytes = document({ saslStart: 1, payload: 'secret', mechanism: 'PLAIN' })
  const masked = new BsonJson(1000, true)
  masked.document(bytes, 0, bytes.length)
  assert.deepEqual(JSON.parse(masked.text), { saslStart: 1, payload: '***', mechanism: 'PLAIN' })
  const large = document(Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`field${n}`, 'value'])))
  for (let limit = 0; limit < 300; limit++) {
    const json = new BsonJson(limit, false)
    json.document(large, 0, large.length)
    assert.ok(json.cut)
    JSON.parse(json.text)
  }
  for (let end = 0; end < large.length; end += 7) {
    const json = new BsonJson(10_000, false)
    json.document(large, 0, end)
    assert.ok(json.cut)
    JSON.parse(json.text)
  }
})
