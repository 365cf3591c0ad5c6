import type { SqlQuery } from '@hindwire/kfl/sql.ts'
import type { QueryParameters } from '@hindwire/store/select.ts'

import type { Database } from './databases.ts'
import { type CompiledFilter, FLOW_PROTOCOLS, namesFlows } from './filter.ts'

/** A condition with the values of its placeholders. */
export interface Condition {
  readonly text: string
  readonly params: QueryParameters
}

export interface TimeRange {
  /** ms since 1970; start <= time < end. */
  readonly start?: number | undefined
  readonly end?: number | undefined
}

/** Rows of one database in a time range. Placeholders of filters are `p1`, `p2`, …; these have names of their own. */
export function inDatabase({ id }: Database, { start, end }: TimeRange): Condition {
  const parts = ['dissection = {db:UInt32}']
  const params: Record<string, number> = { db: id }
  if (start !== undefined) {
    parts.push("ts >= fromUnixTimestamp64Milli({start:Int64}, 'UTC')")
    params['start'] = start
  }
  if (end !== undefined) {
    parts.push("ts < fromUnixTimestamp64Milli({end:Int64}, 'UTC')")
    params['end'] = end
  }
  return { text: parts.join(' AND '), params }
}

/** Leaves out flow entries, unless the filter names them. */
export function withoutFlows({ checked }: CompiledFilter): Condition {
  if (namesFlows(checked.tree)) return { text: 'true', params: {} }
  return { text: 'protocol NOT IN {flows:Array(String)}', params: { flows: FLOW_PROTOCOLS } }
}

export function ofFilter(sql: SqlQuery): Condition {
  return { text: `(${sql.text})`, params: sql.params }
}

export function all(...conditions: readonly Condition[]): Condition {
  const text = conditions.map((condition) => condition.text).filter((part) => part !== 'true' && part !== '(true)')
  return { text: text.join(' AND '), params: Object.assign({}, ...conditions.map(({ params }) => params)) }
}
