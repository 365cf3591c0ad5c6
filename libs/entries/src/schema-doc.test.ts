import assert from 'node:assert/strict'
import { test } from 'node:test'

import { protocols } from '@hindwire/protocols/registry.ts'

import { buildCatalogue } from './build-catalogue.ts'
import { kflReference, kflSchema } from './schema-doc.ts'

const catalogue = buildCatalogue(protocols)

test('the schema lists every variable once', () => {
  const { variables } = kflSchema(catalogue)
  assert.equal(variables.length, catalogue.variables.size)
  const ip = variables.find(({ variable }) => variable === 'src.ip')
  assert.equal(ip?.type, 'string')
  assert.equal(ip?.protocols, undefined)
  assert.deepEqual(variables.find(({ variable }) => variable === 'redis_key')?.protocols, ['redis'])
})

test('the reference has a row for every variable, and no row is broken by a pipe', () => {
  const lines = kflReference(catalogue).split('\n')
  const rows = lines.filter((line) => line.startsWith('| `'))
  assert.equal(rows.length, catalogue.variables.size)
  for (const row of rows) assert.equal(row.replaceAll('\\|', '').split('|').length, 6, row)
})
