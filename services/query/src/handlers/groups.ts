import { columnsOf, type Shape, shapeRow } from '@hindwire/entries/shape.ts'
import type { CallContext } from '@hindwire/rpc/serve-call.ts'
import { ENTRIES } from '@hindwire/store/schema.ts'

import type { QueryContext } from '../context.ts'
import type { Database } from '../databases.ts'
import { type KeyedRow, readRows } from '../read-rows.ts'
import type { Condition } from '../selection.ts'

/** What calls can be grouped by, as SQL. The namespace is the server's, or the client's where that has none. */
export const GROUP_KEYS = {
  node: 'toString(node)',
  worker: 'toString(node)',
  ns: "toString(if(dst_namespace != '', dst_namespace, src_namespace))",
} as const

export interface GroupsWanted {
  readonly database: Database
  readonly key: string
  readonly where: Condition
  /** Calls of each group. */
  readonly limit: number
  readonly descending: boolean
  readonly shape: Shape
}

/** Groups in one answer, those with most calls; and calls in one answer, over all groups. */
const MAX_GROUPS = 200
const MAX_CALLS = 5000
/** Exact quantiles keep every value in memory; above this, they are within half a percent. */
const EXACT_UP_TO = 20_000_000

type GroupRow = readonly [key: string, count: number, errors: number, pairs: number, quantiles: readonly number[]]

/** `group_by`: figures per group, and the first calls of each. */
export async function groupCalls(context: QueryContext, wanted: GroupsWanted, call: CallContext): Promise<object> {
  const { database, key, where, limit, descending, shape } = wanted
  const groups = await readGroups(context, database, key, where, call)
  const shown = groups.slice(0, MAX_GROUPS)
  const perGroup = Math.max(1, Math.min(limit, Math.floor(MAX_CALLS / Math.max(1, shown.length))))
  const direction = descending ? 'DESC' : 'ASC'
  const order = `ORDER BY ts ${direction}, flow ${direction}, \`index\` ${direction}`
  // First which calls, by narrow columns, then those calls: bodies of others are never read.
  const first = `SELECT ts, flow, \`index\` FROM ${ENTRIES} WHERE ${where.text} AND ${key} IN {keys:Array(String)}
    ${order} LIMIT ${perGroup} BY ${key}`
  const tail = `AND (ts, flow, \`index\`) IN (${first}) ${order}`
  const columns = columnsOf(shape, context.catalogue)
  const condition = { text: where.text, params: { ...where.params, keys: shown.map(([name]) => name) } }
  const textBytes = shape.textBytes === undefined ? {} : { textBytes: shape.textBytes }
  const rows =
    shown.length === 0 ? [] : await readRows(context, { columns, where: condition, tail, key, ...textBytes }, call)
  const callsOf = Map.groupBy(rows, (row: KeyedRow) => row._key ?? '')
  const total = groups.reduce((sum, [, count]) => sum + count, 0)
  return {
    groups: shown.map(([name, count, errors, pairs, [p50, p95]]) => ({
      key: name,
      count,
      error_count: errors,
      ...(pairs === 0 ? {} : { p50_ms: (p50 ?? 0) / 1000, p95_ms: (p95 ?? 0) / 1000 }),
      calls: (callsOf.get(name) ?? []).map((row) => shapeRow(shape, row)),
    })),
    total,
    truncated: groups.length > shown.length || shown.some(([, count]) => count > perGroup),
  }
}

async function readGroups(
  { store, limits }: QueryContext,
  { entryCount }: Database,
  key: string,
  where: Condition,
  { signal }: CallContext,
): Promise<GroupRow[]> {
  const pair = 'request_first_packet > 0 AND response_first_packet > 0'
  const quantiles =
    entryCount > EXACT_UP_TO
      ? `quantilesDDIf(0.005, 0.5, 0.95)(elapsed_us, ${pair})`
      : `quantilesExactIf(0.5, 0.95)(elapsed_us, ${pair})`
  const { rows } = await store.select<GroupRow>(
    `SELECT ${key} AS name, count() AS calls, sum(is_error), countIf(${pair}), ${quantiles}
     FROM ${ENTRIES} WHERE ${where.text} GROUP BY name ORDER BY calls DESC, name LIMIT 10000`,
    where.params,
    { limits, signal },
  )
  return [...rows]
}
