import type { StoredRow } from './catalogue.ts'
import { BlockError, NativeReader } from './native-reader.ts'
import { storedText } from './stored-text.ts'

type Value = NonNullable<StoredRow[string]>

/** Rows of the blocks in `bytes` (ClickHouse Native), with the columns that they carry. @throws BlockError */
export function decodeBlocks(bytes: Uint8Array): StoredRow[] {
  const reader = new NativeReader(bytes)
  const rows: StoredRow[] = []
  while (!reader.ended) for (const row of decodeBlock(reader)) rows.push(row)
  return rows
}

function decodeBlock(reader: NativeReader): StoredRow[] {
  const columnCount = reader.varint()
  const rowCount = reader.varint()
  const rows: Record<string, Value>[] = []
  for (let column = 0; column < columnCount; column++) {
    const name = storedText(reader.string())
    const type = storedText(reader.string())
    // A block without rows has no data behind its names and types.
    const values = rowCount === 0 ? [] : readColumn(reader, type, rowCount)
    for (const [at, value] of values.entries()) (rows[at] ??= {})[name] = value
  }
  return rows
}

function readColumn(reader: NativeReader, type: string, rows: number): readonly Value[] {
  switch (type) {
    case 'LowCardinality(String)':
      readLabelPrefix(reader)
      return readLabels(reader, rows)
    case 'String':
      return readStrings(reader, rows)
    case 'Array(LowCardinality(String))': {
      readLabelPrefix(reader)
      const ends = readEnds(reader, rows)
      return split(readLabels(reader, ends.at(-1) ?? 0), ends)
    }
    case 'Array(String)': {
      const ends = readEnds(reader, rows)
      return split(readStrings(reader, ends.at(-1) ?? 0), ends)
    }
    case 'Map(LowCardinality(String), String)': {
      readLabelPrefix(reader)
      const ends = readEnds(reader, rows)
      const keys = readLabels(reader, ends.at(-1) ?? 0)
      return maps(keys, readStrings(reader, ends.at(-1) ?? 0), ends)
    }
    default:
      return readNumbers(reader, type, rows)
  }
}

function readNumbers(reader: NativeReader, type: string, rows: number): readonly number[] {
  const next = numberReader(reader, type.startsWith('DateTime64') ? 'Int64' : type)
  return Array.from({ length: rows }, next)
}

function numberReader(reader: NativeReader, type: string): () => number {
  switch (type) {
    case 'UInt8':
      return () => reader.u8()
    case 'UInt16':
      return () => reader.u16()
    case 'UInt32':
      return () => reader.u32()
    case 'Int32':
      return () => reader.i32()
    case 'UInt64':
      return () => reader.u64()
    case 'Int64':
      return () => reader.i64()
    case 'Float64':
      return () => reader.f64()
    default:
      throw new BlockError(`the block has a column of type ${type}, which is not read`)
  }
}

function readStrings(reader: NativeReader, count: number): readonly string[] {
  return Array.from({ length: count }, () => storedText(reader.string()))
}

function readEnds(reader: NativeReader, rows: number): readonly number[] {
  return Array.from({ length: rows }, () => reader.u64())
}

function readLabelPrefix(reader: NativeReader): void {
  if (reader.u64() !== 1) throw new BlockError('the block has labels of an unknown version')
}

/** Flags beside the width of the indexes: a dictionary shared between blocks is for the server's own files. */
const NEEDS_GLOBAL_DICTIONARY = 1 << 8

function readLabels(reader: NativeReader, count: number): readonly string[] {
  if (count === 0) return []
  const flags = reader.u64()
  if ((flags & NEEDS_GLOBAL_DICTIONARY) !== 0) throw new BlockError('the block has labels without their dictionary')
  const keys = readStrings(reader, reader.u64())
  const indexes = reader.u64()
  if (indexes !== count) throw new BlockError('the block has a wrong number of labels')
  const next = numberReader(reader, ['UInt8', 'UInt16', 'UInt32', 'UInt64'][flags & 0xff] ?? 'unknown')
  return Array.from({ length: count }, () => {
    const key = keys[next()]
    if (key === undefined) throw new BlockError('the block has a label that its dictionary does not hold')
    return key
  })
}

function split(values: readonly string[], ends: readonly number[]): readonly (readonly string[])[] {
  return ends.map((end, row) => values.slice(row === 0 ? 0 : ends[row - 1], end))
}

function maps(
  keys: readonly string[],
  values: readonly string[],
  ends: readonly number[],
): readonly Readonly<Record<string, string>>[] {
  return ends.map((end, row) => {
    const start = row === 0 ? 0 : (ends[row - 1] ?? 0)
    // Entries, not assignments: a header may be called __proto__.
    return Object.fromEntries(keys.slice(start, end).map((key, at) => [key, values[start + at] ?? '']))
  })
}
