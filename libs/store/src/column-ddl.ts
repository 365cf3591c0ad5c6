/** Physical columns as ClickHouse declares them. */
import type { ColumnSpec, ColumnType } from '@hindwire/protocols/contract/column.ts'

import { quoteName } from './quote-name.ts'

/** Types without codecs: as `system.columns` and the header of a Native block spell them. */
export const CLICKHOUSE_TYPES: Readonly<Record<ColumnType, string>> = {
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

const ZSTD = 'ZSTD(1)'
/** T64 keeps only the bits that differ within a block: packet and flow numbers, sizes, durations. */
const BITS = 'T64, ZSTD(1)'

const CODECS: Readonly<Record<ColumnType, string>> = {
  label: ZSTD,
  string: ZSTD,
  i32: BITS,
  u8: ZSTD,
  u16: ZSTD,
  u32: BITS,
  u64: BITS,
  time: 'Delta, ZSTD(1)',
  labels: ZSTD,
  strings: ZSTD,
  map: ZSTD,
}

/** `name` type CODEC(…), without the description: a changed wording must not be a changed schema. */
export function columnDdl(column: ColumnSpec): string {
  return `${quoteName(column.name)} ${CLICKHOUSE_TYPES[column.type]} CODEC(${CODECS[column.type]})`
}
