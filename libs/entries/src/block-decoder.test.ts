import assert from 'node:assert/strict'
import { test } from 'node:test'

import { column } from '@hindwire/protocols/contract/column.ts'
import { Columns } from '@hindwire/protocols/contract/common-columns.ts'
import * as fc from 'fast-check'

import { decodeBlocks } from './block-decoder.ts'
import { BlockWriter } from './block-writer.ts'
import { BlockError } from './native-reader.ts'
import { sampleRows, withoutDefaults, writeRow } from './sample-rows.ts'

// No protocol of the contract has lists; these two are this test's own.
column('test_labels', 'labels', '')
column('test_strings', 'strings', '')

const seed = 20_260_202

test('what is written is read, block after block from the same writer', () => {
  const writer = new BlockWriter(100)
  fc.assert(
    fc.property(sampleRows(8), (rows) => {
      for (const row of rows) writeRow(writer, row)
      assert.deepEqual(decodeBlocks(writer.take()).map(withoutDefaults), rows)
    }),
    { seed, numRuns: 150 },
  )
})

test('blocks behind one another are read as one list', () => {
  const writer = new BlockWriter(10)
  writeRow(writer, { dissection: 0, flow: 0, index: 0, ts: 1, path: '/a' })
  const first = writer.take()
  writeRow(writer, { dissection: 0, flow: 0, index: 0, ts: 2, method: 'GET' })
  const rows = decodeBlocks(Buffer.concat([first, writer.take()]))
  assert.deepEqual(rows, [
    { dissection: 0, flow: 0, index: 0, ts: 1, path: '/a' },
    { dissection: 0, flow: 0, index: 0, ts: 2, method: 'GET' },
  ])
})

test('a cut block is an error, wherever it is cut', () => {
  const writer = new BlockWriter(10)
  writeRow(writer, {
    dissection: 0,
    flow: 0,
    index: 0,
    ts: 1,
    path: '/a',
    method: 'GET',
    request_headers: { host: 'a' },
  })
  const block = writer.take()
  for (let length = 1; length < block.length; length++) {
    assert.throws(() => decodeBlocks(block.subarray(0, length)), BlockError, String(length))
  }
})

test('bytes that are not UTF-8 survive', () => {
  const writer = new BlockWriter(10)
  const body = Buffer.from('00ff80c3a9c3fe7f', 'hex')
  writer.bytes(Columns.requestBody, body, 0, body.length)
  writer.endRow()
  const [row] = decodeBlocks(writer.take())
  assert.equal(row?.['request_body'], '\0\udcff\udc80é\udcc3\udcfe\x7f')
})
