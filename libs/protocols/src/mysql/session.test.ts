import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deflateSync, zstdCompressSync } from 'node:zlib'

import { type Message, Side } from '../contract/message.ts'
import { Detection } from '../contract/protocol.ts'
import { type Link, Outcome } from '../contract/session.ts'
import { mysql } from './index.ts'
import { MysqlRequest, type MysqlResponse } from './types.ts'

const client = Side.Client
const server = Side.Server

function packet(sequence: number, ...parts: (string | number[])[]): Buffer {
  const body = Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
  )
  const head = Buffer.alloc(4)
  head.writeUIntLE(body.length, 0, 3)
  head[3] = sequence
  return Buffer.concat([head, body])
}

const query = (text: string): Buffer => packet(0, [3], text)
const ok = (sequence: number, status = 2): Buffer => packet(sequence, [0, 0, 0, status, 0, 0, 0])
const eof = (sequence: number, status = 2): Buffer => packet(sequence, [0xfe, 0, 0, status, 0])
const okEof = (sequence: number): Buffer => packet(sequence, [0xfe, 0, 0, 2, 0, 0, 0])
const column = (sequence: number, name: string): Buffer =>
  packet(sequence, '\x03def\0\0\0', [name.length], name, '\0\x0c\x21\0\0\0\0\0\xfd\0\0\0\0\0')
const row = (sequence: number, text: string): Buffer => packet(sequence, [text.length], text)
const failed = (sequence: number, code: number): Buffer =>
  packet(sequence, [0xff, code & 255, code >> 8], '#42S02no such table')
const prepared = (id: number, columns: number, parameters: number): Buffer =>
  packet(1, [0, id, 0, 0, 0, columns, 0, parameters, 0, 0, 0, 0])
const execute = (id: number, ...rest: number[]): Buffer => packet(0, [0x17, id, 0, 0, 0, 0, 1, 0, 0, 0, ...rest])
/** A result of one column and one row, with EOF packets or without. */
const result = (name: string, value: string, old: boolean): Buffer[] =>
  old
    ? [packet(1, [1]), column(2, name), eof(3), row(4, value), eof(5)]
    : [packet(1, [1]), column(2, name), row(3, value), okEof(4)]

function frame(sequence: number, inner: Buffer, how: 'zlib' | 'zstd' | 'none'): Buffer {
  const body = how === 'none' ? inner : how === 'zlib' ? deflateSync(inner) : zstdCompressSync(inner)
  const head = Buffer.alloc(7)
  head.writeUIntLE(body.length, 0, 3)
  head[3] = sequence
  head.writeUIntLE(how === 'none' ? 0 : inner.length, 4, 3)
  return Buffer.concat([head, body])
}

class Talk {
  readonly pairs: string[] = []
  readonly outcomes: Outcome[] = []
  readonly link: Link
  readonly session
  #packet = 0

  constructor() {
    this.link = {
      consumed: 0,
      message: null,
      reason: '',
      upgrade: '',
      serverPort: 0,
      transport: 'tcp',
      time: 0,
      maxBodyBytes: 65_536,
      stalled: () => false,
      stamp: (stamped) => {
        stamped.firstPacket ||= this.#packet
        stamped.lastPacket = this.#packet
      },
    }
    this.session = mysql.open(this.link)
  }

  say(side: Side, ...packets: readonly Uint8Array[]): this {
    const bytes = Buffer.concat(packets)
    this.#packet++
    for (let at = 0; at < bytes.length;) {
      this.link.message = null
      const outcome = this.session.parse(side, bytes, at, bytes.length)
      this.outcomes.push(outcome)
      if (outcome === Outcome.NeedMore || outcome === Outcome.Invalid) break
      at += this.link.consumed
      if (this.link.message !== null) this.session.matcher.accept(this.link.message, this)
    }
    return this
  }

  pair(request: Message | null, response: Message | null): void {
    const q = request instanceof MysqlRequest ? request : null
    const r = (response ?? (q === null ? request : null)) as MysqlResponse | null
    const text = q?.text ?? q?.statement?.text
    const asked = text ? Buffer.from(text.bytes.slice(text.start, text.end)).toString() : (q?.command ?? '-')
    const said = r === null ? '-' : (r.error?.code ?? `${r.results}/${r.rows}/${r.affected}`)
    this.pairs.push(`${asked} > ${said}`)
  }

