import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as fc from 'fast-check'

import { lex } from './lex.ts'
import type { Token } from './token.ts'

function tokens(source: string): readonly Token[] {
  const result = lex(source)
  if (!result.ok) throw new Error(result.errors[0]?.message)
  return result.tokens.slice(0, -1)
}

function values(source: string): unknown[] {
  return tokens(source).map((t) => ('value' in t ? t.value : t.kind === 'end' ? '' : t.text))
}

test('numbers', () => {
  assert.deepEqual(values('0 42 0x1F 7u 0xFFu 1.5 .5 1e3 2.5E-2'), [0n, 42n, 31n, 7n, 255n, 1.5, 0.5, 1000, 0.025])
  assert.deepEqual(values('9223372036854775808 18446744073709551615u'), [2n ** 63n, 2n ** 64n - 1n])
  for (const bad of ['9223372036854775809', '18446744073709551616u', '1e999', '2xx', '1_000'])
    assert.ok(!lex(bad).ok, bad)
})

test('texts: quotes, escapes, raw, bytes', () => {
  assert.deepEqual(values(String.raw`"a\n\t\\\"" 'it\'s' r"\d"`), ['a\n\t\\"', "it's", '\\d'])
  assert.deepEqual(values(String.raw`"\x41\101\u00e9\U0001F600\a\?"`), ['AAé😀\u0007?'])
  assert.deepEqual(values('"""a\n"b" c""" \'\'\'d\'\'\''), ['a\n"b" c', 'd'])
  assert.deepEqual(values(String.raw`b"\xffé"`), [Uint8Array.from([255, 0xc3, 0xa9])])
  for (const bad of [
    '"a',
    "'a\n'",
    String.raw`"\q"`,
    String.raw`"\ud800"`,
    String.raw`"\U00110000"`,
    String.raw`b"\u00ff"`,
  ]) {
    assert.ok(!lex(bad).ok, bad)
  }
})

test('comments and white space are dropped', () => {
  assert.deepEqual(values('a // b\n# c == "d"\n  e # f'), ['a', 'e'])
  assert.deepEqual(values('"# no comment" "// nor this"'), ['# no comment', '// nor this'])
})

test('every token says where it stands', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('abc', '"x y"', '12', '==', '&&', '1.5', "'é😀'")), (parts) => {
      const source = parts.join('  ')
      const found = tokens(source).map((t) => source.slice(t.start, t.end))
      assert.deepEqual(found, parts)
    }),
  )
})

test('any text is read or refused, without an exception', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...Array.from('"\'\\rbux0{([.#/`&|= \n')) }),
  )
  fc.assert(
    fc.property(texts, (source) => {
      const result = lex(source)
      assert.equal(typeof result.ok, 'boolean')
    }),
  )
})
