import type { ColumnType } from '@hindwire/protocols/contract/column.ts'

/**
 * Storage types in ClickHouse's words. Native blocks carry these names, and the tables are made with them. Labels are
 * dictionaries of their block; times are whole microseconds, which Native carries as a signed 64-bit integer.
 */
const clickhouseTypes: Readonly<Record<ColumnType, string>> = {
  label: 'LowCardinality(String)',
  string: 'String',
  i32: 'Int32',
  u8: 'UInt8',
  u16: 'UInt16',
  u32: 'UInt32',
  u64: 'UInt64',
  time: "DateTime64(6, 'UTC')",
  labels: 'Array(LowCardinality(String))',
  strings: 'Array(String)',
  map: 'Map(LowCardinality(String), String)',
}

/** ClickHouse type of a column, e.g. `LowCardinality(String)` of `label`. */
export function clickhouseType(type: ColumnType): string {
  return clickhouseTypes[type]
}

const ranges: Readonly<Partial<Record<ColumnType, readonly [low: number, high: number]>>> = {
  i32: [-0x8000_0000, 0x7fff_ffff],
  u8: [0, 0xff],
  u16: [0, 0xffff],
  u32: [0, 0xffff_ffff],
  u64: [0, Number.MAX_SAFE_INTEGER],
  // Times before 1970 are clock errors of the capturing machine. ClickHouse would take them; a page by time would not.
  time: [0, Number.MAX_SAFE_INTEGER],
}

/** Lowest and highest value that a number or time column stores; undefined for the other types. */
export function numberRange(type: ColumnType): readonly [low: number, high: number] | undefined {
  return ranges[type]
}
