import type { BlockOutput } from './block-output.ts'

/** Where each row of an array or map column ends among the elements of all rows. */
export class Offsets {
  /** Elements of all rows so far. Those added since `begin` belong to the row begun last. */
  count = 0
  readonly #ends: Uint32Array
  /** Rows begun. */
  #rows = 0
  /** Rows whose end is known: all but the one begun last. */
  #closed = 0

  constructor(maxRows: number) {
    this.#ends = new Uint32Array(maxRows)
  }

  /** Begins a row, and so ends those before it; false where the row has begun already. */
  begin(row: number): boolean {
    if (this.#rows > row) return false
    if (this.#closed < row) this.close(row)
    this.#rows = row + 1
    return true
  }

  /** Gives every row up to `rows` an end. */
  close(rows: number): void {
    for (let row = this.#closed; row < rows; row++) this.#ends[row] = this.count
    this.#closed = Math.max(this.#closed, rows)
  }

  write(output: BlockOutput, rows: number): void {
    const words = new Uint32Array(output.scratch)
    for (let row = 0; row < rows; row++) {
      words[2 * row] = this.#ends[row]!
      words[2 * row + 1] = 0
    }
    output.copyScratch(rows * 8)
  }

  clear(): void {
    this.count = 0
    this.#rows = 0
    this.#closed = 0
  }
}
