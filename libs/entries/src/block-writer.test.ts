import assert from 'node:assert/strict'
import { test } from 'node:test'

import { column } from '@hindwire/protocols/contract/column.ts'
import type { Column } from '@hindwire/protocols/contract/column.ts'
import { Columns } from '@hindwire/protocols/contract/common-columns.ts'

import { decodeBlocks } from './block-decoder.ts'
import { BlockWriter } from './block-writer.ts'
import { withoutDefaults } from './sample-rows.ts'
import type { SampleRow } from './sample-rows.ts'

function taken(writer: BlockWriter): SampleRow[] {
  return decodeBlocks(writer.take()).map(withoutDefaults)
}

function header(writer: BlockWriter, name: string, value: string): void {
  const bytes = Buffer.from(name + value)
  writer.pairBytes(Columns.requestHeaders, bytes, 0, name.length, name.length, bytes.length, true)
}

test('columns that no row has are not in the block', () => {
  const writer = new BlockWriter(10)
  writer.number(Columns.ts, 5)
  writer.number(Columns.statusCode, 0)
  writer.text(Columns.method, '')
  writer.endRow()
  assert.deepEqual(decodeBlocks(writer.take()), [{ dissection: 0, flow: 0, index: 0, ts: 5 }])
})

test('rows that a column did not get are at its default, at the start, within, and at the end', () => {
  const writer = new BlockWriter(10)
  for (let row = 0; row < 6; row++) {
    writer.number(Columns.ts, row + 1)
    if (row === 2 || row === 4) {
      writer.text(Columns.path, `/${row}`)
      writer.text(Columns.method, `M${row}`)
      writer.number(Columns.statusCode, row)
      header(writer, 'row', String(row))
    }
    writer.endRow()
  }
  const rows = taken(writer)
  assert.deepEqual(rows[2], { ts: 3, path: '/2', method: 'M2', status_code: 2, request_headers: { row: '2' } })
  assert.deepEqual(rows[4], { ts: 5, path: '/4', method: 'M4', status_code: 4, request_headers: { row: '4' } })
  assert.deepEqual(
    [0, 1, 3, 5].map((row) => rows[row]),
    [{ ts: 1 }, { ts: 2 }, { ts: 4 }, { ts: 6 }],
  )
})

test('repeated header names are joined, whatever their case and place', () => {
  const writer = new BlockWriter(10)
  header(writer, 'Accept', 'a')
  header(writer, 'COOKIE', 'one')
  header(writer, 'host', 'h')
  header(writer, 'accept', 'b'.repeat(130))
  header(writer, 'Accept', '')
  writer.pair(Columns.requestHeaders, 'cookie', 'zwei')
  header(writer, 'last', 'l')
  writer.endRow()
  header(writer, 'accept', 'next row')
  writer.endRow()
  assert.deepEqual(taken(writer), [
    { request_headers: { accept: `a, ${'b'.repeat(130)}, `, cookie: 'one, zwei', host: 'h', last: 'l' } },
    { request_headers: { accept: 'next row' } },
  ])
})

test('many names and many labels outgrow their first tables', () => {
  const writer = new BlockWriter(3000)
  for (let row = 0; row < 3000; row++) {
    writer.text(Columns.method, `m${row}`)
    for (let at = 0; at < 3; at++) header(writer, `Name-${row}-${at}`, `v${row}`)
    writer.endRow()
  }
  const rows = taken(writer)
  assert.equal(rows.length, 3000)
  assert.deepEqual(rows[2999], {
    method: 'm2999',
    request_headers: { 'name-2999-0': 'v2999', 'name-2999-1': 'v2999', 'name-2999-2': 'v2999' },
  })
})

test('numbers are clamped to their column, and cut to whole ones', () => {
  const writer = new BlockWriter(10)
  const small = column('test_u8', 'u8', '')
  const cases: readonly (readonly [Column, number, number])[] = [
    [Columns.srcPort, 65_536, 65_535],
    [Columns.srcPort, -1, 0],
    [Columns.statusCode, -1, -1],
    [Columns.statusCode, 3e9, 2_147_483_647],
    [Columns.statusCode, -3e9, -2_147_483_648],
    [Columns.requestSize, 1e300, Number.MAX_SAFE_INTEGER],
    [Columns.requestSize, Infinity, Number.MAX_SAFE_INTEGER],
    [Columns.requestSize, NaN, 0],
    [Columns.requestSize, 2 ** 32 + 1.9, 2 ** 32 + 1],
    [small, 255.9, 255],
  ]
  for (const [at, value] of cases) {
    writer.number(at, value)
    writer.endRow()
  }
  const names = ['src_port', 'src_port', 'status_code', 'status_code', 'status_code', 'request_size']
  const all = [...names, 'request_size', 'request_size', 'request_size', 'test_u8']
  const rows = decodeBlocks(writer.take())
  for (const [row, [, , expected]] of cases.entries()) assert.equal(rows[row]?.[all[row]!], expected, `case ${row}`)
})

test('the first text of a row stays; its protocol may be changed', () => {
  const writer = new BlockWriter(10)
  writer.protocol('dns')
  writer.protocol('mdns')
  writer.text(Columns.path, 'first')
  writer.text(Columns.path, 'second')
  writer.endRow()
  assert.deepEqual(taken(writer), [{ protocol: 'mdns', path: 'first' }])
})

test('the same rows give the same bytes, also from a writer that has written before', () => {
  const write = (writer: BlockWriter): Uint8Array => {
    for (let row = 0; row < 50; row++) {
      writer.text(Columns.method, `m${row % 7}`)
      header(writer, `h${row % 5}`, 'v')
      writer.endRow()
    }
    return writer.take()
  }
  const used = new BlockWriter(100)
  header(used, 'other', 'v')
  used.text(Columns.host, 'h')
  used.endRow()
  used.take()
  assert.deepEqual(write(used), write(new BlockWriter(100)))
})

test('labels of an object that the block has are copied', () => {
  const writer = new BlockWriter(10)
  const labels = { app: 'shop', tier: 'web' }
  for (let row = 0; row < 3; row++) {
    if (row !== 1) writer.record(Columns.srcLabels, labels)
    writer.number(Columns.ts, row + 1)
    writer.endRow()
  }
  const expected = [{ ts: 1, src_labels: labels }, { ts: 2 }, { ts: 3, src_labels: labels }]
  assert.deepEqual(taken(writer), expected)
})
