import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { ColumnSpec } from '@hindwire/protocols/contract/column.ts'

import { columnDdl } from './column-ddl.ts'
import { quoteName } from './quote-name.ts'
import { entriesDdl, indexesOf, schemaVersion } from './schema.ts'

const KEYS: readonly ColumnSpec[] = [
  { name: 'dissection', type: 'u32', description: '' },
  { name: 'ts', type: 'time', description: '' },
  { name: 'flow', type: 'u64', description: '' },
  { name: 'index', type: 'u32', description: '' },
]

test('the schema version is the same for any order of columns and any wording', () => {
  const other = KEYS.toReversed().map((column) => ({ ...column, description: 'in other words' }))
  assert.equal(schemaVersion(KEYS), schemaVersion(other))
  assert.match(schemaVersion(KEYS), /^1-[0-9a-f]{12}$/u)
})

test('the schema version differs for another name and for another type', () => {
  const more = schemaVersion([...KEYS, { name: 'host', type: 'string', description: '' }])
  const label = schemaVersion([...KEYS, { name: 'host', type: 'label', description: '' }])
  assert.equal(new Set([schemaVersion(KEYS), more, label]).size, 3)
})

test('only indexes whose column exists', () => {
  assert.deepEqual(
    indexesOf(KEYS).map(({ name }) => name),
    ['by_flow'],
  )
})

test('a catalogue without a key column is refused', () => {
  assert.throws(() => entriesDdl(KEYS.slice(1)), /no column dissection/u)
})

test('names are quoted', () => {
  assert.equal(quoteName('in`dex\\'), '`in\\`dex\\\\`')
  assert.equal(
    columnDdl({ name: 'ts', type: 'time', description: '' }),
    "`ts` DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1))",
  )
})
