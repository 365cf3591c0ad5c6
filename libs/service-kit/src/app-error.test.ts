import assert from 'node:assert/strict'
import test from 'node:test'

import { AppError, systemCode, toAppError } from './app-error.ts'

test('an AppError is what REST answers with', () => {
  const error = new AppError('unknown_database', 404, 'There is no database "a/b".', { details: { known: ['c/d'] } })
  assert.deepEqual(JSON.parse(JSON.stringify(error)), {
    error: 'There is no database "a/b".',
    code: 'unknown_database',
    details: { known: ['c/d'] },
  })
  assert.deepEqual(Object.keys(new AppError('bad_input', 400, 'No.').toJSON()), ['error', 'code'])
})

test('codes are snake_case', () => {
  for (const code of ['', 'Bad', 'bad-input', '1bad', 'x'.repeat(65)]) {
    assert.throws(() => new AppError(code, 400, 'No.'), /snake_case/)
  }
})

test('an unexpected error becomes internal and keeps its cause', () => {
  const cause = new TypeError('x is undefined')
  const error = toAppError(cause)
  assert.equal(error.status, 500)
  assert.equal(error.cause, cause)
  assert.ok(!error.message.includes('undefined'))
  assert.equal(toAppError(error), error)
})

test('an aborted call is no fault of ours', () => {
  assert.equal(toAppError(AbortSignal.abort().reason).code, 'cancelled')
})

test('systemCode reads Node error codes', () => {
  assert.equal(systemCode(Object.assign(new Error('x'), { code: 'ENOSPC' })), 'ENOSPC')
  assert.equal(systemCode('x'), '')
})
