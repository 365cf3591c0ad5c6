import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'

import { Role } from '../contract/message.ts'
import { ja3, ja3s, ja4 } from './fingerprint.ts'
import { type Hello, readHello } from './parse.ts'
import { clientHello, type HelloOptions, serverHello } from './testdata/build-hello.ts'
import { Kind, TlsMessage } from './types.ts'

function helloOf(message: readonly number[], isClient: boolean): Hello {
  const made = new TlsMessage(Role.Request, Kind.Hello)
  made.bytes = Uint8Array.from(message)
  made.start = 4
  made.end = message.length
  return readHello(made, isClient)
}
const client = (options?: HelloOptions): Hello => helloOf(clientHello(options), true)

test('JA3 leaves GREASE out', () => {
  assert.equal(ja3(client()), hash('md5', '771,49199-156,0-10-11-13,29-23,0'))
  assert.equal(ja3s(helloOf(serverHello(0xc02f, [0xff, 1, 0, 1, 0]), false)), hash('md5', '771,49199,65281'))
})

test('JA4: name, counts, application protocol, sorted digests', () => {
  const ciphers = hash('sha256', '009c,c02f').slice(0, 12)
  const extensions = hash('sha256', '000a,000b,000d_0403,0804').slice(0, 12)
  assert.equal(ja4(client()), `t12d020400_${ciphers}_${extensions}`)
  assert.equal(ja4(client({ alpn: ['h2', 'http/1.1'] })).slice(0, 10), 't12d0205h2')
  assert.equal(ja4(client({ name: '', alpn: ['http/1.1'] })).slice(0, 10), 't12i0204h1')
  assert.match(ja4(client({ ciphers: [] })), /^t12d000400_000000000000_/u)
})

test('any cut of a hello is decoded as far as it goes', () => {
  const whole = clientHello({ alpn: ['h2'] })
  for (let end = 4; end < whole.length; end++) {
    const hello = helloOf(whole.slice(0, end), true)
    assert.ok(hello.ciphers.length <= 3)
    assert.ok('example.test'.startsWith(hello.serverName))
  }
  assert.equal(client().broken, false)
})
