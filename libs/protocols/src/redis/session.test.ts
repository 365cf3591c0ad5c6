import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'

import { Replay, replayCapture, type Row, segments } from './testdata/replay.ts'

const data = new URL('testdata/', import.meta.url)
const captures = readdirSync(data).filter((name) => name.endsWith('.pcap'))
const bytes = (text: string): Uint8Array => Buffer.from(text)
const command = (...words: string[]): string =>
  `*${words.length}\r\n` + words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')
const rowsOf = (name: string, cut?: number): Row[] =>
  replayCapture(new URL(name, data), 7399, cut).flatMap((replay) => replay.rows)
const replayed = (...pieces: [0 | 1, string][]): Replay => {
  const replay = new Replay()
  for (const [side, text] of pieces) replay.feed(side, bytes(text))
  return replay.end()
}

test('captures: every message understood, the same rows for any split', () => {
  for (const name of captures) {
    for (const replay of replayCapture(new URL(name, data), 7399)) assert.equal(replay.counts.invalid, 0, name)
    const whole = rowsOf(name)
    for (const cut of [1, 7, 1000]) assert.deepEqual(rowsOf(name, cut), whole, `${name} in pieces of ${cut}`)
    for (const row of whole) assert.ok(JSON.parse(String(row['detail'])), name)
  }
})

test('captures: what the rows say', () => {
  const verbs = (name: string): string =>
    rowsOf(name)
      .map((row) => `${row['method']}${row['lone'] ? '!' : ''}`)
      .join(' ')
  assert.equal(verbs('replication.pcap'), 'PING REPLCONF REPLCONF PSYNC RDB! SELECT! SET! PING! REPLCONF! SET')
  assert.equal(verbs('monitor.pcap'), 'MONITOR MONITOR! MONITOR! SET GET')
  assert.match(verbs('pubsub.pcap'), /^SUBSCRIBE SUBSCRIBE! PSUBSCRIBE MESSAGE! PMESSAGE! MESSAGE!/u)
  assert.match(verbs('big-replies.pcap'), /^SET GET EVAL CLIENT! PING! PING$/u)
  const pipeline = rowsOf('pipeline-and-transaction.pcap')
  for (let i = 0; i < 100; i++) assert.equal(pipeline[100 + i]!['response_body'], `v${i}`)
  const wrong = rowsOf('resp2-basics.pcap').find((row) => row['error_code'] === 'WRONGTYPE')!
  assert.equal(wrong['path'], 'list')
  assert.equal(wrong['is_error'], 1)
})

test('credentials are in no column', () => {
  const text = JSON.stringify(rowsOf('credentials.pcap'))
  for (const secret of ['topsecret1', 'wrongpass2', 'evepass3']) {
    assert.ok(readFileSync(new URL('credentials.pcap', data)).includes(secret), 'the capture has it')
    assert.ok(!text.includes(secret), secret)
  }
  const more = replayed(
    [0, command('MIGRATE', 'h', '1', 'k', '0', '9', 'AUTH2', 'me', 'hidden1') + 'auth hidden2\r\n'],
    [0, command('SENTINEL', 'SET', 'm', 'auth-pass', 'hidden3') + command('ACL', 'GENPASS')],
    [1, '+OK\r\n+OK\r\n+OK\r\n$7\r\nhidden4\r\n'],
  )
  assert.equal(more.rows.length, 4)
  assert.ok(!JSON.stringify(more.rows).includes('hidden'))
})

test('resp3 types, streamed values and attributes are one reply each', () => {
  const replies = [
    '$?\r\n;4\r\nHell\r\n;1\r\no\r\n;0\r\n',
    '*?\r\n:1\r\n*2\r\n+a\r\n$-1\r\n.\r\n',
    '%?\r\n+k\r\n,1.5\r\n.\r\n',
    '|1\r\n+ttl\r\n:3600\r\n*2\r\n|1\r\n+x\r\n+y\r\n:1\r\n:2\r\n',
    '(3492890328409238509324850943850943825024385\r\n',
    '!21\r\nSYNTAX invalid syntax\r\n',
    '=15\r\ntxt:Some string\r\n',
    '#t\r\n',
    '_\r\n',
    '~2\r\n#f\r\n,inf\r\n',
    '*0\r\n',
    '%1\r\n*1\r\n:1\r\n_\r\n',
  ]
  for (const cut of [1, 3, 10_000]) {
    const replay = new Replay()
    for (const _ of replies) replay.feed(0, bytes(command('X')))
    const all = bytes(replies.join(''))
    for (let at = 0; at < all.length; at += cut) replay.feed(1, all.subarray(at, at + cut))
    const rows = replay.end().rows
    assert.deepEqual(
      rows.map((row) => JSON.parse(String(row['detail'])).response),
      [
        ['Hell', 'o'],
        [1, ['a', null]],
        [['k', '1.5']],
        [1, 2],
        '3492890328409238509324850943850943825024385',
        { error: 'SYNTAX invalid syntax' },
        'txt:Some string',
        true,
        null,
        [false, 'inf'],
        [],
        [[[1], null]],
      ],
    )
    assert.equal(rows[5]!['error_code'], 'SYNTAX')
    assert.equal(rows[6]!['response_body'], 'Some string')
  }
})

