/** Random rows for this package's tests: every column type, written through the contract's writer. */
import { columns } from '@hindwire/protocols/contract/column.ts'
import type { Column, ColumnSpec } from '@hindwire/protocols/contract/column.ts'
import '@hindwire/protocols/contract/common-columns.ts'
import * as fc from 'fast-check'

import type { BlockWriter } from './block-writer.ts'
import type { StoredRow } from './catalogue.ts'
import { numberRange } from './column-types.ts'
import './name-columns.ts'
import { storedBytes } from './stored-text.ts'

export type SampleRow = Record<string, NonNullable<StoredRow[string]>>

const label = fc.oneof(fc.constantFrom('', 'GET', 'POST', 'é', 'a\0b'), fc.string({ unit: 'binary', maxLength: 12 }))
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  // Lengths around the borders of one, two and three bytes of length prefix.
  fc.constantFrom(0, 47, 48, 49, 127, 128, 129, 16_383, 16_384).map((length) => 'x'.repeat(length)),
  fc.constantFrom(60, 64, 130, 5500, 8192).map((length) => 'ü'.repeat(length)),
)

function valueOf({ type }: ColumnSpec): fc.Arbitrary<NonNullable<StoredRow[string]>> {
  const range = numberRange(type)
  if (range !== undefined)
    return fc.oneof(
      fc.constantFrom(...range),
      fc.maxSafeInteger().map((n) => clamp(n, range)),
    )
  if (type === 'labels') return fc.array(label, { maxLength: 5 })
  if (type === 'strings') return fc.array(text, { maxLength: 5 })
  if (type === 'map') return fc.dictionary(label, text, { maxKeys: 6, noNullPrototype: true })
  return type === 'label' ? label : text
}

function clamp(value: number, [low, high]: readonly [number, number]): number {
  return Math.min(Math.max(value, low), high)
}

/** Rows with any of the columns. Values at their default do not stand in a row. */
export function sampleRows(maxLength: number): fc.Arbitrary<SampleRow[]> {
  const all = Object.fromEntries(columns().map((spec) => [spec.name, valueOf(spec)]))
  return fc.array(fc.record(all, { requiredKeys: ['ts'] }).map(withoutDefaults), { minLength: 1, maxLength })
}

/** The row without columns at their defaults. */
export function withoutDefaults(row: StoredRow): SampleRow {
  const kept = Object.entries(row).filter(([, value]) => value !== undefined && !isDefault(value))
  return Object.fromEntries(kept) as SampleRow
}

function isDefault(value: NonNullable<StoredRow[string]>): boolean {
  if (typeof value === 'object') return Object.keys(value).length === 0
  return value === 0 || value === ''
}

/** Writes a row as a protocol would; every second one through the writer's byte calls. */
export function writeRow(writer: BlockWriter, row: SampleRow): void {
  for (const [at, spec] of columns().entries()) {
    const value = row[spec.name]
    if (value !== undefined) writeValue(writer, at as Column, value, writer.rows % 2 === 1)
  }
  writer.endRow()
}

function writeValue(writer: BlockWriter, column: Column, value: NonNullable<StoredRow[string]>, raw: boolean): void {
  if (typeof value === 'number') writer.number(column, value)
  else if (typeof value === 'string') writeText(writer, column, value, raw)
  else if (isList(value)) writer.list(column, value)
  else for (const [key, item] of Object.entries(value)) writePair(writer, column, key, item, raw)
}

function isList(value: readonly string[] | Readonly<Record<string, string>>): value is readonly string[] {
  return Array.isArray(value)
}

function writeText(writer: BlockWriter, column: Column, value: string, raw: boolean): void {
  const bytes = storedBytes(value)
  if (raw) writer.bytes(column, bytes, 0, bytes.length)
  else writer.text(column, value)
}

function writePair(writer: BlockWriter, column: Column, key: string, value: string, raw: boolean): void {
  if (!raw) {
    writer.pair(column, key, value)
    return
  }
  const name = storedBytes(key)
  const bytes = Buffer.concat([name, storedBytes(value)])
  writer.pairBytes(column, bytes, 0, name.length, name.length, bytes.length, false)
}
