/** The tables. Columns of `entries` come from the field catalogue; there is no second list. */
import { createHash } from 'node:crypto'

import { clickhouseType } from '@hindwire/entries/column-types.ts'
import type { ColumnSpec } from '@hindwire/protocols/contract/column.ts'

import { columnDdl } from './column-ddl.ts'
import { quoteName } from './quote-name.ts'

/** Raised when tables change in a way that adding columns and indexes does not cover. */
export const SCHEMA_NUMBER = 1

/**
 * How many inserts ago a token is still known, over the whole table. A killed worker's shard is sent again while the
 * others go on: at 100 workers with an insert a second each, that is a quarter of an hour.
 */
const DEDUPLICATION_WINDOW = 100_000

export const ENTRIES = 'entries'
export const DISSECTIONS = 'dissections'

/** Columns that partition and order the table; every catalogue has them. */
const KEY_COLUMNS = ['dissection', 'ts', 'flow', 'index'] as const

export interface SkipIndex {
  readonly name: string
  /** Column that must exist for it. */
  readonly column: string
  readonly expression: string
  readonly type: string
}

/** Indexes that let a query skip granules of 8,192 rows. Each with the look-up that it serves. */
export const SKIP_INDEXES: readonly SkipIndex[] = [
  // An entry by its id, and the entries of one connection.
  { name: 'by_flow', column: 'flow', expression: 'flow', type: 'bloom_filter(0.01)' },
  // Rare statuses: 500s in a sea of 200s.
  { name: 'by_status', column: 'status_code', expression: 'status_code', type: 'set(64)' },
  { name: 'by_error', column: 'is_error', expression: 'is_error', type: 'minmax' },
  { name: 'by_protocol', column: 'protocol', expression: 'protocol', type: 'set(32)' },
  // request.headers["x-request-id"] == "…": 519 ms without, 8 ms with, on 5 million rows.
  {
    name: 'by_request_header',
    column: 'request_headers',
    expression: 'mapValues(request_headers)',
    type: 'bloom_filter(0.01)',
  },
  {
    name: 'by_response_header',
    column: 'response_headers',
    expression: 'mapValues(response_headers)',
    type: 'bloom_filter(0.01)',
  },
  // path == "/api/orders/4711"
  { name: 'by_path', column: 'path', expression: 'path', type: 'bloom_filter(0.01)' },
]

export function indexesOf(columns: readonly ColumnSpec[]): readonly SkipIndex[] {
  const names = new Set(columns.map(({ name }) => name))
  return SKIP_INDEXES.filter(({ column }) => names.has(column))
}

export function indexDdl({ name, expression, type }: SkipIndex): string {
  return `INDEX ${quoteName(name)} ${expression} TYPE ${type} GRANULARITY 1`
}

/**
 * Name of the shape of a row, the same wherever the same columns are declared in whatever order. A block of rows
 * carries it, and ingest compares it with its own.
 */
export function schemaVersion(columns: Iterable<ColumnSpec>): string {
  const lines = [...columns].map(({ name, type }) => `${name} ${clickhouseType(type)}\n`).sort()
  const hash = createHash('sha256').update(lines.join('')).digest('hex').slice(0, 12)
  return `${SCHEMA_NUMBER}-${hash}`
}

/** @throws when a key column is missing: a mistake in the catalogue */
export function entriesDdl(columns: readonly ColumnSpec[]): string {
  for (const key of KEY_COLUMNS)
    if (!columns.some(({ name }) => name === key)) throw new Error(`the catalogue has no column ${key}`)
  const parts = [...columns.map(columnDdl), ...indexesOf(columns).map(indexDdl)]
  return `CREATE TABLE IF NOT EXISTS ${ENTRIES} (
  ${parts.join(',\n  ')}
) ENGINE = MergeTree
PARTITION BY dissection
ORDER BY (ts, flow, \`index\`)
SETTINGS non_replicated_deduplication_window = ${DEDUPLICATION_WINDOW}, fsync_after_insert = 1`
}

/**
 * One row per change of a dissection; the last one counts. A single insert makes its rows visible, or takes them away.
 */
export const DISSECTIONS_DDL = `CREATE TABLE IF NOT EXISTS ${DISSECTIONS} (
  id UInt32,
  revision UInt64,
  snapshot String,
  name String,
  status LowCardinality(String),
  visible UInt8,
  deleted UInt8,
  created_at DateTime64(3, 'UTC'),
  sealed_at DateTime64(3, 'UTC'),
  entry_count UInt64,
  protocol_counts Map(String, UInt64),
  first_ts DateTime64(6, 'UTC'),
  last_ts DateTime64(6, 'UTC'),
  schema_version String
) ENGINE = ReplacingMergeTree(revision)
ORDER BY id
SETTINGS fsync_after_insert = 1`
