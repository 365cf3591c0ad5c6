import type { BlockOutput } from './block-output.ts'
import type { Meter } from './byte-column.ts'
import type { SourceBytes } from './source-bytes.ts'

/** What the columns of the open block share. */
export interface OpenBlock {
  readonly meter: Meter
  readonly source: SourceBytes
  readonly maxRows: number
}

/** A column of the open block. Rows that it did not get are at the type's default. */
export interface Builder {
  /** True where every row of the block is at its default: the block leaves the column out. */
  readonly empty: boolean
  /** Brings the column to `rows` rows; its size in the block, in bytes, without name and type. */
  finish(rows: number): number
  write(output: BlockOutput, rows: number): void
  /** Back to no rows, for the next block. */
  clear(): void
}
