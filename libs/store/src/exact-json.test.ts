import assert from 'node:assert/strict'
import { test } from 'node:test'

import { parseExact, parseLines } from './exact-json.ts'

test('integers are numbers where that is exact, else their digits', () => {
  assert.deepEqual(
    parseExact('[0,-1,9007199254740991,-9007199254740991]'),
    [0, -1, 9007199254740991, -9007199254740991],
  )
  assert.deepEqual(parseExact('[9007199254740992,-9223372036854775808,18446744073709551615]'), [
    '9007199254740992',
    '-9223372036854775808',
    '18446744073709551615',
  ])
})

test('other values that look like large integers stay what they are', () => {
  assert.deepEqual(parseExact('["18446744073709551615",0.12345678901234567890,1e300,12345678901234567890.5]'), [
    '18446744073709551615',
    0.12345678901234568,
    1e300,
    12345678901234567000,
  ])
})

test('large integers inside lists and maps', () => {
  assert.deepEqual(parseExact('[[18446744073709551615,1],{"a":18446744073709551614}]'), [
    ['18446744073709551615', 1],
    { a: '18446744073709551614' },
  ])
})

test('lines', () => {
  assert.deepEqual(parseLines(''), [])
  assert.deepEqual(parseLines('[1]\n["a\\nb"]\n'), [[1], ['a\nb']])
  assert.deepEqual(parseLines('[1]\n[2]'), [[1], [2]])
})
