/**
 * The table of dissections: which numbers exist, and whose rows may be seen. Each change is one insert of a whole row
 * with a higher revision.
 */
import { randomInt } from 'node:crypto'

import type { StoreClient } from './client.ts'
import { DISSECTIONS, ENTRIES } from './schema.ts'
import { StoreError } from './store-error.ts'

export interface Dissection {
  /** Number in the column `dissection` of its rows. */
  readonly id: number
  readonly snapshot: string
  readonly name: string
  /** `running` or `completed`. What lies between is the job's state, not the store's. */
  readonly status: string
  /** Its rows are complete and may be queried. */
  readonly visible: boolean
  /** ms since 1970. */
  readonly createdAt: number
  /** ms since 1970; 0 until it is sealed. */
  readonly sealedAt: number
  /** 0 until it is sealed, as are the following. */
  readonly entryCount: number
  readonly protocolCounts: Readonly<Record<string, number>>
  /** µs since 1970; 0 where there are no entries. */
  readonly firstTs: number
  readonly lastTs: number
  readonly schemaVersion: string
}

export interface EntryCounts {
  readonly entryCount: number
  readonly protocolCounts: Readonly<Record<string, number>>
  /** µs since 1970; 0 where there are no entries. */
  readonly firstTs: number
  readonly lastTs: number
}

const COLUMNS = `id, snapshot, name, status, visible, toUnixTimestamp64Milli(created_at),
  toUnixTimestamp64Milli(sealed_at), entry_count, protocol_counts, toUnixTimestamp64Micro(first_ts),
  toUnixTimestamp64Micro(last_ts), schema_version`

type DissectionRow = readonly [
  id: number,
  snapshot: string,
  name: string,
  status: string,
  visible: number,
  createdAt: number,
  sealedAt: number,
  entryCount: number,
  protocolCounts: Readonly<Record<string, number>>,
  firstTs: number,
  lastTs: number,
  schemaVersion: string,
]

function fromRow(row: DissectionRow): Dissection {
  const [
    id,
    snapshot,
    name,
    status,
    visible,
    createdAt,
    sealedAt,
    entryCount,
    protocolCounts,
    firstTs,
    lastTs,
    version,
  ] = row
  return {
    id,
    snapshot,
    name,
    status,
    visible: visible === 1,
    createdAt,
    sealedAt,
    entryCount,
    protocolCounts,
    firstTs,
    lastTs,
    schemaVersion: version,
  }
}

/** All that exist, oldest first; also those that still run. */
export async function listDissections(client: Pick<StoreClient, 'select'>): Promise<Dissection[]> {
  const sql = `SELECT ${COLUMNS} FROM ${DISSECTIONS} FINAL WHERE deleted = 0 ORDER BY created_at, id`
  const { rows } = await client.select<DissectionRow>(sql)
  return rows.map(fromRow)
}

export async function findDissection(client: StoreClient, snapshot: string, name: string): Promise<Dissection | null> {
  const { rows } = await client.select<DissectionRow>(
    `SELECT ${COLUMNS} FROM ${DISSECTIONS} FINAL
     WHERE deleted = 0 AND snapshot = {snapshot:String} AND name = {name:String} ORDER BY created_at, id LIMIT 1`,
    { snapshot, name },
  )
  const row = rows[0]
  return row === undefined ? null : fromRow(row)
}

/**
 * Makes a dissection, not visible yet, or finds the one of this name. Who may make it is decided by the job state;
 * this only keeps a repeated command from making two.
 *
 * Its number is the job's. Without one (a store used alone) it is random, so that none is used twice and neither late
 * rows nor tokens of a deleted dissection fall to another.
 */
export async function createDissection(
  client: StoreClient,
  { snapshot, name, schemaVersion }: Pick<Dissection, 'snapshot' | 'name' | 'schemaVersion'>,
  id = randomInt(1, 2 ** 32 - 1),
): Promise<Dissection> {
  const existing = await findDissection(client, snapshot, name)
  if (existing !== null) return existing
  await client.command(
    `INSERT INTO ${DISSECTIONS} (id, revision, snapshot, name, status, created_at, schema_version)
     SELECT {id:UInt32}, 1, {snapshot:String}, {name:String}, 'running', now64(3), {version:String}`,
    { id, snapshot, name, version: schemaVersion },
    { settings: { async_insert: 0 } },
  )
  const created = await findDissection(client, snapshot, name)
  if (created === null)
    throw new StoreError('failed', `the dissection ${snapshot}/${name} was deleted while it was made`)
  return created
}

