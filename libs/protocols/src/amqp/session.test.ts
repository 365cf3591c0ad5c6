import assert from 'node:assert/strict'
import { test } from 'node:test'

import { type Message, Side } from '../contract/message.ts'
import { Detection } from '../contract/protocol.ts'
import { type Link, Outcome } from '../contract/session.ts'
import { methods } from './constants.ts'
import { amqp } from './index.ts'
import { MAX_DEPTH, MAX_WHOLE_BYTES } from './limits.ts'
import type { AmqpMessage } from './types.ts'
import { readArguments } from './values.ts'

const client = Side.Client
const server = Side.Server

const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 255])
const u32 = (value: number): Buffer => Buffer.concat([u16(value >>> 16), u16(value & 0xffff)])
const short = (text: string): Buffer => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)])
const frame = (type: number, channel: number, ...payload: Uint8Array[]): Buffer => {
  const all = Buffer.concat(payload)
  return Buffer.concat([Buffer.from([type]), u16(channel), u32(all.length), all, Buffer.from([0xce])])
}
const method = (channel: number, name: string, ...fields: Uint8Array[]): Buffer => {
  const found = [...methods.values()].find((each) => each.name === name)
  assert.ok(found, name)
  return frame(1, channel, u32(found.id), ...fields)
}
const publish = (channel: number): Buffer =>
  method(channel, 'basic.publish', u16(0), short('orders'), short('new'), Buffer.from([0]))
const header = (channel: number, size: number): Buffer => frame(2, channel, u16(60), u16(0), u32(0), u32(size), u16(0))
const declare = (channel: number, queue: string, bits = 0): Buffer =>
  method(channel, 'queue.declare', u16(0), short(queue), Buffer.from([bits]), u32(0))
const declared = (channel: number): Buffer => method(channel, 'queue.declare-ok', short('q'), u32(0), u32(0))
const detect = (bytes: Uint8Array): Detection => amqp.detect(bytes, 0, bytes.length, 'tcp')

function text(message: Message | null): string {
  if (message === null) return '-'
  const { method: known, body, kept, partial } = message as AmqpMessage
  const content = body === null ? '' : ` ${Buffer.from(body.subarray(0, kept)).toString()}`
  return `${known?.name ?? 'header'}${content}${partial === '' ? '' : ` (${partial})`}`
}

class Talk {
  readonly pairs: string[] = []
  last: Outcome = Outcome.NeedMore
  #packet = 0
  readonly link: Link = {
    consumed: 0,
    message: null,
    reason: '',
    upgrade: '',
    serverPort: 0,
    transport: 'tcp',
    time: 0,
    maxBodyBytes: 64,
    stalled: () => false,
    stamp: (message) => {
      message.firstPacket ||= this.#packet
      message.lastPacket = this.#packet
    },
  }
  readonly session = amqp.open(this.link)

  say(side: Side, ...frames: readonly Uint8Array[]): this {
    const bytes = Buffer.concat(frames)
    this.#packet++
    for (let at = 0; at < bytes.length;) {
      this.link.message = null
      this.last = this.session.parse(side, bytes, at, bytes.length)
      if (this.last === Outcome.NeedMore || this.last === Outcome.Invalid) break
      at += this.link.consumed
      if (this.link.message !== null) this.session.matcher.accept(this.link.message, this)
    }
    return this
  }

  pair(request: Message | null, response: Message | null): void {
    this.pairs.push(`${text(request)} > ${text(response)}`)
  }

  end(): string[] {
    this.session.matcher.close(this)
    return this.pairs
  }
}

test('detection: protocol header, methods, heartbeat, contents; either side', () => {
  assert.equal(detect(Buffer.from('AMQP\0\0\x09\x01', 'latin1')), Detection.Yes)
  assert.equal(detect(Buffer.from('AMQ')), Detection.NeedMore)
  assert.equal(detect(frame(8, 0)), Detection.Yes)
  assert.equal(detect(declare(1, 'a')), Detection.Yes)
  assert.equal(detect(Buffer.concat([header(1, 3), frame(3, 1, Buffer.from('abc'))])), Detection.Yes)
  assert.equal(amqp.sender(declare(1, 'a'), 0, 20), client)
  assert.equal(amqp.sender(declared(1), 0, declared(1).length), server)
})

