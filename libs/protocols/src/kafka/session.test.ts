import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Side } from '../contract/message.ts'
import { Outcome } from '../contract/session.ts'
import { encodeRequest, encodeResponse } from './testdata/encode.ts'
import { Replay } from './testdata/replay.ts'

const produce = (acks: number, id: number, version = 7): Uint8Array =>
  encodeRequest({ key: 0, version, id }, { acks, topics: [{ name: 'orders', partitions: [{ index: 2 }] }] })
const fetch = { topics: [{ topic: 'orders', partitions: [{ partition: 0 }] }] }

/** A message of format 0 with a key of one byte. */
function messageSet(value: Buffer): Buffer {
  const head = Buffer.alloc(18 + 5 + 4)
  head.writeInt32BE(14 + 1 + value.length, 8)
  head.writeInt32BE(1, 18)
  head.write('k', 22)
  head.writeInt32BE(value.length, 23)
  return Buffer.concat([head, value])
}

function fetched(id: number, value: Buffer): Uint8Array {
  const partitions = [{ partition_index: 0, records: messageSet(value) }]
  return encodeResponse(1, 4, id, { responses: [{ topic: 'orders', partitions }] })
}

test('pipelined, answered out of order; acks 0 has no response', () => {
  const replay = new Replay()
  for (const version of [0, 7, 9]) replay.feed(Side.Client, produce(0, 1, version))
  assert.equal(replay.rows.length, 3, 'acks 0')
  replay.feed(Side.Client, Buffer.concat([produce(-1, 2), produce(1, 3)]))
  const topics = [{ name: 'orders', partitions: [{ index: 2, error_code: 6 }] }]
  replay.feed(Side.Server, encodeResponse(0, 7, 3, { topics }))
  replay.feed(Side.Server, encodeResponse(0, 7, 2, {}))
  assert.deepEqual(
    replay.close().rows.map((row) => [row['method'], row['path'], row['error_code'], row['status_code']]),
    [
      ['PRODUCE', 'orders', undefined, undefined],
      ['PRODUCE', 'orders', undefined, undefined],
      ['PRODUCE', 'orders', undefined, undefined],
      ['PRODUCE', 'orders', 'NOT_LEADER_OR_FOLLOWER', 6],
      ['PRODUCE', 'orders', undefined, 0],
    ],
  )
})

test('an unknown version: name, client and correlation', () => {
  const replay = new Replay()
  replay.feed(Side.Client, encodeRequest({ key: 0, version: 40, id: 5, client: 'future' }, {}))
  replay.feed(Side.Server, Buffer.from([0, 0, 0, 8, 0, 0, 0, 5, 1, 2, 3, 4]))
  const [row] = replay.rows
  assert.equal(row?.['method'], 'PRODUCE')
  assert.equal(row?.['kafka_client_id'], 'future')
  assert.equal(row?.['detail'], '{"correlation_id":5}')
})

test('a broker that does not know the version of ApiVersions answers in version 0', () => {
  const replay = new Replay()
  replay.feed(Side.Client, encodeRequest({ key: 18, version: 4, id: 1 }, { client_software_name: 'new' }))
  const api_keys = [{ api_key: 18, min_version: 0, max_version: 2 }]
  replay.feed(Side.Server, encodeResponse(18, 0, 1, { error_code: 35, api_keys }))
  assert.equal(replay.rows[0]?.['error_code'], 'UNSUPPORTED_VERSION')
})

test('a loss within a long answer keeps it and what follows', () => {
  const replay = new Replay()
  replay.feed(Side.Client, encodeRequest({ key: 1, version: 4, id: 1 }, fetch))
  replay.feed(Side.Client, encodeRequest({ key: 1, version: 4, id: 2 }, fetch))
  const long = fetched(1, Buffer.alloc(9000, 'x'))
  assert.equal(replay.feed(Side.Server, long.subarray(0, 3000)), 3000)
  assert.equal(replay.gap(Side.Server, 2000), true)
  replay.feed(Side.Server, Buffer.concat([long.subarray(5000), fetched(2, Buffer.from('whole'))]))
  const [first, second] = replay.rows
  assert.equal(first?.['partial'], 'gap')
  assert.equal(first?.['response_body_truncated'], 1)
  const record = { topic: 'orders', partition: 0, offset: 0, key: 'k', value: 'whole' }
  assert.deepEqual(JSON.parse(String(second?.['response_body'])), record)
})

test('a loss beyond the end of a message leaves it, cut', () => {
  const replay = new Replay()
  replay.feed(Side.Client, encodeRequest({ key: 1, version: 4, id: 1 }, fetch))
  replay.feed(Side.Server, fetched(1, Buffer.alloc(9000, 'x')).subarray(0, 3000))
  assert.equal(replay.gap(Side.Server, 20_000), false)
  assert.equal(replay.rows[0]?.['partial'], 'gap')
  const behind = Buffer.concat([Buffer.from('rest of another\0\0\0\0'), fetched(2, Buffer.from('y'))])
  assert.equal(replay.session.resync(Side.Server, behind, 0, behind.length), -1, 'nobody asked for 2')
  replay.feed(Side.Client, encodeRequest({ key: 1, version: 4, id: 2 }, fetch))
  assert.equal(replay.session.resync(Side.Server, behind, 0, behind.length), 19)
})

test('bare tokens behind SaslHandshake 0 are stepped over, and nowhere stored', () => {
  const replay = new Replay()
  replay.feed(Side.Client, encodeRequest({ key: 17, version: 0, id: 1 }, { mechanism: 'PLAIN' }))
  replay.feed(Side.Server, encodeResponse(17, 0, 1, { mechanisms: ['PLAIN'] }))
  replay.feed(Side.Client, Buffer.from('\0\0\0\x0c\0app\0hunter2', 'latin1'))
  replay.feed(Side.Server, Buffer.from([0, 0, 0, 0]))
  assert.deepEqual(replay.outcomes.slice(-2), [Outcome.Skip, Outcome.Skip])
  replay.feed(Side.Client, produce(1, 2))
  assert.equal(replay.close().rows.length, 2)
  assert.ok(!JSON.stringify(replay.rows).includes('hunter2'))
})

test('tokens of SaslAuthenticate are not stored', () => {
  const replay = new Replay()
  const auth_bytes = Buffer.from('\0app\0hunter2')
  replay.feed(Side.Client, encodeRequest({ key: 36, version: 2, id: 1 }, { auth_bytes }))
  replay.feed(Side.Server, encodeResponse(36, 2, 1, { error_code: 58, error_message: 'no', auth_bytes }))
  assert.equal(replay.rows[0]?.['error_code'], 'SASL_AUTHENTICATION_FAILED')
  assert.ok(!JSON.stringify(replay.rows).includes('hunter2'))
})

test('a response far from every correlation id is none; a near one is kept alone', () => {
  const replay = new Replay()
  replay.feed(Side.Client, produce(1, 500))
  replay.feed(Side.Server, encodeResponse(12, 0, 490, {}))
  assert.equal(replay.rows[0]?.['kafka_api_key'], -1)
  assert.equal(replay.feed(Side.Server, encodeResponse(12, 0, 1_000_000_000, {})), 0)
  assert.equal(replay.outcomes.at(-1), Outcome.Invalid)
})
