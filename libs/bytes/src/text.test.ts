import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fromHex, toHex } from './hex.ts'
import {
  asciiEquals,
  asciiEqualsIgnoreCase,
  asciiNumber,
  asciiStarts,
  findAscii,
  findByte,
  findCrlf,
  latin1,
  utf8,
} from './text.ts'

const bytes = Buffer.from('GET /a HTTP/1.1\r\nHost: é\r\n')
const view = new Uint8Array(bytes)

test('slices as text, within the array', () => {
  assert.equal(latin1(view, 0, 3), 'GET')
  assert.equal(utf8(view, 23, 25), 'é')
  assert.equal(latin1(view, 23, 25), 'Ã©')
  assert.equal(latin1(view, 25, 999), '\r\n')
  assert.equal(latin1(view, 5, 5), '')
  assert.equal(utf8(view, 24, 25), '�')
})

test('compares ASCII', () => {
  assert.ok(asciiEquals(view, 0, 3, 'GET'))
  assert.ok(!asciiEquals(view, 0, 4, 'GET'))
  assert.ok(asciiEqualsIgnoreCase(view, 17, 21, 'host'))
  assert.ok(asciiStarts(view, 7, view.length, 'HTTP/'))
  assert.ok(!asciiStarts(view, 7, 10, 'HTTP/'))
})

test('finds within the range only', () => {
  assert.equal(findCrlf(view, 0, view.length), 15)
  assert.equal(findCrlf(view, 0, 16), -1)
  assert.equal(findCrlf(view, 16, view.length), 25)
  assert.equal(findByte(view, 0, 3, 0x20), -1)
  assert.equal(findByte(view, 0, 4, 0x20), 3)
  assert.equal(findAscii(view, 0, view.length, 'Host'), 17)
  assert.equal(findAscii(view, 0, 20, 'Host'), -1)
})

test('reads decimal numbers', () => {
  const digits = Buffer.from('x0042,99999999999999999')
  assert.equal(asciiNumber(digits, 1, 5), 42)
  assert.equal(asciiNumber(digits, 0, 5), -1)
  assert.equal(asciiNumber(digits, 1, 1), -1)
  assert.equal(asciiNumber(digits, 6, digits.length), -1)
})

test('hex, there and back', () => {
  assert.equal(toHex(fromHex('00:ff 1a\nB2')), '00ff1ab2')
  assert.throws(() => fromHex('0'), RangeError)
  assert.throws(() => fromHex('zz'), RangeError)
})
