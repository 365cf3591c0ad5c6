import type { Catalogue, StoredRow } from '@hindwire/entries/catalogue.ts'
import { storedText } from '@hindwire/entries/stored-text.ts'
import type { ColumnType } from '@hindwire/protocols/contract/column.ts'
import type { CallContext } from '@hindwire/rpc/serve-call.ts'
import { quoteName } from '@hindwire/store/quote-name.ts'
import { ENTRIES } from '@hindwire/store/schema.ts'

import type { QueryContext } from './context.ts'
import type { Condition } from './selection.ts'

export interface RowsWanted {
  readonly columns: readonly string[]
  readonly where: Condition
  /** What follows WHERE: order and limit. */
  readonly tail: string
  /** Bytes of each string that are wanted, at most; all of them when left out. */
  readonly textBytes?: number
  /** Value selected beside the row, in its place `_key`. */
  readonly key?: string
}

export type KeyedRow = StoredRow & { readonly _key?: string }

/** Reads rows with the columns that are asked for, and no others. */
export async function readRows(
  { store, catalogue, limits }: QueryContext,
  { columns, where, tail, textBytes, key }: RowsWanted,
  { signal }: Pick<CallContext, 'signal'>,
): Promise<KeyedRow[]> {
  const types = columns.map((column) => typeOf(catalogue, column))
  const expressions = columns.map((column, at) => expression(column, types[at] as ColumnType, textBytes))
  if (key !== undefined) expressions.push(key)
  const sql = `SELECT ${expressions.join(', ')} FROM ${ENTRIES} WHERE ${where.text} ${tail}`
  const { rows } = await store.select(sql, where.params, { limits, signal })
  return rows.map((values) => {
    const row: Record<string, StoredRow[string]> = {}
    for (const [at, column] of columns.entries()) row[column] = value(values[at], types[at] as ColumnType)
    if (key !== undefined) row['_key'] = String(values[columns.length])
    return row
  })
}

function typeOf(catalogue: Catalogue, column: string): ColumnType {
  const spec = catalogue.columns.get(column)
  if (spec === undefined) throw new Error(`the catalogue has no column ${column}`)
  return spec.type
}

/** Strings may hold any bytes, which JSON cannot: they come in base64. */
function expression(column: string, type: ColumnType, textBytes: number | undefined): string {
  const name = quoteName(column)
  if (type === 'string')
    return `base64Encode(${textBytes === undefined ? name : `substring(${name}, 1, ${textBytes})`})`
  return type === 'time' ? `toUnixTimestamp64Micro(${name})` : name
}

function value(json: unknown, type: ColumnType): StoredRow[string] {
  if (type === 'string') return storedText(Buffer.from(json as string, 'base64'))
  return json as StoredRow[string]
}
