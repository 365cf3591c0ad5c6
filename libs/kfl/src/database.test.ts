import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import type { StoredRow } from '@hindwire/entries/catalogue.ts'
import { startTemporaryStore } from '@hindwire/store/temporary-store.ts'
import type { TemporaryStore } from '@hindwire/store/temporary-store.ts'
import * as fc from 'fast-check'

import { compile, evaluate } from './compile.ts'
import { catalogue, now } from './testing/catalogue.ts'
import { databaseCases } from './testing/database-cases.ts'
import { expressions } from './testing/expressions.ts'
import { leaves, rows } from './testing/rows.ts'

const seed = Number(process.argv.find((arg) => arg.startsWith('--seed='))?.slice(7) ?? 20_260_314)
const databases = new Map([[1, { snapshot: 'incident', dissection: 'first' }]])
const stored = fc.sample(rows(60), { seed: 5, numRuns: 1 })[0] ?? []

let temporary: TemporaryStore

before(async () => {
  temporary = await startTemporaryStore({ columns: catalogue.columns.values() })
  const { url, database, username, password } = temporary.server.connections.rw
  const query = new URLSearchParams({ database, query: 'INSERT INTO entries FORMAT JSONEachRow' })
  const headers = { 'X-ClickHouse-User': username, 'X-ClickHouse-Key': password }
  const body = stored.map((row) => JSON.stringify({ ...row, ts: timeText(Number(row['ts'])) })).join('\n')
  const answer = await fetch(`${url}/?${query.toString()}`, { method: 'POST', headers, body })
  assert.equal(answer.status, 200, await answer.text())
})

after(() => temporary.stop())

function timeText(us: number): string {
  const ms = new Date(Math.floor(us / 1000)).toISOString().slice(0, -1).replace('T', ' ')
  return ms + String(us % 1000).padStart(3, '0')
}

function indexes(matching: readonly StoredRow[]): unknown[] {
  return matching.map((row) => row['index'])
}

/** Undefined where the database cannot evaluate it; otherwise what memory and database find. */
async function both(source: string): Promise<{ memory: unknown[]; database: unknown[]; sql: string } | undefined> {
  const result = compile(source, catalogue, { now, databases })
  if (!result.ok) {
    assert.equal(result.errors[0]?.code, 'not_in_database', `${source}: ${result.errors[0]?.message}`)
    return undefined
  }
  const { text, params } = result.sql
  const sql = `SELECT index FROM entries WHERE ${text} ORDER BY index`
  const found = await temporary.store.select<[number]>(sql, params)
  const memory = indexes(stored.filter((row) => evaluate(result.checked, row)))
  return { memory, database: found.rows.map(([index]) => index), sql: `${text} ${JSON.stringify(params)}` }
}

async function agree(source: string): Promise<void> {
  const answer = await both(source)
  if (answer !== undefined) assert.deepEqual(answer.database, answer.memory, `${source}\n${answer.sql}`)
}

test('chosen filters find the same entries in memory and in ClickHouse', async () => {
  for (const source of databaseCases) {
    const answer = await both(source)
    assert.ok(answer !== undefined, `${source} has no SQL`)
    assert.deepEqual(answer.database, answer.memory, `${source}\n${answer.sql}`)
  }
})

test(`generated filters find the same entries in memory and in ClickHouse (--seed=${seed})`, async () => {
  for (const [depth, numRuns] of [
    [1, 150],
    [2, 150],
    [3, 150],
    [5, 60],
  ] as const) {
    for (const source of fc.sample(expressions(leaves, depth), { seed, numRuns })) {
      await agree(source)
      // Errors are neither true nor false: a filter and its negation tell all three apart.
      await agree(`!(${source})`)
    }
  }
})