  end(): string[] {
    this.session.matcher.close(this)
    return this.pairs
  }
}

const detect = (bytes: Uint8Array): Detection => mysql.detect(bytes, 0, bytes.length, 'tcp')
const greeting = packet(
  0,
  '\x0a8.0.1\0\x01\0\0\0abcdefgh\0\xff\xff\x21\x02\0\xff\xdf\x15',
  Array.from({ length: 10 }, () => 0),
  'ijklmnopqrst\0mysql_native_password\0',
)

test('detection: greeting, commands, responses; what is short, what is not enough', () => {
  for (const bytes of [
    greeting,
    query('SELECT 1'),
    query('/* x */ insert into t'),
    execute(1),
    ok(1),
    failed(1, 1146),
  ]) {
    assert.equal(detect(bytes), Detection.Yes, bytes.toString('latin1'))
  }
  assert.equal(detect(Buffer.concat(result('a', 'b', true))), Detection.Yes)
  assert.equal(detect(greeting.subarray(0, 8)), Detection.NeedMore)
  assert.equal(detect(packet(0, [0x0e])), Detection.NeedMore)
  assert.equal(detect(Buffer.concat([packet(0, [0x0e]), query('SELECT 1')])), Detection.Yes)
  assert.equal(mysql.sender(greeting, 0, greeting.length), server)
  assert.equal(mysql.sender(query('SELECT 1'), 0, 13), client)
})

test('detection: http-on-port-3306, almost-mysql', () => {
  for (const text of [
    'GET / HTTP/1.1\r\n\r\n',
    '\x10\0\0\0\x10\0\0\0\0\0\0\0\xd4\x07\0\0',
    'SSH-2.0-x\r\n',
    '\x16\x03\x01\0\x05hello',
  ]) {
    assert.equal(detect(Buffer.from(text, 'latin1')), Detection.No, text)
  }
  assert.equal(detect(query('SELECTED 1, or not')), Detection.No)
  assert.equal(
    detect(
      packet(
        0,
        '\x0aversion\0',
        Array.from({ length: 30 }, () => 0),
      ),
    ),
    Detection.No,
  )
})

test('results with and without EOF packets, told from the packets', () => {
  for (const old of [true, false]) {
    const talk = new Talk().say(client, query('SELECT 1')).say(server, ...result('a', 'x', old))
    talk.say(client, query('SELECT 2')).say(server, ...result('b', 'y', old))
    assert.deepEqual(talk.end(), ['SELECT 1 > 1/1/0', 'SELECT 2 > 1/1/0'])
  }
})

test('several results, an error among them', () => {
  const more = [packet(1, [1]), column(2, 'a'), eof(3, 10), row(4, 'x'), eof(5, 10)]
  const talk = new Talk().say(client, query('CALL two()')).say(server, ...more, ok(6, 10), ok(7))
  talk.say(client, query('CALL three()')).say(server, ...more, failed(6, 1146))
  assert.deepEqual(talk.end(), ['CALL two() > 3/1/0', 'CALL three() > 1146'])
})

test('prepared statements: by id; unknown ids; definitions with and without EOF', () => {
  const prepare = packet(0, [0x16], 'SELECT ?')
  for (const old of [true, false]) {
    const definitions = old ? [column(2, '?'), eof(3), column(4, 'a'), eof(5)] : [column(2, '?'), column(3, 'a')]
    const talk = new Talk().say(client, prepare).say(server, prepared(7, 1, 1), ...definitions)
    const binaryRow = packet(old ? 4 : 3, [0, 0, 1], 'x')
    const rows = old
      ? [packet(1, [1]), column(2, 'a'), eof(3), binaryRow, eof(5)]
      : [packet(1, [1]), column(2, 'a'), binaryRow, okEof(4)]
    talk.say(client, execute(7, 0, 1, 0xfd, 0, 1, 0x78)).say(server, ...rows)
    talk.say(client, execute(9)).say(server, failed(1, 1243))
    assert.deepEqual(talk.end(), ['SELECT ? > 0/0/0', 'SELECT ? > 1/1/0', '23 > 1243'])
  }
})

