import type { BlockOutput } from './block-output.ts'
import type { Builder, OpenBlock } from './builder.ts'
import { ByteColumn, varintLength } from './byte-column.ts'
import { doubled } from './byte-set.ts'
import { LabelDictionary } from './label-dictionary.ts'
import { LABEL_PREFIX_SIZE, labelsSize, writeLabelPrefix, writeLabels } from './label-index.ts'
import { Offsets } from './offsets.ts'

interface Written {
  readonly firstPair: number
  readonly endPair: number
  readonly firstByte: number
  readonly endByte: number
}

/** A map column: per row any number of pairs, label → string. The values of a repeated key are joined with `, `. */
export class MapBuilder implements Builder {
  readonly #block: OpenBlock
  readonly #keys: LabelDictionary
  readonly #values: ByteColumn
  readonly #offsets: Offsets
  #labels = new Uint32Array(1024)
  /** By label: the row that had it last, counted from 1. */
  #seen = new Uint32Array(64)
  /** Label of the key that came last. */
  #last = 0
  #rowPair = 0
  #rowByte = 0
  readonly #records = new Map<object, Written>()

  constructor(block: OpenBlock) {
    this.#block = block
    this.#keys = new LabelDictionary(block)
    this.#values = new ByteColumn(block.meter, 16_384)
    this.#offsets = new Offsets(block.maxRows)
  }

  get empty(): boolean {
    return this.#offsets.count === 0
  }

  pair(row: number, key: string, value: string): void {
    if (this.#add(row, this.#keys.ofText(key))) this.#values.pushText(value)
    else {
      const bytes = Buffer.from(value, 'utf8')
      this.#join(bytes, 0, bytes.length)
    }
  }

  pairBytes(
    row: number,
    bytes: Uint8Array,
    keyStart: number,
    keyEnd: number,
    valueStart: number,
    valueEnd: number,
    lower: boolean,
  ): void {
    const label = lower ? this.#keys.ofLowered(bytes, keyStart, keyEnd) : this.#keys.ofBytes(bytes, keyStart, keyEnd)
    if (this.#add(row, label)) this.#values.push(this.#block.source, bytes, valueStart, valueEnd)
    else this.#join(bytes, valueStart, valueEnd)
  }

  /** All pairs of a row. The pairs of an object that the block has already are copied. */
  record(row: number, record: Readonly<Record<string, string>>): void {
    const written = this.#records.get(record)
    if (written !== undefined && this.#offsets.begin(row)) {
      const count = written.endPair - written.firstPair
      const first = this.#offsets.count
      this.#offsets.count += count
      this.#reserve(first + count)
      this.#labels.copyWithin(first, written.firstPair, written.endPair)
      this.#values.repeat(written.firstByte, written.endByte)
      return
    }
    const firstByte = this.#values.used
    const firstPair = this.#offsets.count
    for (const [key, value] of Object.entries(record)) this.pair(row, key, value)
    this.#records.set(record, { firstPair, endPair: this.#offsets.count, firstByte, endByte: this.#values.used })
  }

  finish(rows: number): number {
    this.#offsets.close(rows)
    return LABEL_PREFIX_SIZE + rows * 8 + labelsSize(this.#keys, this.#offsets.count) + this.#values.used
  }

  write(output: BlockOutput, rows: number): void {
    writeLabelPrefix(output)
    this.#offsets.write(output, rows)
    writeLabels(output, this.#keys, this.#labels, this.#offsets.count)
    output.copy(this.#values.bytes, this.#values.used)
  }

  clear(): void {
    this.#keys.clear()
    this.#values.clear()
    this.#offsets.clear()
    this.#seen.fill(0)
    this.#records.clear()
  }

  /** Adds a key; false where the row has it already, and its pair is then the one that #join changes. */
  #add(row: number, label: number): boolean {
    if (this.#offsets.begin(row)) {
      this.#rowPair = this.#offsets.count
      this.#rowByte = this.#values.used
    }
    while (label >= this.#seen.length) this.#seen = doubled(this.#seen)
    this.#last = label
    if (this.#seen[label] === row + 1) return false
    this.#seen[label] = row + 1
    const at = this.#offsets.count++
    if (at >= this.#labels.length) this.#reserve(at + 1)
    this.#labels[at] = label
    return true
  }

  /** Joins a value to the one that the key added last has in this row. */
  #join(bytes: Uint8Array, start: number, end: number): void {
    let at = this.#rowByte
    for (let pair = this.#rowPair; this.#labels[pair] !== this.#last; pair++) {
      const length = this.#values.lengthAt(at)
      at += varintLength(length) + length
    }
    this.#values.join(at, bytes, start, end)
  }

  #reserve(pairs: number): void {
    while (pairs > this.#labels.length) this.#labels = doubled(this.#labels)
  }
}
