import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Side } from '../contract/message.ts'
import { type Message, Role } from '../contract/message.ts'
import { Detection } from '../contract/protocol.ts'
import { type Link, Outcome } from '../contract/session.ts'
import { verbOf, withoutSecrets } from '../sql/statement.ts'
import { postgresql } from './index.ts'
import { PostgresqlRequest, type PostgresqlResponse } from './types.ts'

const client = Side.Client
const server = Side.Server

/** A message: type, length, body of strings (as they are) and numbers (Int16 up to 65535 as [n, 2]). */
function message(type: string, ...body: (string | readonly [number, 2 | 4])[]): Buffer {
  const parts = body.map((part) => {
    if (typeof part === 'string') return Buffer.from(part, 'latin1')
    const bytes = Buffer.alloc(part[1])
    bytes.writeUIntBE(part[0], 0, part[1])
    return bytes
  })
  const length = Buffer.alloc(4)
  length.writeUInt32BE(4 + parts.reduce((sum, { length: size }) => sum + size, 0))
  return Buffer.concat([Buffer.from(type), length, ...parts])
}

const detect = (bytes: Uint8Array): Detection => postgresql.detect(bytes, 0, bytes.length, 'tcp')
const sslRequest = message('', [80_877_103, 4])
const query = (text: string): Buffer => message('Q', `${text}\0`)
const ready = message('Z', 'I')
const complete = (tag: string): Buffer => message('C', `${tag}\0`)
const failed = (code: string): Buffer => message('E', `SERROR\0VERROR\0C${code}\0Mwrong\0\0`)

const on = (text: string): [Uint8Array, number, number] => [Buffer.from(text), 0, Buffer.byteLength(text)]

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
    this.session = postgresql.open(this.link)
  }

  say(side: Side, ...messages: readonly Uint8Array[]): this {
    const bytes = Buffer.concat(messages)
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
    const q = request instanceof PostgresqlRequest ? request : null
    const r = (response ?? (q === null ? request : null)) as PostgresqlResponse | null
    const text = q?.statement?.text
    const asked = text ? Buffer.from(text.bytes.slice(text.start, text.end)).toString() : (q?.command ?? '-')
    const said = r === null ? '-' : r.skipped ? 'skipped' : (r.error?.['code'] ?? (r.tags.join('+') || r.reply || 'ok'))
    this.pairs.push(`${asked} > ${said}`)
  }

  end(): string[] {
    this.session.matcher.close(this)
    return this.pairs
  }
}

test('detection: start-up packets, either side, mid-stream', () => {
  assert.equal(detect(sslRequest), Detection.Yes)
  assert.equal(detect(message('', [196_608, 4], 'user\0me\0\0')), Detection.Yes)
  assert.equal(detect(query('SELECT 1')), Detection.Yes)
  assert.equal(detect(Buffer.concat([complete('SELECT 1'), ready])), Detection.Yes)
  assert.equal(detect(message('', [196_608, 4], 'user\0me\0\0').subarray(0, 12)), Detection.NeedMore)
  assert.equal(postgresql.sender(query('SELECT 1'), 0, 14), client)
  assert.equal(postgresql.sender(complete('SELECT 1'), 0, 14), server)
})

