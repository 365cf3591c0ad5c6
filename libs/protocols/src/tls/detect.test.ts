import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Detection } from '../contract/protocol.ts'
import { detect, sender } from './detect.ts'
import { clientHello, record, serverHello } from './testdata/build-hello.ts'

const answer = (bytes: Uint8Array): Detection => detect(bytes, 0, bytes.length)
const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex')

test('hellos from either side, as soon as they can be told', () => {
  for (const [side, message] of [clientHello(), serverHello(0xc02f)].entries()) {
    const bytes = record(22, message)
    for (let end = 1; end < bytes.length; end++) {
      assert.equal(detect(bytes, 0, end), end < 44 ? Detection.NeedMore : Detection.Yes, `${end} bytes`)
    }
    assert.equal(sender(bytes, 0, bytes.length), side)
  }
})

test('alerts and application data in mid-stream', () => {
  assert.equal(answer(hex('15 03 03 00 02 02 28')), Detection.Yes)
  assert.equal(answer(hex(`17 03 03 00 20 ${'a5'.repeat(32)}`)), Detection.Yes)
  assert.equal(answer(hex(`17 03 03 00 20 ${'a5'.repeat(32)} 17 03`)), Detection.NeedMore)
  assert.equal(answer(hex(`17 03 03 40 00 ${'a5'.repeat(32)}`)), Detection.Yes)
})

test('almost-tls', () => {
  const texts = [
    '16 02 01 00 40 01 00 00 3c 03 03',
    '16 03 07 00 40 01 00 00 3c 03 03',
    '16 03 01 00 00',
    '16 03 01 60 00 01',
    '16 03 01 00 40 0b 00 00 3c',
    '16 03 01 00 40 01 00 00 02 03 03',
    '16 03 01 00 40 01 00 00 3c 09 03',
    '15 03 03 00 02 07 28',
    '15 03 03 00 02 02 fe',
    '17 03 03 00 08 00 00 00 00 00 00 00 00',
    `17 03 03 00 20 ${'a5'.repeat(32)} 41`,
    '80 2e 01 00 02 00 16 00 00 00 10 01 00 80',
    '80 2e 02 00 02 00 15 00 00 00 10 01 00 80',
    '05 01 00',
    '00 20 00 01',
  ]
  for (const text of texts) assert.equal(answer(hex(text)), Detection.No, text)
})

test('a hello in the format of SSL 2.0', () => {
  const bytes = hex(`80 22 01 03 01 00 09 00 00 00 10 ${'00'.repeat(25)}`)
  assert.equal(answer(bytes), Detection.Yes)
  assert.equal(detect(bytes, 0, 8), Detection.NeedMore)
  assert.equal(sender(bytes, 0, bytes.length), 0)
})
