/** The store as services use it: both users' connections, the tables brought up to date, and the dissections. */
import type { ColumnSpec } from '@hindwire/protocols/contract/column.ts'

import { openClient } from './client.ts'
import type { StoreClient } from './client.ts'
import type { StoreConnections, StoreLog } from './connection.ts'
import {
  countEntries,
  createDissection,
  dissectionState,
  dropDissection,
  dropOrphans,
  findDissection,
  listDissections,
  mergeDissection,
  registerDissection,
  sealDissection,
} from './dissections.ts'
import type { Dissection, DissectionState, EntryCounts } from './dissections.ts'
import type { InsertOptions } from './insert-native.ts'
import { createDatabase, migrate } from './migrate.ts'
import type { Migration } from './migrate.ts'
import { ENTRIES, schemaVersion } from './schema.ts'
import type { QueryParameters, SelectOptions, Selected } from './select.ts'

export interface StoreOptions {
  readonly connections: StoreConnections
  /** Of the catalogue: all that rows may have. */
  readonly columns: Iterable<ColumnSpec>
  readonly log?: StoreLog
}

export interface Store {
  /** See schema.ts: blocks of rows of another version are not for this store. */
  readonly schemaVersion: string
  /** The read-write user: for what the methods below do not cover. */
  readonly rw: StoreClient
  /** The user for people's queries. */
  readonly ro: StoreClient
  /** Creates database and tables, or adds what is new. */
  migrate(): Promise<Migration>
  /** Inserts a block of entries of one dissection, exactly once; see insert-native.ts. */
  insertEntries(block: Uint8Array, options: Omit<InsertOptions, 'table'>): Promise<void>
  /** A SELECT as the read-only user; see select.ts. */
  select<Row = readonly unknown[]>(
    sql: string,
    parameters?: QueryParameters,
    options?: SelectOptions,
  ): Promise<Selected<Row>>
  listDissections(): Promise<Dissection[]>
  findDissection(snapshot: string, name: string): Promise<Dissection | null>
  /** Makes it, invisible, or finds the one of this name. `id` is the job's number. */
  createDissection(snapshot: string, name: string, id?: number): Promise<Dissection>
  dissectionState(id: number): Promise<DissectionState>
  /** Makes one of a number that the job state gave out, invisible, or finds it. */
  registerDissection(id: number): Promise<DissectionState>
  /** All rows are in: makes them visible in one step. */
  sealDissection(id: number, names?: Pick<Dissection, 'snapshot' | 'name'>): Promise<EntryCounts>
  /** Leaves one part with its indexes, where that is cheap: queries are faster then. May take seconds. */
  mergeDissection(id: number): Promise<void>
  dropDissection(id: number): Promise<void>
  /** Deletes rows that belong to no dissection, except those of `keep`, which are being written; at start. */
  dropOrphans(keep?: readonly number[]): Promise<number[]>
  countEntries(id: number): Promise<EntryCounts>
  close(): Promise<void>
}

/** Opens the connections; nothing is sent yet. */
export function openStore({ connections, columns, log = () => {} }: StoreOptions): Store {
  const specs = [...columns]
  const version = schemaVersion(specs)
  const rw = openClient(connections.rw)
  const ro = openClient(connections.ro)
  return {
    schemaVersion: version,
    rw,
    ro,
    async migrate() {
      await createDatabase(connections.rw)
      const migration = await migrate(rw, specs)
      if (migration.changed) log({ level: 'info', message: sentence(version, migration) })
      return migration
    },
    insertEntries: (block, options) => rw.insertNative(block, { ...options, table: ENTRIES }),
    select: (sql, parameters, options) => ro.select(sql, parameters, options),
    listDissections: () => listDissections(rw),
    findDissection: (snapshot, name) => findDissection(rw, snapshot, name),
    createDissection: (snapshot, name, id) => createDissection(rw, { snapshot, name, schemaVersion: version }, id),
    dissectionState: (id) => dissectionState(rw, id),
    registerDissection: (id) => registerDissection(rw, id, version),
    sealDissection: (id, names) => sealDissection(rw, id, names),
    mergeDissection: (id) => mergeDissection(rw, id),
    dropDissection: (id) => dropDissection(rw, id),
    dropOrphans: (keep) => dropOrphans(rw, keep),
    countEntries: (id) => countEntries(rw, id),
    close: async () => {
      await Promise.all([rw.close(), ro.close()])
    },
  }
}

function sentence(version: string, { addedColumns, addedIndexes }: Migration): string {
  const added = [...addedColumns, ...addedIndexes]
  return `tables are at schema ${version}${added.length === 0 ? '' : `; added ${added.join(', ')}`}`
}