export type DissectionState = 'absent' | 'open' | 'sealed' | 'dropped'

/** Where a number is in its life. A dropped one never comes back. */
export async function dissectionState(client: StoreClient, id: number): Promise<DissectionState> {
  const { rows } = await client.select<[number, number]>(
    `SELECT visible, deleted FROM ${DISSECTIONS} FINAL WHERE id = {id:UInt32}`,
    { id },
  )
  const row = rows[0]
  if (row === undefined) return 'absent'
  const [visible, deleted] = row
  if (deleted === 1) return 'dropped'
  return visible === 1 ? 'sealed' : 'open'
}

/**
 * Makes a dissection of a number that the job state gave out, not visible yet and without a name until it is sealed.
 * May be repeated; returns what it is then.
 */
export async function registerDissection(
  client: StoreClient,
  id: number,
  schemaVersion: string,
): Promise<DissectionState> {
  const state = await dissectionState(client, id)
  if (state !== 'absent') return state
  await client.command(
    `INSERT INTO ${DISSECTIONS} (id, revision, status, created_at, schema_version)
     SELECT {id:UInt32}, 1, 'running', now64(3), {version:String}`,
    { id, version: schemaVersion },
    { settings: { async_insert: 0 } },
  )
  return dissectionState(client, id)
}

/** Counts of the rows that are there, visible or not. */
export async function countEntries(client: StoreClient, id: number): Promise<EntryCounts> {
  const { rows } = await client.select<[string, number, number, number]>(
    `SELECT protocol, count(), toUnixTimestamp64Micro(min(ts)), toUnixTimestamp64Micro(max(ts))
     FROM ${ENTRIES} WHERE dissection = {id:UInt32} GROUP BY protocol ORDER BY protocol`,
    { id },
    { limits: { executionTime: 600 } },
  )
  return {
    entryCount: rows.reduce((sum, [, count]) => sum + count, 0),
    protocolCounts: Object.fromEntries(rows.map(([protocol, count]) => [protocol, count])),
    firstTs: rows.length === 0 ? 0 : Math.min(...rows.map(([, , first]) => first)),
    lastTs: rows.length === 0 ? 0 : Math.max(...rows.map(([, , , last]) => last)),
  }
}

/** Partitions beyond this are merged in the background as far as it pays; at once they would take minutes. */
const MERGE_AT_ONCE_BYTES = 8 * 2 ** 30
const MERGE_TIMEOUT_MS = 1_800_000

/** Below this a part is read in full about as fast as by its indexes. */
const SMALL_PART_ROWS = 50_000

/**
 * Leaves one part with its indexes, where that is cheap: each part costs memory, files, and planning time of every
 * query on the table, and parts as they were inserted have no indexes yet.
 */
export async function mergeDissection(client: StoreClient, id: number): Promise<void> {
  const { rows } = await client.select<[number, number, number, number]>(
    `SELECT count(), sum(bytes_on_disk), sum(rows), min(level) FROM system.parts
     WHERE active AND database = {database:String} AND table = {table:String} AND partition_id = {id:String}`,
    { database: client.settings.database, table: ENTRIES, id: String(id) },
  )
  const [parts = 0, bytes = 0, count = 0, level = 0] = rows[0] ?? []
  if (parts === 0 || bytes > MERGE_AT_ONCE_BYTES) return
  if (parts === 1 && (level > 0 || count < SMALL_PART_ROWS)) return
  try {
    await client.command(
      `OPTIMIZE TABLE ${ENTRIES} PARTITION ${partition(id)} FINAL`,
      {},
      { timeoutMs: MERGE_TIMEOUT_MS },
    )
  } catch (error) {
    // Only an optimisation: without room or memory for it, the rows are as good in several parts.
    if (!(error instanceof StoreError) || (error.code !== 'disk_full' && error.code !== 'memory')) throw error
  }
}

