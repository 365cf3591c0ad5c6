import { ByteColumn } from './byte-column.ts'
import type { Meter } from './byte-column.ts'

const FIRST_SLOTS = 256
const FIRST_LABELS = 64
/**
 * Where in the table a label goes does not show in a block, so the seed may differ in every process: labels of a
 * capture cannot be chosen to collide.
 */
const SEED = Math.trunc(Math.random() * 0x7fff_ffff)

const identity = new Uint8Array(256).map((_, byte) => byte)
const lowered = new Uint8Array(256).map((_, byte) => (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte))

/**
 * The distinct strings of a block's label column, numbered in the order of their first use; 0 is the empty string. Bytes
 * that are known cost no JavaScript string.
 */
export class LabelDictionary {
  /** The labels, as Native blocks hold strings. */
  readonly content: ByteColumn
  count = 1
  #starts = new Uint32Array(FIRST_LABELS)
  #lengths = new Uint32Array(FIRST_LABELS)
  #hashes = new Uint32Array(FIRST_LABELS)
  /** Open addressing: label + 1, 0 for a free slot. */
  #slots = new Uint32Array(FIRST_SLOTS)
  readonly #texts = new Map<string, number>()

  constructor(meter: Meter) {
    this.content = new ByteColumn(meter, 1024)
    this.content.pad(1)
  }

  clear(): void {
    this.content.clear()
    this.content.pad(1)
    this.count = 1
    this.#texts.clear()
    if (this.#slots.length > FIRST_SLOTS * 64) this.#slots = new Uint32Array(FIRST_SLOTS)
    else this.#slots.fill(0)
  }

  /** Number of the label bytes[start, end). */
  ofBytes(bytes: Uint8Array, start: number, end: number, lower: boolean, guess: number): number {
    if (start >= end) return 0
    const fold = lower ? lowered : identity
    if (this.#is(guess, bytes, start, end - start, fold)) return guess
    let hash = SEED ^ (end - start)
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ fold[bytes[at]!]!, 0x0100_0193)
    hash = (hash ^ (hash >>> 15)) >>> 0
    const mask = this.#slots.length - 1
    let slot = hash & mask
    for (let held = this.#slots[slot]!; held !== 0; held = this.#slots[slot]!) {
      if (this.#hashes[held - 1] === hash && this.#is(held - 1, bytes, start, end - start, fold)) return held - 1
      slot = (slot + 1) & mask
    }
    return this.#add(bytes, start, end, fold, hash, slot)
  }

  /** Number of a label given as text. */
  ofText(text: string): number {
    const known = this.#texts.get(text)
    if (known !== undefined) return known
    const bytes = Buffer.from(text, 'utf8')
    const label = this.ofBytes(bytes, 0, bytes.length, false, 0)
    this.#texts.set(text, label)
    return label
  }

  /** Text of a label. */
  text(label: number): string {
    const start = this.#starts[label]!
    return this.content.bytes.toString('utf8', start, start + this.#lengths[label]!)
  }

  #is(label: number, bytes: Uint8Array, start: number, length: number, fold: Uint8Array): boolean {
    if (this.#lengths[label] !== length) return false
    const known = this.content.bytes
    const from = this.#starts[label]!
    for (let i = 0; i < length; i++) if (known[from + i] !== fold[bytes[start + i]!]) return false
    return true
  }

  #add(bytes: Uint8Array, start: number, end: number, fold: Uint8Array, hash: number, slot: number): number {
    const label = this.count
    if (label === this.#starts.length) this.#growLabels()
    this.content.push(bytes, start, end)
    const held = this.content
    for (let at = held.used - (end - start); at < held.used; at++) held.bytes[at] = fold[held.bytes[at]!]!
    this.#starts[label] = held.used - (end - start)
    this.#lengths[label] = end - start
    this.#hashes[label] = hash
    this.#slots[slot] = label + 1
    this.count = label + 1
    if (this.count * 2 > this.#slots.length) this.#growSlots()
    return label
  }

  #growLabels(): void {
    this.#starts = doubled(this.#starts)
    this.#lengths = doubled(this.#lengths)
    this.#hashes = doubled(this.#hashes)
  }

  #growSlots(): void {
    const slots = new Uint32Array(this.#slots.length * 2)
    const mask = slots.length - 1
    for (let label = 1; label < this.count; label++) {
      let slot = this.#hashes[label]! & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = label + 1
    }
    this.#slots = slots
  }
}

/** The same words in an array of twice the length. */
export function doubled(words: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(words.length * 2)
  grown.set(words)
  return grown
}
