/**
 * Brings the tables of a database to what this version needs. May run at every start, and by several processes at
 * once: each step does nothing where it is done already.
 */
import { clickhouseType } from '@hindwire/entries/column-types.ts'
import type { ColumnSpec } from '@hindwire/protocols/contract/column.ts'

import { openClient } from './client.ts'
import type { StoreClient } from './client.ts'
import { columnDdl } from './column-ddl.ts'
import type { ConnectionSettings } from './connection.ts'
import { quoteName } from './quote-name.ts'
import {
  DISSECTIONS,
  DISSECTIONS_DDL,
  ENTRIES,
  entriesDdl,
  indexDdl,
  indexesOf,
  SCHEMA_NUMBER,
  schemaVersion,
} from './schema.ts'
import { StoreError } from './store-error.ts'

export interface Migration {
  /** False where everything was there. */
  readonly changed: boolean
  readonly addedColumns: readonly string[]
  readonly addedIndexes: readonly string[]
}

const UNCHANGED: Migration = { changed: false, addedColumns: [], addedIndexes: [] }

/**
 * Creates the tables, or adds the columns and indexes that the catalogue has gained. Columns that it has
 * lost stay, and take their defaults.
 * @param client of the read-write user
 * @throws StoreError `schema` when a column has another type, or a newer version wrote the database
 */
export async function migrate(client: StoreClient, columns: readonly ColumnSpec[]): Promise<Migration> {
  const version = schemaVersion(columns)
  const found = await storedVersion(client)
  if (found === version) return UNCHANGED
  const number = Number.parseInt(found ?? '', 10)
  if (number > SCHEMA_NUMBER) {
    const message = `the database ${client.settings.database} was written by a newer Hindwire (schema ${number}, this one knows ${SCHEMA_NUMBER}): use that version, or another database`
    throw new StoreError('schema', message)
  }
  await createTables(client, columns)
  const addedColumns = found === null ? [] : await addColumns(client, columns)
  const addedIndexes = found === null ? [] : await addIndexes(client, columns)
  await client.command(`ALTER TABLE ${ENTRIES} MODIFY COMMENT '${version}'`)
  return { changed: true, addedColumns, addedIndexes }
}

/** Needs a connection to another database: ClickHouse refuses every request on one that does not exist. */
export async function createDatabase(settings: ConnectionSettings): Promise<void> {
  const client = openClient({ ...settings, database: 'default' })
  try {
    await client.command(`CREATE DATABASE IF NOT EXISTS ${quoteName(settings.database)}`)
  } finally {
    await client.close()
  }
}

/** The comment of the table, or null where there is no table. */
async function storedVersion(client: StoreClient): Promise<string | null> {
  const { rows } = await client.select<[string]>(
    `SELECT comment FROM system.tables WHERE database = {database:String} AND name = {table:String}
     AND (SELECT count() FROM system.tables WHERE database = {database:String} AND name = {other:String}) > 0`,
    { database: client.settings.database, table: ENTRIES, other: DISSECTIONS },
  )
  return rows[0]?.[0] ?? null
}

async function createTables(client: StoreClient, columns: readonly ColumnSpec[]): Promise<void> {
  await client.command(entriesDdl(columns))
  await client.command(DISSECTIONS_DDL)
}

async function addColumns(client: StoreClient, columns: readonly ColumnSpec[]): Promise<string[]> {
  const { rows } = await client.select<[string, string]>(
    'SELECT name, type FROM system.columns WHERE database = {database:String} AND table = {table:String}',
    { database: client.settings.database, table: ENTRIES },
  )
  const types = new Map(rows)
  const wrong = columns.filter(({ name, type }) => (types.get(name) ?? clickhouseType(type)) !== clickhouseType(type))
  if (wrong.length > 0) {
    const list = wrong.map(({ name, type }) => `${name} is ${types.get(name)}, not ${clickhouseType(type)}`)
    const message = `the table ${ENTRIES} of database ${client.settings.database} has columns of other types: ${list.join('; ')}`
    throw new StoreError('schema', message)
  }
  const missing = columns.filter(({ name }) => !types.has(name))
  if (missing.length > 0) {
    const parts = missing.map((column) => `ADD COLUMN IF NOT EXISTS ${columnDdl(column)}`)
    await client.command(`ALTER TABLE ${ENTRIES} ${parts.join(', ')}`)
  }
  return missing.map(({ name }) => name)
}

/** New indexes serve what is inserted or merged from now on; older parts are read in full, as before. */
async function addIndexes(client: StoreClient, columns: readonly ColumnSpec[]): Promise<string[]> {
  const { rows } = await client.select<[string]>(
    'SELECT name FROM system.data_skipping_indices WHERE database = {database:String} AND table = {table:String}',
    { database: client.settings.database, table: ENTRIES },
  )
  const present = new Set(rows.map(([name]) => name))
  const missing = indexesOf(columns).filter(({ name }) => !present.has(name))
  if (missing.length > 0) {
    const parts = missing.map((index) => `ADD ${indexDdl(index).replace('INDEX', 'INDEX IF NOT EXISTS')}`)
    await client.command(`ALTER TABLE ${ENTRIES} ${parts.join(', ')}`)
  }
  return missing.map(({ name }) => name)
}
