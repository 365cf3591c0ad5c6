/** Reading: bound parameters, limits, cancellation, and errors that say how to narrow. */
import { randomUUID } from 'node:crypto'

import type { ClickHouseClient } from '@clickhouse/client'

import { parseLines } from './exact-json.ts'
import { StoreError, toStoreError } from './store-error.ts'

/** Values of `{name:Type}` in the SQL. */
export type QueryParameters = Readonly<Record<string, QueryParameter>>
export type QueryParameter = string | number | bigint | boolean | null | readonly QueryParameter[]

export interface SelectLimits {
  /** Seconds. */
  readonly executionTime?: number
  /** Bytes. */
  readonly memory?: number
  readonly rowsToRead?: number
  readonly resultRows?: number
  readonly resultBytes?: number
}

export interface SelectOptions {
  /** Rows as arrays (default), or as objects by column name. */
  readonly format?: 'JSONCompactEachRow' | 'JSONEachRow'
  /** Refuse everything but reading; default true. A query of a user that may write is only cancelled with it. */
  readonly readonly?: boolean
  readonly limits?: SelectLimits
  /** Stops the query on the server, too. */
  readonly signal?: AbortSignal
  readonly queryId?: string
  readonly settings?: Readonly<Record<string, string | number>>
}

export interface Selected<Row> {
  /** Integers beyond 2^53 are decimal strings. */
  readonly rows: readonly Row[]
  readonly queryId: string
  readonly readRows: number
  readonly readBytes: number
  readonly elapsedMs: number
}

type Settings = Record<string, string | number>

const EXECUTION_TIME_S = 30
/** How much longer than its execution time a query may take on the way. */
const GRACE_MS = 5000

function querySettings({ limits = {}, readonly = true, settings = {} }: SelectOptions): Settings {
  const all: Settings = {
    // Errors come as errors, never in the middle of rows.
    wait_end_of_query: 1,
    output_format_json_quote_64bit_integers: 0,
    output_format_json_quote_denormals: 1,
    max_execution_time: limits.executionTime ?? EXECUTION_TIME_S,
    timeout_overflow_mode: 'throw',
  }
  if (readonly) Object.assign(all, { readonly: 2, cancel_http_readonly_queries_on_client_close: 1 })
  if (limits.memory !== undefined) all['max_memory_usage'] = limits.memory
  if (limits.rowsToRead !== undefined) all['max_rows_to_read'] = limits.rowsToRead
  if (limits.resultRows !== undefined) all['max_result_rows'] = limits.resultRows
  if (limits.resultBytes !== undefined) all['max_result_bytes'] = limits.resultBytes
  return { ...all, ...settings }
}

/**
 * Runs one SELECT. A query whose connection broke is sent once more: an idle connection may have been closed at the
 * other end.
 * @throws StoreError: `timeout`, `too_many_rows`, `memory`, `result_too_large`, `cancelled`, `unavailable`, …
 */
export async function select<Row>(
  client: ClickHouseClient,
  url: string,
  sql: string,
  parameters: QueryParameters = {},
  options: SelectOptions = {},
): Promise<Selected<Row>> {
  try {
    return await selectOnce<Row>(client, url, sql, parameters, options)
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'unavailable') throw error
    return selectOnce<Row>(client, url, sql, parameters, options)
  }
}

async function selectOnce<Row>(
  client: ClickHouseClient,
  url: string,
  sql: string,
  parameters: QueryParameters,
  options: SelectOptions,
): Promise<Selected<Row>> {
  const seconds = options.limits?.executionTime ?? EXECUTION_TIME_S
  const timeout = AbortSignal.timeout(seconds * 1000 + GRACE_MS)
  const queryId = options.queryId ?? randomUUID()
  try {
    const result = await client.query({
      query: sql,
      format: options.format ?? 'JSONCompactEachRow',
      query_params: { ...parameters },
      query_id: queryId,
      abort_signal: options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]),
      clickhouse_settings: querySettings(options),
      // Long lists of values outgrow an address.
      use_multipart_params_auto: true,
    })
    const rows = parseLines(await result.text()) as Row[]
    return { rows, queryId, ...summaryOf(result.response_headers['x-clickhouse-summary']) }
  } catch (error) {
    if (options.signal?.aborted === true) throw new StoreError('cancelled', 'The query was cancelled.', error)
    if (timeout.aborted)
      throw new StoreError('timeout', `ClickHouse did not answer within ${seconds} s. Ask for less.`, error)
    throw toStoreError(error, url)
  }
}

function summaryOf(header: string | readonly string[] | undefined): {
  readRows: number
  readBytes: number
  elapsedMs: number
} {
  const summary: Record<string, string> = typeof header === 'string' ? JSON.parse(header) : {}
  return {
    readRows: Number(summary['read_rows'] ?? 0),
    readBytes: Number(summary['read_bytes'] ?? 0),
    elapsedMs: Number(summary['elapsed_ns'] ?? 0) / 1e6,
  }
}
