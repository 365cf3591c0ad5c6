import { columns } from '@hindwire/protocols/contract/column.ts'
import type { Column } from '@hindwire/protocols/contract/column.ts'

import type { BlockWriter } from './block-writer.ts'
import type { StoredRow } from './catalogue.ts'
import { storedBytes } from './stored-text.ts'

/** Writes a decoded row again, as it was: for blocks of which only some rows are kept. */
export function writeStoredRow(writer: BlockWriter, row: StoredRow): void {
  for (const [at, { name }] of columns().entries()) {
    const value = row[name]
    const column = at as Column
    if (value === undefined) continue
    if (typeof value === 'number') writer.number(column, value)
    else if (typeof value === 'string') writeText(writer, column, value)
    else if (isList(value)) writer.list(column, value)
    else for (const [key, item] of Object.entries(value)) writePair(writer, column, key, item)
  }
  writer.endRow()
}

function isList(value: readonly string[] | Readonly<Record<string, string>>): value is readonly string[] {
  return Array.isArray(value)
}

function writeText(writer: BlockWriter, column: Column, value: string): void {
  const bytes = storedBytes(value)
  writer.bytes(column, bytes, 0, bytes.length)
}

function writePair(writer: BlockWriter, column: Column, key: string, value: string): void {
  const keyBytes = storedBytes(key)
  const both = Buffer.concat([keyBytes, storedBytes(value)])
  writer.pairBytes(column, both, 0, keyBytes.length, keyBytes.length, both.length, false)
}
