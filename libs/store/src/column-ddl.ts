/** Physical columns as ClickHouse declares them. */
import { clickhouseType } from '@hindwire/entries/column-types.ts'
import type { ColumnSpec, ColumnType } from '@hindwire/protocols/contract/column.ts'

import { quoteName } from './quote-name.ts'

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
  return `${quoteName(column.name)} ${clickhouseType(column.type)} CODEC(${CODECS[column.type]})`
}
