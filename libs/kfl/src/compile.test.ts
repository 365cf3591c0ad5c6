import assert from 'node:assert/strict'
import test from 'node:test'

import type { StoredRow } from '@hindwire/entries/catalogue.ts'

import { clauses, compile, evaluate } from './compile.ts'
import { catalogue, now } from './testing/catalogue.ts'

function compiled(source: string) {
  const result = compile(source, catalogue, { now })
  if (!result.ok) throw new Error(`${source}: ${result.errors[0]?.message}`)
  return result
}

const get: StoredRow = {
  protocol: 'http',
  ts: now * 1000,
  method: 'GET',
  path: '/api/users',
  status_code: 404,
  request_headers: { host: 'example.com' },
}

test('a filter is evaluated and printed', () => {
  const { normal, sql, checked } = compiled('http and status >= 400')
  assert.equal(normal, 'http && status_code >= 400')
  assert.equal(sql.text, 'protocol IN {p1:Array(String)} AND (status_code >= {p2:Int64})')
  assert.deepEqual(sql.params, { p1: ['http', 'grpc'], p2: 400 })
  assert.equal(evaluate(checked, get), true)
  assert.equal(evaluate(checked, { ...get, status_code: 200 }), false)
  assert.equal(evaluate(checked, { ...get, protocol: 'dns' }), false)
})

test('an empty filter matches everything', () => {
  for (const source of ['', '  \n', '// nothing', '# nothing']) {
    const { checked, sql, normal } = compiled(source)
    assert.equal(evaluate(checked, {}), true)
    assert.equal(sql.text, 'true')
    assert.equal(normal, 'true')
  }
})

test('clauses are the conjuncts, with their own text and SQL', () => {
  const { checked } = compiled('http and status >= 400 && path contains "x"')
  const parts = clauses(checked)
  assert.deepEqual(
    parts.map((part) => [part.source, part.normal]),
    [
      ['http', 'http'],
      ['status >= 400', 'status_code >= 400'],
      ['path contains "x"', 'path.contains("x")'],
    ],
  )
  assert.match(parts[2]?.sql.text ?? '', /LIKE \{p1:String\}/)
  assert.equal(parts[2]?.sql.params['p1'], '%x%')
})