test('detection: almost-amqp, amqp-1.0, http-on-port-5672, sizes at the bound and one past it', () => {
  assert.equal(detect(Buffer.from('AMQP\0\x01\0\0', 'latin1')), Detection.No)
  assert.equal(detect(Buffer.from('AMQP\x03\x01\0\0', 'latin1')), Detection.No)
  assert.equal(detect(Buffer.from('GET / HTTP/1.1\r\n\r\n')), Detection.No)
  const noEnd = frame(8, 0)
  noEnd[7] = 0
  assert.equal(detect(noEnd), Detection.No)
  assert.equal(detect(frame(1, 0, u32(0x32_000a))), Detection.No)
  const sized = (size: number): Buffer => Buffer.concat([Buffer.from([1]), u16(1), u32(size), u32(0x32_000a)])
  assert.equal(detect(sized(MAX_WHOLE_BYTES)), Detection.Yes)
  assert.equal(detect(sized(MAX_WHOLE_BYTES + 1)), Detection.No)
})

test('pairs by channel, from either side; silent methods and contents stand alone', () => {
  const talk = new Talk()
    .say(client, declare(1, 'a'), declare(2, 'b'), declare(3, 'silent', 0x10))
    .say(server, declared(2), declared(1), method(0, 'connection.close', u16(320), short('gone'), u16(0), u16(0)))
    .say(client, publish(1), header(1, 0), method(0, 'connection.close-ok'))
  assert.deepEqual(talk.end(), [
    'queue.declare > -',
    'queue.declare > queue.declare-ok',
    'queue.declare > queue.declare-ok',
    'basic.publish > -',
    'connection.close > connection.close-ok',
  ])
})

test('contents of several channels at once; a body is kept up to the limit', () => {
  const talk = new Talk().say(client, publish(1), publish(2), header(2, 3), header(1, 6))
  talk.say(client, frame(3, 1, Buffer.from('abc')), frame(3, 2, Buffer.from('xyz')), frame(3, 1, Buffer.from('def')))
  talk.say(client, publish(1), header(1, 100), frame(3, 1, Buffer.alloc(100, 'z')))
  assert.deepEqual(talk.end(), [
    'basic.publish xyz > -',
    'basic.publish abcdef > -',
    `basic.publish ${'z'.repeat(64)} > -`,
  ])
})

test('a channel that is closed because of a method answers it', () => {
  const close = method(1, 'channel.close', u16(404), short('NOT_FOUND'), u16(50), u16(10))
  const talk = new Talk().say(client, declare(1, 'a')).say(server, close).say(client, method(1, 'channel.close-ok'))
  assert.deepEqual(talk.end(), ['queue.declare > channel.close', 'channel.close-ok > -'])
})

test('a loss within a body keeps the message; a method cuts off a content before it', () => {
  const body = frame(3, 1, Buffer.from('0123456789'))
  const talk = new Talk().say(client, publish(1), header(1, 10), body.subarray(0, 9))
  assert.equal(talk.session.gap(client, 5), true)
  talk.say(client, body.subarray(14))
  talk.say(client, publish(1), header(1, 10), declare(1, 'a'))
  assert.deepEqual(talk.end(), ['basic.publish 01 (gap) > -', 'basic.publish (cut) > -', 'queue.declare > -'])
})

test('field tables: a nest deeper than the limit ends, damaged ones stop', () => {
  let nest = Buffer.alloc(0)
  for (let depth = 0; depth <= MAX_DEPTH + 2; depth++)
    nest = Buffer.concat([short('t'), Buffer.from('F'), u32(nest.length), nest])
  const table = Buffer.concat([u32(nest.length), nest])
  const levels = JSON.stringify(readArguments([['a', 'table']], table, 0, table.length)).split('{').length
  assert.ok(levels <= MAX_DEPTH + 3)
  for (let end = 0; end < table.length; end++) readArguments([['a', 'table']], table, 0, end)
})
