import type { Catalogue, StoredRow } from '@hindwire/entries/catalogue.ts'

/** One member of a call as REST gives it, made of the columns that it names. */
export interface Member {
  readonly name: string
  readonly columns: readonly string[]
  /** Undefined: the call has no such member. */
  readonly read: (row: StoredRow) => unknown
}

/** A format of calls: its members in order. */
export interface Shape {
  readonly members: readonly Member[]
  /** Bytes of each text that it needs at most. */
  readonly textBytes?: number
}

/** The same with only the members that are wanted; null when one of them does not exist. */
export function project(shape: Shape, fields: readonly string[]): Shape | null {
  if (fields.length === 0) return shape
  const wanted = new Set(fields)
  const members = shape.members.filter(({ name }) => wanted.delete(name))
  return wanted.size === 0 ? { ...shape, members } : null
}

/** Columns that all members need together. */
export function columnsOf({ members }: Shape, catalogue: Catalogue): readonly string[] {
  const wanted = new Set(members.flatMap(({ columns }) => columns))
  return [...catalogue.columns.keys()].filter((column) => wanted.has(column))
}

export function shapeRow({ members }: Shape, row: StoredRow): Record<string, unknown> {
  const call: Record<string, unknown> = {}
  for (const { name, read } of members) {
    const value = read(row)
    if (value !== undefined) call[name] = value
  }
  return call
}

/** Text of a label or string column; undefined where it is empty. */
export function textOf(row: StoredRow, column: string): string | undefined {
  const value = row[column]
  return typeof value === 'string' && value !== '' ? value.toWellFormed() : undefined
}

/** A string column as it is stored, bytes that are no text included. */
export function storedString(row: StoredRow, column: string): string {
  const value = row[column]
  return typeof value === 'string' ? value : ''
}

export function numberOf(row: StoredRow, column: string): number {
  const value = row[column]
  return typeof value === 'number' ? value : 0
}

/** A member that is a text column. */
export function textMember(name: string, column: string): Member {
  return { name, columns: [column], read: (row) => textOf(row, column) }
}

/** An object without the members that have no value; undefined when it has none. */
export function compactObject(members: Readonly<Record<string, unknown>>): Record<string, unknown> | undefined {
  const kept = Object.entries(members).filter(([, value]) => value !== undefined)
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}
