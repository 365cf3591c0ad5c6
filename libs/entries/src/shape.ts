import type { Catalogue, StoredRow } from './catalogue.ts'
import { numberIn, textIn } from './read-source.ts'

/** One member of a call as REST gives it, made of the columns that it names. */
export interface Member {
  readonly name: string
  readonly columns: readonly string[]
  /** Undefined: the call has no such member. */
  readonly read: (row: StoredRow) => unknown
}

/** A format of calls: its members, in order. */
export interface Shape {
  readonly members: readonly Member[]
  /** Bytes of each string column that it needs at most; all of them where left out. */
  readonly textBytes?: number
}

/** The shape with only the members that are wanted; null where one of them does not exist. */
export function project(shape: Shape, fields: readonly string[]): Shape | null {
  if (fields.length === 0) return shape
  const wanted = new Set(fields)
  const members = shape.members.filter(({ name }) => wanted.has(name))
  const found = new Set(members.map(({ name }) => name))
  return found.size === wanted.size ? { ...shape, members } : null
}

/** Columns that the members need, in the order of the table: what a query has to read. */
export function columnsOf(shape: Shape, catalogue: Catalogue): readonly string[] {
  const wanted = new Set(shape.members.flatMap(({ columns }) => columns))
  return [...catalogue.columns.keys()].filter((column) => wanted.has(column))
}

/** A row as a call. Members without a value are left out. */
export function shapeRow(shape: Shape, row: StoredRow): Record<string, unknown> {
  const call: Record<string, unknown> = {}
  for (const { name, read } of shape.members) {
    const value = read(row)
    if (value !== undefined) call[name] = value
  }
  return call
}

/** Text of a label or string column for JSON; undefined where it is empty. */
export function textOf(row: StoredRow, column: string): string | undefined {
  return textIn(row, column).toWellFormed() || undefined
}

/** Value of a number column; undefined where it is 0. */
export function positive(row: StoredRow, column: string): number | undefined {
  return numberIn(row, column) || undefined
}

/** Value of a list or map column for JSON; undefined where it is empty. */
export function collectionOf(value: StoredRow[string]): unknown {
  if (typeof value !== 'object' || Object.keys(value).length === 0) return undefined
  if (Array.isArray(value)) return value.map((text: string) => text.toWellFormed())
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key.toWellFormed(), text.toWellFormed()]))
}

/** A member that is a text column. */
export function textMember(name: string, column: string): Member {
  return { name, columns: [column], read: (row) => textOf(row, column) }
}

/** A member that is a number column, 0 included. */
export function numberMember(name: string, column: string): Member {
  return { name, columns: [column], read: (row) => numberIn(row, column) }
}

/** The object without members that have no value; undefined where it has none. */
export function withValues(members: Readonly<Record<string, unknown>>): Record<string, unknown> | undefined {
  const kept = Object.entries(members).filter(([, value]) => value !== undefined)
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}
