import type { BlockOutput } from './block-output.ts'
import type { Builder, OpenBlock } from './builder.ts'
import { ByteColumn } from './byte-column.ts'

/** A string column. The first value that a row gets stays. */
export class StringBuilder implements Builder {
  readonly #content: ByteColumn
  readonly #block: OpenBlock
  #rows = 0

  constructor(block: OpenBlock) {
    this.#block = block
    this.#content = new ByteColumn(block.meter, 4096)
  }

  get empty(): boolean {
    return this.#content.used === this.#rows
  }

  text(row: number, text: string): void {
    if (this.#begin(row)) this.#content.pushText(text)
  }

  bytes(row: number, bytes: Uint8Array, start: number, end: number): void {
    if (this.#begin(row)) this.#content.push(this.#block.source, bytes, start, end)
  }

  finish(rows: number): number {
    if (this.#rows < rows) this.#content.pad(rows - this.#rows)
    this.#rows = rows
    return this.#content.used
  }

  write(output: BlockOutput): void {
    output.copy(this.#content.bytes, this.#content.used)
  }

  clear(): void {
    this.#content.clear()
    this.#rows = 0
  }

  #begin(row: number): boolean {
    if (this.#rows > row) return false
    if (this.#rows < row) this.#content.pad(row - this.#rows)
    this.#rows = row + 1
    return true
  }
}
