import type { BlockOutput } from './block-output.ts'
import type { Builder, OpenBlock } from './builder.ts'
import { ByteColumn } from './byte-column.ts'
import { doubled } from './byte-set.ts'
import { LabelDictionary } from './label-dictionary.ts'
import { LABEL_PREFIX_SIZE, labelsSize, writeLabelPrefix, writeLabels } from './label-index.ts'
import { Offsets } from './offsets.ts'

/** Lists, as columns hold them. The first list that a row gets stays. */
export interface ListBuilder extends Builder {
  list(row: number, values: readonly string[]): void
}

export class LabelsBuilder implements ListBuilder {
  readonly #dictionary: LabelDictionary
  readonly #offsets: Offsets
  #labels = new Uint32Array(256)

  constructor(block: OpenBlock) {
    this.#dictionary = new LabelDictionary(block)
    this.#offsets = new Offsets(block.maxRows)
  }

  get empty(): boolean {
    return this.#offsets.count === 0
  }

  list(row: number, values: readonly string[]): void {
    if (!this.#offsets.begin(row)) return
    let at = this.#offsets.count
    this.#offsets.count += values.length
    while (this.#offsets.count > this.#labels.length) this.#labels = doubled(this.#labels)
    for (const value of values) this.#labels[at++] = this.#dictionary.ofText(value)
  }

  finish(rows: number): number {
    this.#offsets.close(rows)
    return LABEL_PREFIX_SIZE + rows * 8 + labelsSize(this.#dictionary, this.#offsets.count)
  }

  write(output: BlockOutput, rows: number): void {
    writeLabelPrefix(output)
    this.#offsets.write(output, rows)
    writeLabels(output, this.#dictionary, this.#labels, this.#offsets.count)
  }

  clear(): void {
    this.#dictionary.clear()
    this.#offsets.clear()
  }
}

export class StringsBuilder implements ListBuilder {
  readonly #content: ByteColumn
  readonly #offsets: Offsets

  constructor(block: OpenBlock) {
    this.#content = new ByteColumn(block.meter, 1024)
    this.#offsets = new Offsets(block.maxRows)
  }

  get empty(): boolean {
    return this.#offsets.count === 0
  }

  list(row: number, values: readonly string[]): void {
    if (!this.#offsets.begin(row)) return
    this.#offsets.count += values.length
    for (const value of values) this.#content.pushText(value)
  }

  finish(rows: number): number {
    this.#offsets.close(rows)
    return rows * 8 + this.#content.used
  }

  write(output: BlockOutput, rows: number): void {
    this.#offsets.write(output, rows)
    output.copy(this.#content.bytes, this.#content.used)
  }

  clear(): void {
    this.#content.clear()
    this.#offsets.clear()
  }
}
