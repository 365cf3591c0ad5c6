import type { BlockOutput } from './block-output.ts'

/** Where each row of an array or map column ends among the elements of all rows. */
export class Offsets {
  /** Elements of all rows so far. */
  count = 0
  readonly #ends: Uint32Array
  #rows = 0

  constructor(maxRows: number) {
    this.#ends = new Uint32Array(maxRows)
  }

  /** Closes the rows before `row`; true where this is the row's first element. */
  begin(row: number): boolean {
    if (this.#rows > row) return false
    this.close(row)
    this.#ends[row] = this.count
    this.#rows = row + 1
    return true
  }

  /** Adds `more` elements to the row begun last; the number of the first of them. */
  add(more: number): number {
    const first = this.count
    this.count += more
    this.#ends[this.#rows - 1] = this.count
    return first
  }

  /** Gives every row up to `rows` an end. */
  close(rows: number): void {
    const from = this.#rows
    if (from < rows) this.#ends.fill(this.count, from, rows)
    this.#rows = Math.max(from, rows)
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
  }
}
