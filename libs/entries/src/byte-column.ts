/** Bytes that all columns of an open block hold together: what the cut rule looks at. */
export interface Meter {
  bytes: number
}

const MAX_VARINT = 5
/** A loop beats the native copy, with the view that it needs, up to about this many bytes (measured on Node 26). */
const LOOP_COPY = 48

/** Length-prefixed strings one behind the other, as Native blocks hold them (LEB128 length, then the bytes). */
export class ByteColumn {
  bytes: Buffer
  used = 0
  readonly #meter: Meter

  constructor(meter: Meter, capacity: number) {
    this.#meter = meter
    this.bytes = Buffer.allocUnsafeSlow(capacity)
  }

  /** Adds bytes[start, end) as one string. */
  push(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start
    this.reserve(length + MAX_VARINT)
    const from = this.used
    let at = this.#varint(from, length)
    const into = this.bytes
    if (length <= LOOP_COPY) for (let i = start; i < end; i++) into[at++] = bytes[i]!
    else {
      into.set(bytes.subarray(start, end), at)
      at += length
    }
    this.used = at
    this.#meter.bytes += at - from
  }

  /** Adds text as one string, in UTF-8; lone surrogates become U+FFFD. */
  pushText(text: string): void {
    const length = text.length
    this.reserve(length * 3 + MAX_VARINT)
    const from = this.used
    if (length > LOOP_COPY || !this.#ascii(text, from + 1)) this.#utf8(text, from)
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
    const needed = this.used + more
    if (needed <= this.bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2))
    grown.set(this.bytes.subarray(0, this.used))
    this.bytes = grown
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