/** A partition cannot be a bound parameter. */
function partition(id: number): string {
  if (!Number.isInteger(id) || id < 0 || id > 0xffff_ffff) throw new RangeError(`${id} is no number of a dissection`)
  return String(id)
}

/**
 * All rows are in: counts them, and makes them visible in one step. May be repeated. They can be merged while they are
 * already being queried.
 * @param names what it is called from now on; default: what it was made with
 * @throws StoreError `failed` when there is no such dissection (it was deleted meanwhile)
 */
export async function sealDissection(
  client: StoreClient,
  id: number,
  names?: Pick<Dissection, 'snapshot' | 'name'>,
): Promise<EntryCounts> {
  const counts = await countEntries(client, id)
  await client.command(
    `INSERT INTO ${DISSECTIONS} (id, revision, snapshot, name, status, visible, created_at, sealed_at,
       entry_count, protocol_counts, first_ts, last_ts, schema_version)
     SELECT id, revision + 1, if({named:Bool}, {snapshot:String}, snapshot), if({named:Bool}, {name:String}, name),
       'completed', 1, created_at, now64(3), {count:UInt64},
       mapFromArrays({protocols:Array(String)}, {counts:Array(UInt64)}),
       fromUnixTimestamp64Micro({first:Int64}, 'UTC'), fromUnixTimestamp64Micro({last:Int64}, 'UTC'), schema_version
     FROM ${DISSECTIONS} FINAL WHERE id = {id:UInt32} AND deleted = 0`,
    {
      id,
      named: names !== undefined,
      snapshot: names?.snapshot ?? '',
      name: names?.name ?? '',
      count: counts.entryCount,
      protocols: Object.keys(counts.protocolCounts),
      counts: Object.values(counts.protocolCounts),
      first: counts.firstTs,
      last: counts.lastTs,
    },
    { settings: { async_insert: 0 } },
  )
  const { rows } = await client.select(`SELECT 1 FROM ${DISSECTIONS} FINAL WHERE id = {id:UInt32} AND visible = 1`, {
    id,
  })
  if (rows.length === 0) throw new StoreError('failed', `the dissection ${id} was deleted before it was complete`)
  return counts
}

/** Above that of any other change: whatever else is written about a dropped dissection, it stays dropped. */
const DROPPED_REVISION = '9223372036854775808'

/**
 * Takes the rows out of sight first, then deletes them. May be repeated. A number that is not known yet is dropped,
 * too: its rows may still be on their way.
 */
export async function dropDissection(client: StoreClient, id: number): Promise<void> {
  await client.command(
    `INSERT INTO ${DISSECTIONS} (id, revision, snapshot, name, status, deleted, created_at, schema_version)
     SELECT {id:UInt32}, {revision:UInt64}, any(snapshot), any(name), any(status), 1, any(created_at),
       any(schema_version)
     FROM ${DISSECTIONS} FINAL WHERE id = {id:UInt32}`,
    { id, revision: DROPPED_REVISION },
    { settings: { async_insert: 0 } },
  )
  await client.command(`ALTER TABLE ${ENTRIES} DROP PARTITION ${partition(id)}`)
}

/**
 * Deletes rows of dissections that no longer exist: of a deletion that was interrupted, or of a worker that was late.
 * @param keep numbers of dissections that are being written
 * @returns the numbers whose rows were deleted
 */
export async function dropOrphans(client: StoreClient, keep: readonly number[] = []): Promise<number[]> {
  const { rows } = await client.select<[number]>(
    `SELECT DISTINCT toUInt32(partition_id) AS id FROM system.parts
     WHERE active AND database = {database:String} AND table = {table:String}
       AND id NOT IN (SELECT id FROM ${DISSECTIONS} FINAL WHERE deleted = 0)`,
    { database: client.settings.database, table: ENTRIES },
  )
  const ids = rows.map(([id]) => id).filter((id) => !keep.includes(id))
  for (const id of ids) await client.command(`ALTER TABLE ${ENTRIES} DROP PARTITION ${partition(id)}`)
  return ids
}
