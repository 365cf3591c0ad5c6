import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ByteSet } from './byte-set.ts'
import { LabelDictionary } from './label-dictionary.ts'
import { SourceBytes } from './source-bytes.ts'

function emptySet(): ByteSet {
  return new ByteSet({ bytes: 0 }, new SourceBytes())
}

test('strings are numbered once each, from 1, at any length and place', () => {
  const set = emptySet()
  const strings = Array.from({ length: 2000 }, (_, at) => Buffer.from(`${'x'.repeat(at % 13)}${at}`))
  const all = Buffer.concat(strings)
  for (const expected of [1, 1]) {
    let start = 0
    for (const [at, { length }] of strings.entries()) {
      assert.equal(set.intern(all, start, start + length), expected + at)
      start += length
    }
  }
  assert.equal(set.count, 2001)
  assert.equal(set.text(2000), `${'x'.repeat(1999 % 13)}1999`)
  assert.equal(set.intern(all, 5, 5), 0)
})

test('strings that differ in one byte are told apart', () => {
  for (let length = 1; length < 20; length++) {
    const set = emptySet()
    const numbers = Array.from({ length }, (_, at) => {
      const bytes = Buffer.alloc(length, 'a')
      bytes[at] = 0x62
      return set.intern(bytes, 0, length)
    })
    assert.equal(new Set(numbers).size, length)
  }
})

test('a cleared set starts anew', () => {
  const set = emptySet()
  for (let at = 0; at < 30_000; at++) set.intern(Buffer.from(String(at)), 0, String(at).length)
  set.clear()
  assert.equal(set.intern(Buffer.from('29999'), 0, 5), 1)
  assert.equal(set.count, 2)
})

test('a copy is a copy', () => {
  const set = emptySet()
  const host = Buffer.from('Host')
  const number = set.intern(host, 0, 4)
  set.copy(number).fill(0)
  assert.equal(set.intern(host, 0, 4), number)
})

test('spellings of a name share its label', () => {
  const dictionary = new LabelDictionary({ meter: { bytes: 0 }, source: new SourceBytes(), maxRows: 1 })
  const bytes = Buffer.from('Content-TypecONTENT-tYPE')
  assert.equal(dictionary.ofLowered(bytes, 0, 12), 1)
  assert.equal(dictionary.ofLowered(bytes, 12, 24), 1)
  assert.equal(dictionary.ofText('content-type'), 1)
  assert.equal(dictionary.ofBytes(bytes, 0, 12), 2)
  assert.equal(dictionary.text(1), 'content-type')
})