test('detection: bad-startup-message, http-on-port-5432, mysql-on-port-5432, almost-postgresql', () => {
  // The length holds the version, as one fuzzed client sent it.
  assert.equal(detect(Buffer.from('000000030003000075736572007a65656b0000', 'hex')), Detection.No)
  assert.equal(detect(message('', [196_608, 4], 'database\0x\0\0')), Detection.No)
  assert.equal(detect(Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')), Detection.No)
  assert.equal(detect(Buffer.from('490000000a382e342e320011000000113c676d3d4e4a2d00', 'hex')), Detection.No)
  assert.equal(detect(Buffer.from('QUIT\r\n')), Detection.No)
  assert.equal(detect(Buffer.from('EHLO example\r\n')), Detection.No)
  assert.equal(detect(Buffer.from('CONNECT x:443 HTTP/1.1\r\n')), Detection.No)
  assert.equal(detect(message('Q', 'SELECT 1')), Detection.No)
  assert.equal(detect(message('Q', 'SELECT\x01 1\0')), Detection.No)
})

test('encryption: taken, the protocol ends; refused, it goes on', () => {
  const taken = new Talk().say(client, sslRequest).say(server, Buffer.from('S'))
  assert.equal(taken.outcomes.at(-1), Outcome.Upgrade)
  assert.equal(taken.link.upgrade, 'tls')
  assert.deepEqual(taken.end(), ['SSLREQUEST > S'])
  const refused = new Talk().say(client, sslRequest).say(server, Buffer.from('N')).say(client, query('a'))
  assert.deepEqual(refused.say(server, complete('SELECT 1'), ready).end(), ['SSLREQUEST > N', 'a > SELECT 1'])
})

test('an error passes over the rest of its batch, whether it was sent before or after', () => {
  const parse = (text: string): Buffer => message('P', `\0${text}\0`, [0, 2])
  const bind = message('B', '\0\0', [0, 2], [0, 2], [0, 2])
  const execute = message('E', '\0', [0, 4])
  const step = (text: string): Buffer => Buffer.concat([parse(text), bind, execute])
  const talk = new Talk().say(client, step('a'), step('b')).say(server, failed('42P01')).say(client, step('c'))
  talk.say(client, message('S'), step('d'), message('S')).say(server, ready)
  talk.say(server, message('1'), message('2'), complete('SELECT 0'), ready)
  assert.deepEqual(talk.end(), ['a > 42P01', 'b > skipped', 'c > skipped', 'd > SELECT 0'])
})

test('a notification between CommandComplete and ReadyForQuery, and several results of one message', () => {
  const note = message('A', [7, 4], 'channel\0text\0')
  const talk = new Talk().say(client, query('x; y')).say(server, complete('BEGIN'), note, complete('COMMIT'), ready)
  assert.deepEqual(talk.end(), ['- > ok', 'x; y > BEGIN+COMMIT'])
})

test('joined in mid-stream: one response per statement of the extended protocol', () => {
  const talk = new Talk().say(server, message('2'), complete('SELECT 1'), message('2'), complete('SELECT 2'), ready)
  assert.deepEqual(talk.end(), ['- > SELECT 1', '- > SELECT 2'])
})

test('limits: a row above what is read whole, one byte more and less; a loss within it', () => {
  for (const size of [65_530, 65_531, 65_532, 300_000]) {
    const row = message('D', [1, 2], [size - 11, 4], 'x'.repeat(size - 11))
    const talk = new Talk().say(client, query('a')).say(server, row, complete('SELECT 1'), ready)
    assert.deepEqual(talk.end(), ['a > SELECT 1'], String(size))
  }
  const row = message('D', [1, 2], [200_000, 4], 'x'.repeat(200_000))
  const talk = new Talk().say(client, query('a')).say(server, row.subarray(0, 70_000))
  assert.equal(talk.session.gap(server, row.length - 70_000), false)
  const other = new Talk().say(client, query('a')).say(server, row.subarray(0, 70_000))
  assert.equal(other.session.gap(server, row.length - 70_001), true)
  assert.deepEqual(other.say(server, row.subarray(-1), complete('SELECT 1'), ready).end(), ['a > SELECT 1'])
})

test('what a server says unasked stands alone', () => {
  const talk = new Talk().say(server, message('E', 'SFATAL\0VFATAL\0C57P01\0Mterminating\0\0'))
  assert.equal((talk.link.message as PostgresqlResponse | null)?.role, Role.OneWay)
  assert.deepEqual(talk.end(), ['- > 57P01'])
})

test('statements: verbs, and credentials that are masked', () => {
  assert.equal(verbOf(...on('  /* a */ -- b\n ((select 1)')), 'SELECT')
  assert.equal(verbOf(...on('/**/update x')), 'UPDATE')
  assert.equal(verbOf(...on('42')), '')
  const secrets = [
    `ALTER ROLE x WITH ENCRYPTED PASSWORD 'geheim' LOGIN`,
    `CREATE USER 'a'@'%' IDENTIFIED BY 'geheim'`,
    `CREATE USER a IDENTIFIED WITH mysql_native_password AS '*geheim'`,
    `CREATE USER a IDENTIFIED VIA mysql_native_password USING PASSWORD('geheim')`,
    `SET PASSWORD FOR 'a'@'%' = 'geheim'`,
    `SET PASSWORD = PASSWORD("geheim")`,
    `CHANGE MASTER TO MASTER_PASSWORD='geheim', MASTER_PORT=1`,
    `CREATE USER MAPPING FOR a SERVER s OPTIONS (user 'u', password 'geheim')`,
    `CREATE SUBSCRIPTION s CONNECTION 'host=a password=geheim user=b' PUBLICATION p`,
    `ALTER USER a PASSWORD E'ge\\'geheim'`,
    `ALTER USER a PASSWORD 'geheim, cut`,
    `ALTER USER a PASSWORD $x$geheim$x$`,
  ]
  for (const text of secrets) {
    const masked = withoutSecrets(...on(text)) ?? text
    assert.ok(!masked.includes('geheim'), `${text} -> ${masked}`)
  }
  for (const text of [`SELECT 'password'`, `SELECT password FROM t WHERE a = 'b'`, 'SELECT 1']) {
    assert.equal(withoutSecrets(...on(text)), null, text)
  }
})