test('a cursor has its rows fetched later', () => {
  const talk = new Talk().say(client, execute(1)).say(server, packet(1, [1]), column(2, 'a'), eof(3, 0x42))
  talk.say(client, packet(0, [0x1c, 1, 0, 0, 0, 9, 0, 0, 0])).say(server, packet(1, [0, 0, 1], 'x'), eof(2, 0x82))
  assert.deepEqual(talk.end(), ['23 > 1/0/0', '28 > 0/1/0'])
})

test('LOAD DATA LOCAL: the file belongs to the statement, through 256 packets and more', () => {
  const talk = new Talk().say(client, query('LOAD DATA LOCAL INFILE')).say(server, packet(1, '\xfbname'))
  for (let n = 0; n < 300; n++) talk.say(client, packet((2 + n) & 255, 'line\n'))
  talk
    .say(client, packet(302 & 255))
    .say(server, ok(303 & 255))
    .say(client, query('SELECT 1'))
  assert.deepEqual(talk.end(), ['LOAD DATA LOCAL INFILE > 1/0/0', 'SELECT 1 > -'])
})

test('encryption ends the protocol', () => {
  const ssl = packet(
    1,
    [0, 0x0a, 0, 0, 0, 0, 0, 1, 0x21],
    Array.from({ length: 23 }, () => 0),
  )
  const talk = new Talk().say(server, greeting).say(client, ssl)
  assert.equal(talk.outcomes.at(-1), Outcome.Upgrade)
  assert.equal(talk.link.upgrade, 'tls')
})

test('compression, joined in mid-stream: zlib, zstd, and frames that are not compressed', () => {
  for (const how of ['zlib', 'zstd', 'none'] as const) {
    const long = query(`SELECT '${'x'.repeat(200)}'`)
    const answer = Buffer.concat([packet(1, [1]), column(2, 'a'), eof(3), row(4, 'x'.repeat(200)), eof(5)])
    const talk = new Talk().say(client, frame(0, long, how)).say(server, frame(1, answer, how))
    // Two commands in one frame, and an answer that is split between frames.
    talk.say(client, frame(0, Buffer.concat([query('SELECT 1'), query('SELECT 2')]), 'none'))
    const both = Buffer.concat([ok(1), ok(1)])
    talk.say(server, frame(1, both.subarray(0, 6), 'none'), frame(2, both.subarray(6), 'none'))
    assert.deepEqual(talk.end().slice(1), ['SELECT 1 > 1/0/0', 'SELECT 2 > 1/0/0'], how)
    assert.match(talk.pairs[0] ?? '', /^SELECT 'x+' > 1\/1\/0$/u)
  }
})

test('limits: packets above what is read whole, full payloads, a loss within', () => {
  const text = `SELECT '${'x'.repeat(100_000)}'`
  const talk = new Talk().say(client, query(text)).say(server, ok(1))
  assert.match(talk.end().join(), /> 1\/0\/0$/u)
  const full = Buffer.alloc(0xff_ffff + 4, 0x20)
  full.writeUIntLE(0xff_ffff, 0, 3)
  full[3] = 0
  full.write('\x03SELECT 1', 4, 'latin1')
  const huge = new Talk().say(client, full, packet(1, 'x'), query('SELECT 2')).say(server, ok(2), ok(1))
  assert.equal(huge.end().length, 2)
  const big = packet(4, [0xfd, 0xa0, 0x86, 1], 'x'.repeat(100_000))
  const cut = new Talk()
    .say(client, query('SELECT 1'))
    .say(server, packet(1, [1]), column(2, 'a'), eof(3), big.subarray(0, 70_000))
  assert.equal(cut.session.gap(server, big.length - 70_001), true)
  assert.deepEqual(cut.say(server, big.subarray(-1), eof(5)).end(), ['SELECT 1 > 1/1/0'])
})
