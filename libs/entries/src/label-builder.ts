import type { BlockOutput } from './block-output.ts'
import type { Builder, OpenBlock } from './builder.ts'
import { LabelDictionary } from './label-dictionary.ts'
import { LABEL_PREFIX_SIZE, labelsSize, writeLabelPrefix, writeLabels } from './label-index.ts'

/** A label column: one index into the block's dictionary per row. */
export class LabelBuilder implements Builder {
  readonly dictionary: LabelDictionary
  /** Label by row. */
  readonly labels: Uint32Array
  #lastText = ''
  #lastLabel = 0

  constructor(block: OpenBlock) {
    this.dictionary = new LabelDictionary(block)
    this.labels = new Uint32Array(block.maxRows)
  }

  get empty(): boolean {
    return this.dictionary.count === 1
  }

  text(row: number, text: string): void {
    if (text !== this.#lastText) {
      this.#lastText = text
      this.#lastLabel = this.dictionary.ofText(text)
    }
    this.labels[row] = this.#lastLabel
  }

  bytes(row: number, bytes: Uint8Array, start: number, end: number): void {
    this.labels[row] = this.dictionary.ofBytes(bytes, start, end)
  }

  finish(rows: number): number {
    return LABEL_PREFIX_SIZE + labelsSize(this.dictionary, rows)
  }

  write(output: BlockOutput, rows: number): void {
    writeLabelPrefix(output)
    writeLabels(output, this.dictionary, this.labels, rows)
  }

  clear(): void {
    this.labels.fill(0)
    this.dictionary.clear()
    this.#lastText = ''
    this.#lastLabel = 0
  }
}