test('CLIENT REPLY OFF, SKIP and ON', () => {
  const commands = ['PING', 'CLIENT REPLY OFF', 'PING', 'CLIENT REPLY ON', 'CLIENT REPLY SKIP', 'PING', 'TIME']
  const replay = replayed([0, commands.map((line) => line + '\r\n').join('')], [1, '+PONG\r\n+OK\r\n*1\r\n$1\r\n7\r\n'])
  assert.deepEqual(replay.counts, { ...replay.counts, requests: 3, responses: 3, oneWay: 4 })
})

test('a gap in a value keeps the pairs, a gap elsewhere does not shift them', () => {
  const inside = new Replay(1000)
  inside.feed(0, bytes(command('GET', 'a') + command('GET', 'b')))
  inside.feed(1, bytes(`$9000\r\n${'x'.repeat(4000)}`))
  inside.gap(1, 3000)
  inside.feed(1, bytes(`${'x'.repeat(2000)}\r\n$1\r\nB\r\n`))
  const rows = inside.end().rows
  assert.equal(rows[0]!['partial'], 'gap')
  assert.equal(rows[0]!['response_body_size'], 9000)
  assert.equal(rows[1]!['response_body'], 'B')

  const between = new Replay()
  between.feed(0, bytes(command('GET', 'a')))
  between.gap(1, 7)
  between.feed(0, bytes(command('GET', 'b')))
  between.feed(1, bytes('$1\r\nB\r\n'))
  const second = between.end().rows
  assert.deepEqual(
    second.map((row) => [row['path'], row['response_body']]),
    [
      ['a', undefined],
      ['b', 'B'],
    ],
  )
})

test('excessive-pipelining: what the queue gives up does not shift the rest', () => {
  const count = 3000
  const replay = new Replay()
  for (let i = 0; i < count; i++) replay.feed(0, bytes(command('GET', String(i))))
  for (let i = 0; i < count; i++) replay.feed(1, bytes(`:${i}\r\n`))
  const rows = replay.end().rows
  const paired = rows.filter((row) => row['lone'] === '')
  assert.ok(paired.length >= 1000)
  for (const row of paired) assert.equal(row['path'], row['response_body'])
})

test('a reply of 100,000 elements in 1,000 segments is read once; a huge value is not kept', () => {
  const reply = bytes(`*100000\r\n${':1234567\r\n'.repeat(100_000)}`)
  const replay = new Replay()
  replay.feed(0, bytes(command('LRANGE', 'l', '0', '-1')))
  for (let at = 0; at < reply.length; at += 1000) replay.feed(1, reply.subarray(at, at + 1000))
  assert.ok(replay.counts.parses < 2500)
  const megabyte = new Uint8Array(1 << 20).fill(0x61)
  replay.feed(0, bytes(command('GET', 'big')))
  replay.feed(1, bytes(`$${64 << 20}\r\n`))
  for (let n = 0; n < 64; n++) replay.feed(1, megabyte)
  replay.feed(1, bytes('\r\n'))
  const rows = replay.end().rows
  assert.equal(rows[0]!['response_body_truncated'], 1)
  assert.equal(JSON.parse(String(rows[0]!['detail'])).response[0], 1_234_567)
  assert.equal(rows[1]!['response_body_size'], 64 << 20)
  assert.ok(String(rows[1]!['response_body']).length <= 66_100)
})

test('limits and garbage: refused, never thrown', () => {
  assert.equal(replayed([1, '*1\r\n'.repeat(64) + ':1\r\n']).counts.invalid, 0)
  assert.ok(replayed([1, '*1\r\n'.repeat(65) + ':1\r\n']).counts.invalid > 0)
  assert.ok(replayed([1, '$99999999999\r\n']).counts.invalid > 0)
  assert.ok(replayed([0, `${'x'.repeat(70_000)}\r\n`]).counts.invalid > 0)
  const pieces = captures.flatMap((name) => segments(new URL(name, data)).map((segment) => segment.bytes))
  let seed = 7
  const random = (below: number): number => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) % below
  for (let n = 0; n < 300; n++) {
    const replay = new Replay(100)
    for (let m = 0; m < 10; m++) {
      const piece = Uint8Array.from(pieces[random(pieces.length)]!.subarray(0, 300))
      if (piece.length > 0) piece[random(piece.length)] = random(256)
      replay.feed(random(2) as 0 | 1, piece)
      if (random(5) === 0) replay.gap(random(2) as 0 | 1, random(5000))
    }
    for (const row of replay.end().rows) JSON.parse(String(row['detail']))
  }
})
