import type { SourceBytes } from './source-bytes.ts'

/** Bytes that all columns of an open block hold together: what the cut rule looks at. */
export interface Meter {
  bytes: number
}

const MAX_VARINT = 5
/** Words are copied whole: up to this many bytes beyond the string's end are written, and overwritten by the next. */
const WORD = 8
/**
 * Copying word by word beats the native copy up to about this many bytes (Node 26: 9 ns for 20 bytes, where a loop over
 * bytes takes 49, Buffer's copy 33 and `set` with its subarray 54 for any length).
 */
const WORD_COPY = 128
/** ASCII text up to this length is written by a loop; the native call costs 100 ns. */
const LOOP_TEXT = 48

const nativeCopy = Buffer.prototype.copy

/** Length-prefixed strings one behind the other, as Native blocks hold them (LEB128 length, then the bytes). */
export class ByteColumn {
  bytes: Buffer
  view: DataView
  used = 0
  readonly #meter: Meter

  constructor(meter: Meter, capacity: number) {
    this.#meter = meter
    this.bytes = Buffer.allocUnsafeSlow(capacity)
    this.view = new DataView(this.bytes.buffer)
  }

  /** Adds bytes[start, end) as one string. `source` is a view of `bytes`. */
  push(source: SourceBytes, bytes: Uint8Array, start: number, end: number): void {
    const length = end - start
    const from = this.used
    if (from + length + MAX_VARINT + WORD > this.bytes.length) this.reserve(length + MAX_VARINT)
    const at = length < 0x80 ? from + 1 : this.#varint(from, length)
    if (length < 0x80) this.bytes[from] = length
    source.use(bytes)
    const words = source.view
    const first = source.offset + start
    if (length > WORD_COPY || first + length + WORD > words.byteLength) {
      nativeCopy.call(bytes, this.bytes, at, start, end)
    } else {
      const into = this.view
      for (let i = 0; i < length; i += WORD) into.setBigUint64(at + i, words.getBigUint64(first + i, true), true)
    }
    this.used = at + length
    this.#meter.bytes += this.used - from
  }

  /** Adds text as one string, in UTF-8; lone surrogates become U+FFFD. */
  pushText(text: string): void {
    const length = text.length
    this.reserve(length * 3 + MAX_VARINT)
    const from = this.used
    if (length > LOOP_TEXT || !this.#ascii(text, from + 1)) this.#utf8(text, from)
    else {
      this.bytes[from] = length
      this.used = from + 1 + length
    }
    this.#meter.bytes += this.used - from
  }

  /** Adds `count` empty strings. */
  pad(count: number): void {
    this.reserve(count)
    this.bytes.fill(0, this.used, this.used + count)
    this.used += count
    this.#meter.bytes += count
  }

  /** Adds `, ` and bytes[start, end) to the string whose prefix stands at `at`; what comes behind it moves. */
  join(at: number, bytes: Uint8Array, start: number, end: number): void {
    const length = this.lengthAt(at)
    const prefix = varintLength(length)
    const joined = length + 2 + (end - start)
    const grownPrefix = varintLength(joined)
    const more = joined - length + grownPrefix - prefix
    this.reserve(more)
    const tail = at + prefix + length
    this.bytes.copyWithin(tail + more, tail, this.used)
    if (prefix !== grownPrefix) this.bytes.copyWithin(at + grownPrefix, at + prefix, tail)
    const separator = this.#varint(at, joined) + length
    this.bytes[separator] = 0x2c
    this.bytes[separator + 1] = 0x20
    this.bytes.set(bytes.subarray(start, end), separator + 2)
    this.used += more
    this.#meter.bytes += more
  }

  /** Adds once more the strings that stand in [from, to). */
  repeat(from: number, to: number): void {
    this.reserve(to - from)
    this.bytes.copyWithin(this.used, from, to)
    this.used += to - from
    this.#meter.bytes += to - from
  }

  /** Length of the string whose prefix stands at `at`, in bytes. */
  lengthAt(at: number): number {
    let length = 0
    let next = at
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[next++]!
      length |= (byte & 0x7f) << shift
      if (byte < 0x80) return length
    }
  }

  clear(): void {
    this.used = 0
  }

  /** Makes sure that `more` bytes fit behind those used. */
  reserve(more: number): void {
    const needed = this.used + more + WORD
    if (needed <= this.bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2))
    this.bytes.copy(grown, 0, 0, this.used)
    this.bytes = grown
    this.view = new DataView(grown.buffer)
  }

  #varint(at: number, value: number): number {
    const into = this.bytes
    let rest = value
    let next = at
    while (rest > 0x7f) {
      into[next++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    into[next] = rest
    return next + 1
  }

  #ascii(text: string, at: number): boolean {
    const into = this.bytes
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code > 0x7f) return false
      into[at + i] = code
    }
    return true
  }

  #utf8(text: string, from: number): void {
    // Most text is ASCII: its length tells how many bytes the prefix takes. Where it does not, the text moves.
    const guess = varintLength(text.length)
    const length = this.bytes.write(text, from + guess, 'utf8')
    const prefix = varintLength(length)
    if (prefix !== guess) this.bytes.copyWithin(from + prefix, from + guess, from + guess + length)
    this.used = this.#varint(from, length) + length
  }
}

/** Bytes that the LEB128 form of a number takes. */
export function varintLength(value: number): number {
  let length = 1
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 128)) length++
  return length
}
