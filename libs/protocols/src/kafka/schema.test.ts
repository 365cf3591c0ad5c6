import assert from 'node:assert/strict'
import { test } from 'node:test'

import { apiName, HIGHEST_API_KEY, maxVersion } from './api-keys.ts'
import { requestBody, responseBody } from './parse.ts'
import { schemaOf } from './schemas.ts'
import { encodeRequest, encodeResponse } from './testdata/encode.ts'
import type { FieldShape, Shape } from './types.ts'

/** A value for every field, so that reading in another order than writing cannot end well. */
function filled(shape: Shape, seed = 1): Record<string, unknown> {
  return Object.fromEntries(
    [...shape.fields, ...shape.tagged].map((field, n) => [field.name, valueOf(field, seed + n)]),
  )
}

function valueOf(field: FieldShape, seed: number): unknown {
  const one = singleOf(field, seed)
  return field.array ? [one, singleOf(field, seed + 1)] : one
}

function singleOf({ type, shape }: FieldShape, seed: number): unknown {
  switch (type) {
    case 'struct':
      return filled(shape, seed * 7)
    case 'bool':
      return seed % 2 === 0
    case 'acks':
      return 1
    case 'int8':
    case 'error':
      return seed % 100
    case 'int16':
    case 'int32':
      return seed % 30_000
    case 'int64':
      return (seed % 1000) * 5_000_000_000
    case 'uuid':
      return Buffer.alloc(16, (seed % 250) + 1).toString('base64url')
    case 'bytes':
    case 'secret':
      return Buffer.alloc(seed % 5, 7)
    case 'records':
      return Buffer.alloc(0)
    default:
      return `name-${seed}`
  }
}

/** What is decoded shows opaque fields by their size. */
function shown(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return 'opaque'
  if (Array.isArray(value)) return value.map((each) => shown(each))
  if (value === null || typeof value !== 'object') return value === '(not stored)' ? 'opaque' : value
  if ('bytes' in value) return 'opaque'
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shown(each)]))
}

test('every version of every schema reads what it says, to the byte', () => {
  let versions = 0
  for (let key = 0; key <= HIGHEST_API_KEY; key++) {
    for (let version = 0; version <= maxVersion(key); version++) {
      const schema = schemaOf(key, version)
      if (schema === undefined) continue
      versions++
      const where = `${apiName(key)} ${version}`
      const request = filled(schema.request.shape(version))
      const asked = encodeRequest({ key, version, id: 7 }, request)
      const decoder = requestBody(asked, 0, asked.length)
      assert.ok(decoder !== null)
      assert.deepEqual(shown(decoder.struct(schema.request.shape(version))), shown(request), where)
      assert.ok(decoder.atEnd, where)
      const response = filled(schema.response.shape(version))
      const answered = encodeResponse(key, version, 7, response)
      const answer = responseBody(answered, 0, answered.length, key, version)
      assert.ok(answer !== null)
      assert.deepEqual(shown(answer.struct(schema.response.shape(version))), shown(response), where)
      assert.ok(answer.atEnd, where)
    }
  }
  assert.ok(versions > 180, `${versions} versions`)
})

test('schemas are described up to the highest version that brokers speak', () => {
  for (let key = 0; key <= HIGHEST_API_KEY; key++) {
    const schema = schemaOf(key, 0)
    if (schema !== undefined) assert.equal(schema.maxVersion, maxVersion(key), apiName(key))
  }
})

test('unknown APIs and versions are kept by their number', () => {
  assert.equal(apiName(200), 'UNKNOWN(200)')
  assert.equal(schemaOf(0, 14), undefined)
  assert.equal(schemaOf(29, 0), undefined)
})
