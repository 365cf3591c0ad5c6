import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fromHex } from '@hindwire/bytes/hex.ts'

import { Side } from '../contract/message.ts'
import { Detection } from '../contract/protocol.ts'
import { detect, findRequest, sender } from './detect.ts'
import { encodeRequest, encodeResponse } from './testdata/encode.ts'

const ask = (bytes: Uint8Array): Detection => detect(bytes, 0, bytes.length, 'tcp')
const heartbeat = { group_id: 'billing', generation_id: 3, member_id: 'member-1' }

test('requests, with and without client id', () => {
  for (const version of [0, 3, 4]) {
    for (const client of ['shop', '', null]) {
      const request = encodeRequest({ key: 12, version, id: 9, client }, heartbeat)
      assert.equal(ask(request), Detection.Yes, `version ${version}, client ${client}`)
      assert.equal(sender(request, 0, request.length), Side.Client)
      for (let length = 0; length < request.length; length++) {
        assert.notEqual(ask(request.subarray(0, length)), Detection.No, `${length} bytes`)
      }
    }
  }
})

test('an API whose body is not described needs a client id that says something', () => {
  assert.equal(ask(encodeRequest({ key: 29, version: 1, id: 1, client: 'admin-1' }, {})), Detection.Yes)
  assert.equal(ask(encodeRequest({ key: 29, version: 1, id: 1, client: '' }, {})), Detection.No)
})

test('almost-kafka: a version that does not exist, a byte too many, a client id that cannot be read', () => {
  const request = encodeRequest({ key: 12, version: 3, id: 9 }, heartbeat)
  for (const [at, byte] of [
    [7, 9],
    [5, 200],
    [4, 1],
    [3, request[3]! + 1],
    [14, 1],
  ] as const) {
    const wrong = Buffer.from([...request, 0])
    wrong[at] = byte
    assert.equal(ask(wrong), Detection.No, `byte ${at}`)
  }
})

test('strangers with a length in front', () => {
  const strangers = {
    zookeeper: '0000002c 00000000 0000000000000000 00007530 0000000000000000 00000010 00000000000000000000000000000000',
    http2: '000012 04 00 00000000 0003 00000064 0004 00100000 0006 00004000',
    postgresql: '00000029 00030000 7573657200706f7374677265730064617461626173650073686f700000',
    sslRequest: '00000008 04d2162f',
    dns: '001d 1234 0100 0001 0000 0000 0000 076578616d706c6503636f6d0000010001',
    tds: '12 01 002f 0000 0100 00001a000601002000',
    zeroes: '00'.repeat(64),
  }
  for (const [name, hex] of Object.entries(strangers)) assert.equal(ask(fromHex(hex)), Detection.No, name)
})

test('starts with the server: only what can be nothing else', () => {
  const api_keys = Array.from({ length: 12 }, (_, n) => ({ api_key: n, min_version: 0, max_version: 5 }))
  for (const version of [0, 1, 2, 3, 4]) {
    const versions = encodeResponse(18, version, 1, { api_keys })
    assert.equal(ask(versions), Detection.Yes, `ApiVersions ${version}`)
    assert.equal(sender(versions, 0, versions.length), Side.Server)
  }
  const brokers = [{ node_id: 1, host: 'broker.example', port: 9092 }]
  assert.equal(ask(encodeResponse(3, 9, 5, { brokers, cluster_id: 'one' })), Detection.Yes)
  assert.equal(ask(encodeResponse(12, 4, 5, {})), Detection.No)
})

test('after a loss, the next request is found among the rest of another', () => {
  const request = encodeRequest({ key: 12, version: 3, id: 9 }, heartbeat)
  const bytes = Buffer.concat([Buffer.from('the rest of a value, \0\0\0\x05\0\0\0'), request])
  assert.equal(findRequest(bytes, 0, bytes.length), bytes.length - request.length)
})
