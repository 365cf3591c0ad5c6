/**
 * Inserting blocks that somebody else has encoded (https://clickhouse.com/docs/interfaces/formats/Native): sent on
 * unread, exactly once.
 */
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

import type { ClickHouseClient } from '@clickhouse/client'

import { quoteName } from './quote-name.ts'
import { StoreError, toStoreError } from './store-error.ts'

export interface InsertOptions {
  /** Of the connection's database. */
  readonly table: string
  /**
   * Names the block: a second insert with the token changes nothing. Of rows of one partition only, and never used
   * again for other rows.
   */
  readonly token: string
  /** For how long to try again after errors that may pass. Default 60,000. */
  readonly retryForMs?: number
  readonly signal?: AbortSignal
}

/** Rows and bytes of a block beyond which ClickHouse would split it, and so break "one insert is one part". */
const NEVER_SPLIT_ROWS = 1_048_449
const NEVER_SPLIT_BYTES = 2 ** 30

const SETTINGS = {
  async_insert: 0,
  insert_deduplicate: 1,
  max_insert_block_size: String(NEVER_SPLIT_ROWS),
  min_insert_block_size_rows: String(NEVER_SPLIT_ROWS),
  min_insert_block_size_bytes: String(NEVER_SPLIT_BYTES),
  max_insert_threads: '1',
  input_format_parallel_parsing: 0,
  // Columns that a block leaves out take their defaults; columns that the table lacks are an error.
  input_format_defaults_for_omitted_fields: 1,
  input_format_skip_unknown_fields: 0,
  // They would take half of the server's time. Merges make them, at the latest the one that seals a dissection.
  materialize_skip_indexes_on_insert: '0',
  wait_end_of_query: 1,
} as const

const RETRY_FOR_MS = 60_000
const ATTEMPT_TIMEOUT_MS = 120_000
const FIRST_BACKOFF_MS = 50
const MAX_BACKOFF_MS = 5000

function insertError(error: unknown, url: string, table: string): StoreError {
  const known = toStoreError(error, url)
  if (known.code === 'schema')
    return new StoreError('schema', `the block does not fit the table ${table}: ${known.message}`, error)
  if (known.code === 'memory')
    return new StoreError('memory', 'ClickHouse has too little memory for the insert: send smaller blocks', error)
  return known
}

/**
 * Inserts the rows of one Native block as one part, and resolves when they are on disk. Errors that may pass are
 * retried with the same bytes and token.
 * @throws StoreError; `retryable` says whether the same block may yet succeed later
 */
export async function insertNative(
  client: ClickHouseClient,
  url: string,
  block: Uint8Array,
  options: InsertOptions,
): Promise<void> {
  const until = performance.now() + (options.retryForMs ?? RETRY_FOR_MS)
  for (let attempt = 0; ; attempt++) {
    try {
      await insertOnce(client, block, options)
      return
    } catch (error) {
      if (options.signal?.aborted === true) throw new StoreError('cancelled', 'the insert was cancelled', error)
      const known = insertError(error, url, options.table)
      const wait = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** attempt)
      if (!known.retryable || performance.now() + wait > until) throw known
      // An abort is found by the next attempt.
      await sleep(wait, null, options.signal === undefined ? {} : { signal: options.signal }).catch(() => {})
    }
  }
}

async function insertOnce(client: ClickHouseClient, block: Uint8Array, options: InsertOptions): Promise<void> {
  const timeout = AbortSignal.timeout(ATTEMPT_TIMEOUT_MS)
  try {
    const { stream } = await client.exec({
      query: `INSERT INTO ${quoteName(options.table)} FORMAT Native`,
      // A list of one: a bare Uint8Array would be iterated byte by byte.
      values: Readable.from([block], { objectMode: false }),
      abort_signal: options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]),
      clickhouse_settings: { ...SETTINGS, insert_deduplication_token: options.token },
    })
    stream.resume()
  } catch (error) {
    if (timeout.aborted)
      throw new StoreError('unavailable', `ClickHouse took longer than ${ATTEMPT_TIMEOUT_MS / 1000} s to insert`, error)
    throw error
  }
}
