import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { column } from '@hindwire/protocols/contract/column.ts'
import { startTemporaryStore } from '@hindwire/store/temporary-store.ts'
import type { TemporaryStore } from '@hindwire/store/temporary-store.ts'
import * as fc from 'fast-check'

import { decodeBlocks } from './block-decoder.ts'
import { BlockWriter } from './block-writer.ts'
import type { StoredRow } from './catalogue.ts'
import { sampleRows, withoutDefaults, writeRow } from './sample-rows.ts'

column('test_labels', 'labels', '')
column('test_strings', 'strings', '')

let temporary: TemporaryStore
before(async () => {
  temporary = await startTemporaryStore()
})
after(() => temporary.stop())

async function nativeRows(dissection: number): Promise<readonly StoredRow[]> {
  const connection = temporary.server.connections.rw
  const sql = `SELECT * FROM entries WHERE dissection = ${dissection} ORDER BY \`index\` FORMAT Native`
  const url = new URL(connection.url)
  url.searchParams.set('database', connection.database)
  const headers = { 'X-ClickHouse-User': connection.username, 'X-ClickHouse-Key': connection.password }
  const response = await fetch(url, { method: 'POST', body: sql, headers })
  const bytes = new Uint8Array(await response.arrayBuffer())
  assert.equal(response.status, 200, Buffer.from(bytes).toString())
  return decodeBlocks(bytes)
}

test('the server stores what was written, and its own blocks are read', async () => {
  const writer = new BlockWriter(1000)
  const samples = fc.sample(sampleRows(40), { seed: 7, numRuns: 10 })
  for (const [at, sample] of samples.entries()) {
    const dissection = at + 1
    const rows = sample.map((row, index) => withoutDefaults({ ...row, dissection, index }))
    for (const row of rows) writeRow(writer, row)
    await temporary.store.insertEntries(writer.take(), { token: `${dissection}/0/0` })
    const stored = await nativeRows(dissection)
    assert.deepEqual(stored.map(withoutDefaults), rows, `sample ${at}`)
  }
})
