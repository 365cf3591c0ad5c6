import { clauses } from '@hindwire/kfl/compile.ts'
import type { CallContext } from '@hindwire/rpc/serve-call.ts'
import { ENTRIES } from '@hindwire/store/schema.ts'

import type { QueryContext } from './context.ts'
import type { Database } from './databases.ts'
import type { CompiledFilter } from './filter.ts'
import { all, type Condition, inDatabase, ofFilter, type TimeRange, withoutFlows } from './selection.ts'

export interface ClauseCount {
  /** As written. */
  readonly source: string
  readonly normal: string
  readonly rows: number
}

/** More clauses than these are not counted one by one: each is a query. */
const MAX_CLAUSES = 16

export async function countRows(
  { store, limits }: QueryContext,
  where: Condition,
  { signal }: Pick<CallContext, 'signal'>,
): Promise<number> {
  const sql = `SELECT count() FROM ${ENTRIES} WHERE ${where.text}`
  const { rows } = await store.select<[number]>(sql, where.params, { limits, signal })
  return rows[0]?.[0] ?? 0
}

/** How many rows each of a filter's conditions matches by itself. */
export function countClauses(
  context: QueryContext,
  filter: CompiledFilter,
  where: Condition,
  call: Pick<CallContext, 'signal'>,
): Promise<ClauseCount[]> {
  const parts = clauses(filter.checked).slice(0, MAX_CLAUSES)
  return Promise.all(
    parts.map(async ({ source, normal, sql }) => {
      const rows = await countRows(context, all(where, ofFilter(sql)), call)
      return { source: source === '' ? normal : source, normal, rows }
    }),
  )
}

/** Why an answer has no calls, in a sentence. */
export async function hintOf(
  context: QueryContext,
  database: Database,
  filter: CompiledFilter,
  range: TimeRange,
  call: Pick<CallContext, 'signal'>,
): Promise<string> {
  const name = `${database.snapshot}/${database.name}`
  if (database.entryCount === 0) return `The database ${name} has no calls: its dissection found none.`
  const within = all(inDatabase(database, range), withoutFlows(filter))
  const inRange = await countRows(context, within, call)
  if (inRange === 0) {
    const [first, last] = [database.firstTs, database.lastTs].map((us) => Math.floor(us / 1000))
    return `No call lies between start and end: those of ${name} are from ${first} to ${last} (ms since 1970).`
  }
  const counted = await countClauses(context, filter, within, call)
  const none = counted.filter(({ rows }) => rows === 0).map(({ source }) => `\`${source}\``)
  if (none.length > 0) return `${none.join(' and ')} matches none of the ${inRange} calls.`
  const some = counted.map(({ source, rows }) => `\`${source}\` matches ${rows}`).join(', ')
  return counted.length < 2
    ? 'Only flow entries match. Name them (tcp_flow, udp_flow) to see them.'
    : `Each condition matches some of the ${inRange} calls, but none matches all of them: ${some}.`
}
