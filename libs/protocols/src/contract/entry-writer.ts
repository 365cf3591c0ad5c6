import type { Column } from './column.ts'

/**
 * Where `summarize` puts an entry's values. A column that is not written keeps its default. Each column is written at
 * most once per entry, except that map columns take one call per key; the first value of a repeated map key is joined
 * with later ones by `, ` (RFC 9110, section 5.3).
 *
 * Bytes are copied before the call returns: the buffers of messages are reused, and `summarize` may hand over the same
 * scratch buffer again and again.
 */
export interface EntryWriter {
  /** Sets the entry's protocol when it is not the folder's first (`mdns` of `dns`). */
  protocol(name: string): void
  /** label and string columns, from a JavaScript string. */
  text(column: Column, value: string): void
  /** label and string columns, from bytes as they stood on the wire. */
  bytes(column: Column, bytes: Uint8Array, start: number, end: number): void
  /** Number and time columns. Values outside the column's range are clamped. */
  number(column: Column, value: number): void
  /** `labels` and `strings` columns. */
  list(column: Column, values: readonly string[]): void
  /** One pair of a map column. */
  pair(column: Column, key: string, value: string): void
  /** One pair of a map column, from bytes; the key is put in lower case when `lowerKey` is set. */
  pairBytes(
    column: Column,
    bytes: Uint8Array,
    keyStart: number,
    keyEnd: number,
    valueStart: number,
    valueEnd: number,
    lowerKey: boolean,
  ): void
}
