import type { OpenBlock } from './builder.ts'
import type { ByteColumn } from './byte-column.ts'
import { ByteSet, doubled } from './byte-set.ts'

/**
 * The distinct strings of a block's label column, numbered in the order of their first use; 0 is the empty string. Bytes
 * that are known cost no JavaScript string.
 */
export class LabelDictionary {
  readonly #labels: ByteSet
  readonly #texts = new Map<string, number>()
  /** Names as they stood on the wire (`Host`, `host`), so that known ones are found without putting them in lower case. */
  readonly #spellings: ByteSet
  /** Label by spelling. */
  #lowered = new Uint32Array(64)
  #loweredCount = 1

  constructor(block: OpenBlock) {
    this.#labels = new ByteSet(block.meter, block.source)
    this.#spellings = new ByteSet({ bytes: 0 }, block.source)
  }

  /** Number of labels. */
  get count(): number {
    return this.#labels.count
  }

  /** The labels, as Native blocks hold strings. */
  get content(): ByteColumn {
    return this.#labels.content
  }

  clear(): void {
    this.#labels.clear()
    this.#texts.clear()
    this.#spellings.clear()
    this.#loweredCount = 1
  }

  /** Number of the label bytes[start, end). */
  ofBytes(bytes: Uint8Array, start: number, end: number): number {
    return this.#labels.intern(bytes, start, end)
  }

  /** Number of the label that bytes[start, end) are in ASCII lower case. */
  ofLowered(bytes: Uint8Array, start: number, end: number): number {
    const spelling = this.#spellings.intern(bytes, start, end)
    if (spelling === this.#loweredCount) this.#lower(spelling)
    return this.#lowered[spelling]!
  }

  /** Number of a label given as text. */
  ofText(text: string): number {
    if (text === '') return 0
    const known = this.#texts.get(text)
    if (known !== undefined) return known
    const bytes = Buffer.from(text, 'utf8')
    const label = this.#labels.intern(bytes, 0, bytes.length)
    this.#texts.set(text, label)
    return label
  }

  /** Text of a label. */
  text(label: number): string {
    return this.#labels.text(label)
  }

  #lower(spelling: number): void {
    const bytes = this.#spellings.copy(spelling)
    for (const [at, byte] of bytes.entries()) if (byte >= 0x41 && byte <= 0x5a) bytes[at] = byte | 0x20
    if (spelling === this.#lowered.length) this.#lowered = doubled(this.#lowered)
    this.#lowered[spelling] = this.#labels.intern(bytes, 0, bytes.length)
    this.#loweredCount = spelling + 1
  }
}
