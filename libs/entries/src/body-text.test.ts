import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as fc from 'fast-check'

import { bodyText } from './body-text.ts'
import { storedBytes, storedText } from './stored-text.ts'

test('stored text gives back its bytes, whatever they are', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.string({ unit: 'grapheme' }).map((text) => Buffer.from(text)),
  )
  fc.assert(
    fc.property(bytes, (bytes) => assert.deepEqual(Buffer.from(storedBytes(storedText(bytes))), Buffer.from(bytes))),
    { seed: 11, numRuns: 500 },
  )
})

test('text stays text, binary is base64', () => {
  assert.deepEqual(bodyText('grün', 100, false), { text: 'grün', encoding: undefined })
  const binary = Buffer.from('1f8b0800ff', 'hex')
  assert.deepEqual(bodyText(storedText(binary), 100, false), { text: 'H4sIAP8=', encoding: 'base64' })
})

test('a limit within a character leaves the character out, at every place', () => {
  const text = 'aé€😀z'
  const bytes = Buffer.from(text)
  for (let limit = 0; limit <= bytes.length; limit++) {
    const cut = bodyText(text, limit, false)
    assert.equal(cut.encoding, undefined, String(limit))
    assert.ok(text.startsWith(cut.text), cut.text)
    assert.ok(limit - Buffer.byteLength(cut.text) < 4)
    const before = bodyText(storedText(bytes.subarray(0, limit)), 100, limit < bytes.length)
    assert.deepEqual(before, cut)
  }
})

test('an unfinished character at the end of a whole body makes it binary', () => {
  const bytes = Buffer.from('é').subarray(0, 1)
  assert.equal(bodyText(storedText(bytes), 100, false).encoding, 'base64')
})
