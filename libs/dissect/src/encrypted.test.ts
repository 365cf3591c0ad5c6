import assert from 'node:assert/strict'
import { test } from 'node:test'

import { clientHello, handshake, record, serverHello } from '@hindwire/protocols/tls/testdata/build-hello.ts'
import { TcpSession } from '@hindwire/testkit/tcp-session.ts'

import { bucketsOf, collect } from './testing/collect.ts'

const HELLO = record(22, clientHello())
const FLIGHT = record(22, [...serverHello(0xc02f), ...handshake(14, [])])
const CIPHER = record(20, [1])
const sealed = (length: number): Uint8Array =>
  record(
    23,
    Array.from({ length }, (_, at) => (at * 37) & 0xff),
  )

test('packets of which nothing can be read are encrypted; those of the handshake are dissected', () => {
  const session = new TcpSession().open().client(HELLO).server(FLIGHT).client(CIPHER).server(CIPHER)
  session.client(sealed(100)).server(sealed(5000)).client(sealed(30))
  const { entries, coverage } = collect(session.frames)
  assert.deepEqual(entries, [`tls ${HELLO.length} ${FLIGHT.length}`])
  const { dissected, encrypted, unknown_protocol: unknown } = bucketsOf(coverage)
  assert.deepEqual([dissected, unknown], [4, undefined])
  assert.ok(Number(encrypted) >= 3)
})

test('a packet that holds a message and encrypted bytes is dissected', () => {
  const session = new TcpSession()
    .open()
    .client(HELLO)
    .server(Buffer.concat([FLIGHT, CIPHER, sealed(40)]))
  const { dissected, encrypted } = bucketsOf(collect(session.frames).coverage)
  assert.deepEqual([dissected, encrypted], [2, undefined])
})

test('a record that is joined in its beginning, in mid-stream: no entry, all encrypted', () => {
  const session = new TcpSession().server(sealed(9000)).client(sealed(40)).server(sealed(60))
  const { entries, coverage } = collect(session.frames)
  assert.deepEqual(entries, [])
  assert.equal(bucketsOf(coverage)['encrypted'], session.frames.length)
})
