/** A connection to ClickHouse as one user. The only place that makes one. */
import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import type { ClickHouseClient } from '@clickhouse/client'

import type { ConnectionSettings } from './connection.ts'
import { insertNative } from './insert-native.ts'
import type { InsertOptions } from './insert-native.ts'
import { select } from './select.ts'
import type { QueryParameters, SelectOptions, Selected } from './select.ts'
import { toStoreError } from './store-error.ts'

export interface StoreClient {
  readonly settings: ConnectionSettings
  /** See insert-native.ts. */
  insertNative(block: Uint8Array, options: InsertOptions): Promise<void>
  /** See select.ts. */
  select<Row = readonly unknown[]>(
    sql: string,
    parameters?: QueryParameters,
    options?: SelectOptions,
  ): Promise<Selected<Row>>
  /**
   * Runs a statement that answers nothing (DDL, INSERT … SELECT). `timeoutMs` is for those that take long.
   * @throws StoreError
   */
  command(sql: string, parameters?: QueryParameters, options?: CommandOptions): Promise<void>
  /** True when the server answers to this user. */
  ping(): Promise<boolean>
  close(): Promise<void>
}

export interface CommandOptions {
  readonly settings?: Readonly<Record<string, string | number>>
  /** Default 60,000. */
  readonly timeoutMs?: number
}

/** Upper bound of any request; what runs shorter is bounded by its own signal. */
const REQUEST_TIMEOUT_MS = 3_600_000
const COMMAND_TIMEOUT_MS = 60_000
const MAX_CONNECTIONS = 32

export function openClient(settings: ConnectionSettings): StoreClient {
  const client: ClickHouseClient = createClient({
    ...settings,
    application: 'hindwire',
    request_timeout: REQUEST_TIMEOUT_MS,
    max_open_connections: MAX_CONNECTIONS,
    // Errors are thrown to the caller, who knows whether they are worth a line.
    log: { level: ClickHouseLogLevel.OFF },
  })
  return {
    settings,
    insertNative: (block, options) => insertNative(client, settings.url, block, options),
    select: (sql, parameters, options) => select(client, settings.url, sql, parameters, options),
    async command(sql, parameters, options) {
      try {
        await client.command({
          query: sql,
          abort_signal: AbortSignal.timeout(options?.timeoutMs ?? COMMAND_TIMEOUT_MS),
          clickhouse_settings: { wait_end_of_query: 1, ...options?.settings },
          ...(parameters === undefined ? {} : { query_params: { ...parameters } }),
        })
      } catch (error) {
        throw toStoreError(error, settings.url)
      }
    },
    ping: async () => (await client.ping({ select: true })).success,
    close: () => client.close(),
  }
}
