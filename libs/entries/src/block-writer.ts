import { columns } from '@hindwire/protocols/contract/column.ts'
import type { Column, ColumnSpec } from '@hindwire/protocols/contract/column.ts'
import { Columns } from '@hindwire/protocols/contract/common-columns.ts'
import type { EntryWriter } from '@hindwire/protocols/contract/entry-writer.ts'

import { BlockOutput } from './block-output.ts'
import { BufferPool } from './buffer-pool.ts'
import type { Builder, OpenBlock } from './builder.ts'
import { varintLength } from './byte-column.ts'
import { clickhouseType } from './column-types.ts'
import { LabelBuilder } from './label-builder.ts'
import { LabelsBuilder, StringsBuilder } from './list-builder.ts'
import type { ListBuilder } from './list-builder.ts'
import { MapBuilder } from './map-builder.ts'
import { NumberBuilder } from './number-builder.ts'
import { SourceBytes } from './source-bytes.ts'
import { StringBuilder } from './string-builder.ts'

/** Counts of one entry protocol's rows. */
export interface ProtocolTally {
  entries: number
  /** Rows with a request. */
  requests: number
  /** Rows with a response. */
  responses: number
  /** Rows whose protocol says that the request failed. */
  errors: number
}

/** Columns that a block always has, zeros too: those that name a row, and place it. */
const always: ReadonlySet<Column> = new Set([Columns.dissection, Columns.ts, Columns.flow, Columns.index])

/**
 * Writes rows into the columns of one block, in ClickHouse's Native format. Columns without a value in the block are
 * left out of it, so a row costs only what it has. Buffers stay and are used again by the next block.
 */
export class BlockWriter implements EntryWriter {
  readonly maxRows: number
  /** Bytes that the open block's strings and dictionaries take so far. */
  readonly meter = { bytes: 0 }
  /** Rows that are whole. The columns of row number `rows` are being written. */
  rows = 0
  readonly #builders: (Builder | undefined)[] = []
  readonly #scratch: ArrayBuffer
  readonly #block: OpenBlock
  readonly #pool = new BufferPool()

  constructor(maxRows: number) {
    this.maxRows = maxRows
    this.#scratch = new ArrayBuffer(maxRows * 8)
    this.#block = { meter: this.meter, source: new SourceBytes(), maxRows }
  }

  protocol(name: string): void {
    this.text(Columns.protocol, name)
  }

  text(column: Column, value: string): void {
    if (value !== '') (this.#builder(column) as LabelBuilder | StringBuilder).text(this.rows, value)
  }

  bytes(column: Column, bytes: Uint8Array, start: number, end: number): void {
    if (start < end) (this.#builder(column) as LabelBuilder | StringBuilder).bytes(this.rows, bytes, start, end)
  }

  number(column: Column, value: number): void {
    ;(this.#builder(column) as NumberBuilder).values[this.rows] = value
  }

  list(column: Column, values: readonly string[]): void {
    if (values.length > 0) (this.#builder(column) as ListBuilder).list(this.rows, values)
  }

  pair(column: Column, key: string, value: string): void {
    ;(this.#builder(column) as MapBuilder).pair(this.rows, key, value)
  }

  pairBytes(
    column: Column,
    bytes: Uint8Array,
    keyStart: number,
    keyEnd: number,
    valueStart: number,
    valueEnd: number,
    lowerKey: boolean,
  ): void {
    const builder = this.#builder(column) as MapBuilder
    builder.pairBytes(this.rows, bytes, keyStart, keyEnd, valueStart, valueEnd, lowerKey)
  }

  /** All pairs of a map column; the object must not change afterwards. */
  record(column: Column, record: Readonly<Record<string, string>>): void {
    ;(this.#builder(column) as MapBuilder).record(this.rows, record)
  }

  /** Ends the row that is being written. */
  endRow(): void {
    this.rows++
  }

  /**
   * Values of a number column by row, written and read in place. The array stays the same; behind the rows it holds
   * zeros.
   */
  numbers(column: Column): Float64Array {
    return (this.#builder(column) as NumberBuilder).values
  }

  /** A label column, for writers that have many values for it. It stays the same. */
  labels(column: Column): LabelBuilder {
    return this.#builder(column) as LabelBuilder
  }

  /** What the open block holds, by entry protocol, in the order of first use. */
  tallies(): Record<string, ProtocolTally> {
    const { labels, dictionary } = this.labels(Columns.protocol)
    const requests = this.numbers(Columns.requestFirstPacket)
    const responses = this.numbers(Columns.responseFirstPacket)
    const errors = this.numbers(Columns.isError)
    const byLabel = Array.from({ length: dictionary.count }, () => ({
      entries: 0,
      requests: 0,
      responses: 0,
      errors: 0,
    }))
    for (let row = 0; row < this.rows; row++) {
      const tally = byLabel[labels[row]!]!
      tally.entries++
      if (requests[row]! > 0) tally.requests++
      if (responses[row]! > 0) tally.responses++
      if (errors[row]! > 0) tally.errors++
    }
    const tallies: Record<string, ProtocolTally> = {}
    for (const [label, tally] of byLabel.entries()) if (tally.entries > 0) tallies[dictionary.text(label)] = tally
    return tallies
  }

  /** Ends the block: its bytes, in an ArrayBuffer of their own. The writer is then empty. */
  take(): Uint8Array<ArrayBuffer> {
    const specs = columns()
    const rows = this.rows
    for (const column of always) this.#builder(column)
    const chosen: { readonly spec: ColumnSpec; readonly builder: Builder }[] = []
    let size = varintLength(rows)
    for (const [at, builder] of this.#builders.entries()) {
      const spec = specs[at]
      if (builder === undefined || spec === undefined) continue
      if (builder.empty && !always.has(at as Column)) continue
      const type = clickhouseType(spec.type)
      size += 1 + spec.name.length + 1 + type.length + builder.finish(rows)
      chosen.push({ spec, builder })
    }
    size += varintLength(chosen.length)
    const output = new BlockOutput(this.#pool.take(size), this.#scratch)
    // A Native block: columns, rows, then per column its name, its type and its values.
    output.varint(chosen.length)
    output.varint(rows)
    for (const { spec, builder } of chosen) {
      output.name(spec.name)
      output.name(clickhouseType(spec.type))
      builder.write(output, rows)
    }
    this.#clear()
    return output.bytes
  }

  /** Gives back the buffer of a block that is no longer needed, for the next ones. */
  recycle(buffer: ArrayBuffer): void {
    this.#pool.give(buffer)
  }

  #clear(): void {
    for (const builder of this.#builders) builder?.clear()
    this.rows = 0
    this.meter.bytes = 0
    this.#block.source.clear()
  }

  #builder(column: Column): Builder {
    return this.#builders[column] ?? this.#open(column)
  }

  #open(column: Column): Builder {
    const spec = columns()[column]!
    // Handles are filled in order, so that the array has no holes and a look-up stays one load.
    while (this.#builders.length < column) this.#builders.push(undefined)
    const builder = this.#make(spec)
    this.#builders[column] = builder
    return builder
  }

  #make(spec: ColumnSpec): Builder {
    switch (spec.type) {
      case 'label':
        return new LabelBuilder(this.#block)
      case 'string':
        return new StringBuilder(this.#block)
      case 'labels':
        return new LabelsBuilder(this.#block)
      case 'strings':
        return new StringsBuilder(this.#block)
      case 'map':
        return new MapBuilder(this.#block)
      default:
        return new NumberBuilder(spec.type, this.maxRows)
    }
  }
}
