import { ByteColumn } from './byte-column.ts'
import type { Meter } from './byte-column.ts'
import type { SourceBytes } from './source-bytes.ts'

const FIRST_SLOTS = 256
const KEPT_SLOTS = 16_384
const FIRST_MEMBERS = 64
/**
 * Where in the table a string goes does not show in a block, so the seed may differ in every process: strings of a
 * capture cannot be chosen to collide.
 */
const SEED = Math.trunc(Math.random() * 0x7fff_ffff)

/**
 * Distinct byte strings, numbered in the order of their first use; 0 is the empty one. Traffic repeats itself: which
 * string followed the last one before is tried first, and mostly right.
 */
export class ByteSet {
  /** The strings by number, as Native blocks hold them. */
  readonly content: ByteColumn
  count = 1
  readonly #source: SourceBytes
  #starts = new Uint32Array(FIRST_MEMBERS)
  #lengths = new Uint32Array(FIRST_MEMBERS)
  #hashes = new Int32Array(FIRST_MEMBERS)
  #next = new Uint32Array(FIRST_MEMBERS)
  #previous = 0
  /** Open addressing: number + 1, 0 for a free slot. */
  #slots = new Uint32Array(FIRST_SLOTS)

  constructor(meter: Meter, source: SourceBytes) {
    this.content = new ByteColumn(meter, 1024)
    this.content.pad(1)
    this.#source = source
  }

  clear(): void {
    this.content.clear()
    this.content.pad(1)
    this.count = 1
    this.#previous = 0
    this.#next.fill(0)
    if (this.#slots.length > KEPT_SLOTS) this.#slots = new Uint32Array(FIRST_SLOTS)
    else this.#slots.fill(0)
  }

  /** Number of bytes[start, end), which are added if they are new. */
  intern(bytes: Uint8Array, start: number, end: number): number {
    if (start >= end) return 0
    const source = this.#source
    source.use(bytes)
    const first = source.offset + start
    const guess = this.#next[this.#previous]!
    const found = this.#is(guess, source.view, first, end - start) ? guess : this.#look(bytes, start, end)
    this.#next[this.#previous] = found
    this.#previous = found
    return found
  }

  /** Text of a member; bytes that are not UTF-8 show as U+FFFD. */
  text(member: number): string {
    const start = this.#starts[member]!
    return this.content.bytes.toString('utf8', start, start + this.#lengths[member]!)
  }

  /** A copy of a member's bytes. */
  copy(member: number): Uint8Array {
    const start = this.#starts[member]!
    return new Uint8Array(this.content.bytes.subarray(start, start + this.#lengths[member]!))
  }

  #look(bytes: Uint8Array, start: number, end: number): number {
    const words = this.#source.view
    const first = this.#source.offset + start
    const length = end - start
    const hash = hashOf(words, first, length)
    const mask = this.#slots.length - 1
    let slot = hash & mask
    for (let held = this.#slots[slot]!; held !== 0; held = this.#slots[slot]!) {
      if (this.#hashes[held - 1] === hash && this.#is(held - 1, words, first, length)) return held - 1
      slot = (slot + 1) & mask
    }
    this.#slots[slot] = this.count + 1
    return this.#add(bytes, start, end, hash)
  }

  #is(member: number, words: DataView, first: number, length: number): boolean {
    if (this.#lengths[member] !== length) return false
    const own = this.content.view
    const from = this.#starts[member]!
    if (length < 4) return sameShort(own, from, words, first, length)
    // The last word may overlap the one before, so that none reaches beyond the end.
    const last = length - 4
    for (let i = 0; i < last; i += 4) {
      if (own.getInt32(from + i, true) !== words.getInt32(first + i, true)) return false
    }
    return own.getInt32(from + last, true) === words.getInt32(first + last, true)
  }

  #add(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const member = this.count
    if (member === this.#starts.length) this.#growMembers()
    this.content.push(this.#source, bytes, start, end)
    this.#starts[member] = this.content.used - (end - start)
    this.#lengths[member] = end - start
    this.#hashes[member] = hash
    this.count = member + 1
    if (this.count * 2 > this.#slots.length) this.#growSlots()
    return member
  }

  #growMembers(): void {
    this.#starts = doubled(this.#starts)
    this.#lengths = doubled(this.#lengths)
    this.#next = doubled(this.#next)
    const hashes = new Int32Array(this.#hashes.length * 2)
    hashes.set(this.#hashes)
    this.#hashes = hashes
  }

  #growSlots(): void {
    const slots = new Uint32Array(this.#slots.length * 2)
    const mask = slots.length - 1
    for (let member = 1; member < this.count; member++) {
      let slot = this.#hashes[member]! & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = member + 1
    }
    this.#slots = slots
  }
}

function sameShort(own: DataView, from: number, words: DataView, first: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (own.getUint8(from + i) !== words.getUint8(first + i)) return false
  return true
}

/** MurmurHash3 (32 bit), with the last word overlapping the one before. */
function hashOf(words: DataView, first: number, length: number): number {
  let hash = SEED ^ length
  if (length < 4) for (let i = 0; i < length; i++) hash = mixed(hash, words.getUint8(first + i))
  else {
    const last = length - 4
    for (let i = 0; i < last; i += 4) hash = mixed(hash, words.getInt32(first + i, true))
    hash = mixed(hash, words.getInt32(first + last, true))
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35)
  return hash ^ (hash >>> 16)
}

function mixed(hash: number, word: number): number {
  const once = Math.imul(word, 0xcc9e_2d51)
  const mix = hash ^ Math.imul((once << 15) | (once >>> 17), 0x1b87_3593)
  return (Math.imul((mix << 13) | (mix >>> 19), 5) + 0xe654_6b64) | 0
}

/** The same words in an array of twice the length. */
export function doubled(words: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(words.length * 2)
  grown.set(words)
  return grown
}
