import type { ColumnType } from '@hindwire/protocols/contract/column.ts'

import type { BlockOutput } from './block-output.ts'
import type { Builder } from './builder.ts'
import { numberRange } from './column-types.ts'

const widths: Partial<Record<ColumnType, number>> = { i32: 4, u8: 1, u16: 2, u32: 4, u64: 8, time: 8 }

/** A number or time column. Values are clamped to the column's range and cut to whole numbers. */
export class NumberBuilder implements Builder {
  /** Value by row. Doubles for every type, so that writers meet one kind of array. */
  readonly values: Float64Array
  readonly #low: number
  readonly #high: number
  readonly #width: number
  readonly #signed: boolean

  constructor(type: ColumnType, maxRows: number) {
    const [low, high] = numberRange(type)!
    this.#low = low
    this.#high = high
    this.#width = widths[type]!
    this.#signed = type === 'i32'
    this.values = new Float64Array(maxRows)
  }

  get empty(): boolean {
    return this.values.every((value) => value === 0)
  }

  finish(rows: number): number {
    const { values } = this
    const low = this.#low
    const high = this.#high
    for (let row = 0; row < rows; row++) {
      const value = values[row]!
      // Written so that NaN goes to the low end, or 0.
      values[row] = value > low ? (value < high ? Math.trunc(value) : high) : Number.isNaN(value) ? 0 : low
    }
    return rows * this.#width
  }

  write(output: BlockOutput, rows: number): void {
    if (this.#width === 8) this.#wide(new Uint32Array(output.scratch), rows)
    else if (this.#signed) copy(new Int32Array(output.scratch), this.values, rows)
    else if (this.#width === 4) copy32(new Uint32Array(output.scratch), this.values, rows)
    else if (this.#width === 2) copy16(new Uint16Array(output.scratch), this.values, rows)
    else copy8(new Uint8Array(output.scratch), this.values, rows)
    output.copyScratch(rows * this.#width)
  }

  clear(): void {
    this.values.fill(0)
  }

  #wide(words: Uint32Array, rows: number): void {
    const { values } = this
    for (let row = 0; row < rows; row++) {
      const value = values[row]!
      const high = Math.floor(value / 0x1_0000_0000)
      words[2 * row] = value - high * 0x1_0000_0000
      words[2 * row + 1] = high
    }
  }
}

/* One loop per kind of array: V8 compiles each for its own. */

function copy(words: Int32Array, values: Float64Array, rows: number): void {
  for (let row = 0; row < rows; row++) words[row] = values[row]!
}

function copy32(words: Uint32Array, values: Float64Array, rows: number): void {
  for (let row = 0; row < rows; row++) words[row] = values[row]!
}

function copy16(words: Uint16Array, values: Float64Array, rows: number): void {
  for (let row = 0; row < rows; row++) words[row] = values[row]!
}

function copy8(words: Uint8Array, values: Float64Array, rows: number): void {
  for (let row = 0; row < rows; row++) words[row] = values[row]!
}
