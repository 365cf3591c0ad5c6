import assert from 'node:assert/strict'
import test from 'node:test'

import { checkName } from './check-name.ts'

test('names of the REST contract', () => {
  for (const name of ['a', '0', 'A.b_c-9', 'x'.repeat(128)]) checkName('snapshot', name)
  for (const name of ['', '.', '..', '../x', 'a/b', '-a', '_a', 'ä', 'a b', 'a\n', 'x'.repeat(129), 'a\0']) {
    assert.throws(() => checkName('node', name), { code: 'invalid_name', status: 400 }, JSON.stringify(name))
  }
  assert.throws(
    () => checkName('file', '../../etc/passwd'),
    /^AppError: "\.\.\/\.\.\/etc\/passwd" cannot be the name of a file/,
  )
})
