import assert from 'node:assert/strict'
import { test } from 'node:test'

import { column } from '@hindwire/protocols/contract/column.ts'
import { Columns } from '@hindwire/protocols/contract/common-columns.ts'
import type { Field } from '@hindwire/protocols/contract/field.ts'
import { protocols } from '@hindwire/protocols/registry.ts'

import { buildCatalogue } from './build-catalogue.ts'
import { sourceColumns } from './source-columns.ts'

const key: Field = {
  variable: 'toy_key',
  type: 'string',
  source: { column: 'path' },
  description: 'key',
  example: 'toy_key == "a"',
}
const toy = { name: 'toy', title: 'Toy', entryProtocols: ['toy', 'toy2'], fields: [key] }
const other = { name: 'other', title: 'Other', entryProtocols: ['other'], fields: [key] }

test('the registry makes a catalogue', () => {
  const catalogue = buildCatalogue(protocols)
  for (const name of ['src.ip', 'id', 'timestamp', 'namespaces', 'local_labels', 'has_pcap', 'tcp', 'snapshot']) {
    assert.ok(catalogue.variables.has(name), name)
  }
  assert.ok(catalogue.columns.has('node_ip'))
})

test('every variable has a description, an example that names it, and known columns', () => {
  const catalogue = buildCatalogue(protocols)
  for (const variable of catalogue.variables.values()) {
    assert.notEqual(variable.description, '', variable.variable)
    assert.ok(variable.example.includes(variable.variable), `${variable.variable}: ${variable.example}`)
    for (const name of sourceColumns(variable.source)) assert.ok(catalogue.columns.has(name), name)
  }
})

test('entry protocols have flags, and guard the fields of their protocol', () => {
  const catalogue = buildCatalogue([toy])
  assert.deepEqual(catalogue.variables.get('toy2')?.source, { protocolIn: ['toy2'] })
  assert.equal(catalogue.variables.get('toy2')?.protocols, null)
  assert.deepEqual(catalogue.variables.get('toy_key')?.protocols, ['toy', 'toy2'])
})

test('the same variable of several protocols belongs to all of them', () => {
  const catalogue = buildCatalogue([toy, other])
  assert.deepEqual(catalogue.variables.get('toy_key')?.protocols, ['toy', 'toy2', 'other'])
})

test('declarations of a flag add up', () => {
  const flag: Field = {
    variable: 'toy',
    type: 'bool',
    source: { protocolIn: ['other'] },
    description: 'toys of both kinds',
    example: 'toy',
  }
  const catalogue = buildCatalogue([toy, { ...other, fields: [flag] }])
  assert.deepEqual(catalogue.variables.get('toy')?.source, { protocolIn: ['toy', 'other'] })
  const first = buildCatalogue([{ ...other, fields: [flag] }, toy])
  assert.deepEqual(first.variables.get('toy')?.source, { protocolIn: ['other', 'toy'] })
  assert.equal(first.variables.get('toy')?.description, 'toys of both kinds')
})

test('contradictions are refused', () => {
  const moved: Field = { ...key, source: { column: 'host' } }
  assert.throws(() => buildCatalogue([toy, { ...other, fields: [moved] }]), /toy_key is declared twice/)
  const retyped: Field = { ...key, type: 'bytes' }
  assert.throws(() => buildCatalogue([toy, { ...other, fields: [retyped] }]), /as string and as bytes/)
  const unknown: Field = { ...key, source: { column: 'nowhere' } }
  assert.throws(() => buildCatalogue([{ ...toy, fields: [unknown] }]), /nobody declares/)
  const mistyped: Field = { ...key, type: 'int' }
  assert.throws(() => buildCatalogue([{ ...toy, fields: [mistyped] }]), /its column path is string/)
  const common: Field = { ...key, variable: 'src.ip', source: { column: 'src_ip' } }
  assert.throws(() => buildCatalogue([{ ...toy, fields: [common] }]), /common variable/)
})

test('a column is declared once, with one type', () => {
  assert.equal(column('path', 'string', ''), Columns.path)
  assert.throws(() => column('path', 'label', ''), /is string, not label/)
})
