import { compactShape } from '@hindwire/entries/shape-compact.ts'
import { fullShape } from '@hindwire/entries/shape-full.ts'
import { rawShape } from '@hindwire/entries/shape-raw.ts'
import { columnsOf, project, type Shape, shapeRow } from '@hindwire/entries/shape.ts'
import type { CallsRequest } from '@hindwire/rpc/gen/hindwire/v1/query_pb.ts'
import type { CallContext } from '@hindwire/rpc/serve-call.ts'
import { AppError } from '@hindwire/service-kit/app-error.ts'
import { StoreError } from '@hindwire/store/store-error.ts'

import type { QueryContext } from '../context.ts'
import { queryHash, readCursor, writeCursor } from '../cursor.ts'
import { existing, findDatabase, listDatabases } from '../databases.ts'
import { requireFilter } from '../filter.ts'
import { countRows, hintOf } from '../hint.ts'
import { type KeyedRow, readRows } from '../read-rows.ts'
import { all, type Condition, inDatabase, ofFilter, type TimeRange, withoutFlows } from '../selection.ts'
import { GROUP_KEYS, groupCalls } from './groups.ts'

const DEFAULT_LIMIT = 100
const MAX_LIMIT = 1000
/** The key of a page: rows are in this order in the table, too. */
const KEY = ['ts', 'flow', 'index'] as const

export async function calls(context: QueryContext, request: CallsRequest, call: CallContext): Promise<object> {
  const { limit, descending } = pageOf(request)
  const shape = shapeOf(context, request)
  const { db, kfl } = selectionOf(request)
  if (db === '') return withoutDatabase(context, request)
  const range = rangeOf(request)
  const database = await findDatabase(context.store, db)
  const hash = queryHash([database.id, kfl, range.start ?? null, range.end ?? null, descending])
  const cursor = request.page?.cursor ?? ''
  const from = cursor === '' ? null : readCursor(cursor, hash)
  const now = from?.now ?? Date.now()
  const filter = requireFilter(kfl, context.catalogue, now, [database])
  const where = all(inDatabase(database, range), withoutFlows(filter), ofFilter(filter.sql))
  const key = groupKey(request.groupBy)
  if (key !== null) {
    if (cursor !== '') throw new AppError('invalid_cursor', 400, 'Groups have no pages: leave out cursor or group_by.')
    return groupCalls(context, { database, key, where, limit, descending, shape }, call)
  }
  const columns = [...new Set([...KEY, ...columnsOf(shape, context.catalogue)])]
  const page = from === null ? where : all(where, beyond(from, descending))
  const wanted = { columns, where: page, limit, descending, shape }
  const [rows, total] = await Promise.all([readPage(context, wanted, call), countRows(context, where, call)])
  const answer = { calls: rows.page.map((row) => shapeRow(shape, row)), total, truncated: rows.more }
  if (total === 0) return { ...answer, hint: await hintOf(context, database, filter, range, call) }
  const last = rows.page.at(-1)
  if (!rows.more || last === undefined) return answer
  return { ...answer, next_cursor: writeCursor(hash, { ...positionOf(last), now }) }
}

interface PageWanted {
  readonly columns: readonly string[]
  readonly where: Condition
  readonly limit: number
  readonly descending: boolean
  readonly shape: Shape
}

/** One row more than the page tells whether there are more. Rows too large for one answer make it a shorter page. */
async function readPage(
  context: QueryContext,
  { columns, where, limit, descending, shape }: PageWanted,
  call: CallContext,
): Promise<{ page: KeyedRow[]; more: boolean }> {
  const direction = descending ? 'DESC' : 'ASC'
  const tail = `ORDER BY ts ${direction}, flow ${direction}, \`index\` ${direction} LIMIT ${limit + 1}`
  const textBytes = shape.textBytes === undefined ? {} : { textBytes: shape.textBytes }
  try {
    const rows = await readRows(context, { columns, where, tail, ...textBytes }, call)
    return { page: rows.slice(0, limit), more: rows.length > limit }
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'result_too_large' || limit === 1) throw error
    return readPage(context, { columns, where, limit: Math.ceil(limit / 4), descending, shape }, call)
  }
}

function positionOf(row: KeyedRow) {
  return { ts: Number(row['ts']), flow: Number(row['flow']), index: Number(row['index']) }
}

/** Rows behind a position. The bound on `ts` alone is what the primary index understands. */
function beyond({ ts, flow, index }: ReturnType<typeof positionOf>, descending: boolean): Condition {
  const op = descending ? '<' : '>'
  const at = "fromUnixTimestamp64Micro({at:Int64}, 'UTC')"
  const behind = `(ts, flow, \`index\`) ${op} (${at}, {atFlow:UInt64}, {atIndex:UInt32})`
  return { text: `ts ${op}= ${at} AND ${behind}`, params: { at: ts, atFlow: flow, atIndex: index } }
}

function pageOf({ page }: CallsRequest): { limit: number; descending: boolean } {
  const limit = page === undefined || page.limit === 0 ? DEFAULT_LIMIT : page.limit
  if (limit > MAX_LIMIT) throw invalid('limit', `must be a whole number from 1 to ${MAX_LIMIT}`)
  const order = page?.order ?? ''
  if (!['', 'asc', 'desc'].includes(order)) throw invalid('order', 'must be asc or desc')
  return { limit, descending: order !== 'asc' }
}

function shapeOf({ catalogue }: QueryContext, { format, fields }: CallsRequest): Shape {
  const shapes = { '': compactShape, compact: compactShape, full: fullShape, raw: rawShape }
  const make = Object.hasOwn(shapes, format) ? shapes[format as keyof typeof shapes] : null
  if (make === null) throw invalid('format', 'must be compact, full or raw')
  const whole = make(catalogue)
  const shape = project(whole, fields)
  if (shape !== null) return shape
  const names = whole.members.map(({ name }) => name)
  const unknown = fields.filter((field) => !names.includes(field)).map((field) => JSON.stringify(field.slice(0, 80)))
  const text = `Calls of this format have no member ${unknown.join(', ')}. They have ${names.join(', ')}.`
  throw new AppError('unknown_field', 400, text, { details: { allowed: names } })
}

function groupKey(groupBy: string): string | null {
  if (groupBy === '') return null
  const key = Object.hasOwn(GROUP_KEYS, groupBy) ? GROUP_KEYS[groupBy as keyof typeof GROUP_KEYS] : undefined
  if (key === undefined) throw invalid('group_by', `must be one of ${Object.keys(GROUP_KEYS).join(', ')}`)
  return key
}

function selectionOf({ selection }: CallsRequest) {
  return { db: selection?.db ?? '', kfl: selection?.kfl ?? '' }
}

function rangeOf({ selection }: CallsRequest): TimeRange {
  const { startMs, endMs } = selection ?? {}
  return {
    start: startMs === undefined ? undefined : Number(startMs),
    end: endMs === undefined ? undefined : Number(endMs),
  }
}

function invalid(name: string, problem: string): AppError {
  return new AppError('invalid_parameter', 400, `The parameter "${name}" ${problem}.`)
}

/** No realtime databases exist: there are no capture agents that make them. The filter is checked all the same. */
async function withoutDatabase(context: QueryContext, request: CallsRequest): Promise<object> {
  requireFilter(selectionOf(request).kfl, context.catalogue, Date.now(), [])
  const all = await listDatabases(context.store)
  const hint = `There are no realtime databases. Name one with db=<snapshot>/<dissection>. ${existing(all)}`
  const nothing = request.groupBy === '' ? { calls: [] } : { groups: [] }
  return { ...nothing, total: 0, truncated: false, hint }
}
