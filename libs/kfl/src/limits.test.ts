import assert from 'node:assert/strict'
import { test } from 'node:test'

import { compile } from './compile.ts'
import { catalogue, now } from './testing/catalogue.ts'

function codeOf(source: string): string {
  const result = compile(source, catalogue, { now })
  return result.ok ? 'ok' : (result.errors[0]?.code ?? '')
}

const nested = (open: string, inner: string, close: string, times: number): string =>
  open.repeat(times) + inner + close.repeat(times)

const list = (length: number): string => `status_code in [${Array.from({ length }, (_, i) => i).join(',')}]`

test('each limit at its bound and past it', () => {
  assert.equal(codeOf(`http // ${'x'.repeat(16_384 - 8)}`), 'ok')
  assert.equal(codeOf(`http // ${'x'.repeat(16_384 - 7)}`), 'too_long')
  assert.equal(codeOf(nested('(', 'http', ')', 60)), 'ok')
  assert.equal(codeOf(nested('(', 'http', ')', 70)), 'too_deep')
  assert.equal(codeOf(`${'!'.repeat(70)}http`), 'too_deep')
  assert.equal(codeOf(`${'not '.repeat(70)}http`), 'too_deep')
  assert.equal(codeOf(`${nested('[', '', ']', 70)} == []`), 'too_deep')
  assert.equal(codeOf(`status_code${' + 1'.repeat(100)} == 1`), 'ok')
  assert.equal(codeOf(`status_code${' + 1'.repeat(200)} == 1`), 'too_deep')
  assert.equal(codeOf(`path${'.trim()'.repeat(200)} == ""`), 'too_deep')
  assert.equal(codeOf(`path.matches("${'a'.repeat(1000)}")`), 'ok')
  assert.equal(codeOf(`path.matches("${'a'.repeat(1001)}")`), 'regex_too_long')
  assert.equal(codeOf(list(2000)), 'ok')
  assert.equal(codeOf(list(2001)), 'list_too_long')
  assert.equal(codeOf('dns_questions.exists(a, dns_questions.exists(b, a == b))'), 'ok')
  const cubed = 'dns_questions.all(a, dns_questions.all(b, dns_questions.all(c, a == b && b == c)))'
  assert.equal(codeOf(cubed), 'too_costly')
})

test('a long chain of && or || is not deep', () => {
  const terms = Array.from({ length: 500 }, (_, i) => `status_code == ${i}`)
  assert.equal(codeOf(terms.join(' || ')), 'ok')
  assert.equal(codeOf(terms.slice(0, 300).join(' and ')), 'ok')
})

test('hostile filters end soon', () => {
  const started = performance.now()
  const hostile = [
    `path.matches("${'(a*)*'.repeat(150)}$")`,
    'path.matches("(x{1,1000}){1,1000}")',
    `"${'a'.repeat(2000)}"${'.replace("a", "aaaaaaaaaa")'.repeat(20)} == path`,
    `[${'1,'.repeat(1999)}1]${'.map(x, [x, x])'.repeat(30)}.size() > 1`,
    `[1, 2, 3].map(a, [1, 2, 3].map(b, [1, 2, 3].map(c, [1, 2, 3].map(d, [1, 2, 3].map(e, a + b + c + d + e))))) == []`,
    `dns_questions${'.map(x, x + x)'.repeat(25)} == []`,
    `path${' + path'.repeat(100)} == ""`,
  ]
  for (const source of hostile) codeOf(source)
  assert.ok(performance.now() - started < 3000)
})
