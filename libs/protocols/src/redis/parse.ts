import { Type } from './constants.ts'
import { MAX_DEPTH, MAX_HEADER_BYTES, MAX_LENGTH, MAX_LINE_BYTES } from './limits.ts'

/*
 * RESP3 (https://github.com/redis/redis-specifications/blob/master/protocol/RESP3.md), a superset of RESP2:
 *
 *     value     = [attribute] ( simple / length-string / aggregate / streamed )
 *     simple    = ("+" / "-" / "(" / "," / ":") text CRLF  /  "_" CRLF  /  "#" ("t" / "f") CRLF
 *     string    = ("$" / "!" / "=") length CRLF bytes CRLF  /  "$-1" CRLF
 *     aggregate = ("*" / "~" / ">") count CRLF value{count}  /  "*-1" CRLF
 *     map       = "%" count CRLF (value value){count}
 *     attribute = "|" count CRLF (value value){count}        ; belongs to the value behind it
 *     streamed  = "$?" CRLF (";" length CRLF bytes CRLF)* ";0" CRLF
 *               / ("*" / "~" / "%") "?" CRLF value* "." CRLF
 */

const CR = 0x0d
const LF = 0x0a
/** What remains of a streamed aggregate is not known: it ends with its end type. */
const STREAMED = -1

/** Results of the inner readers, which otherwise give a position. */
const SHORT = -1
const WRONG = -2

export const Scan = { Done: 0, Short: 1, Wrong: 2 } as const
export type Scan = (typeof Scan)[keyof typeof Scan]

/**
 * Finds the end of one value. It keeps its place, so that a value may come in any number of pieces: `begin`, then
 * `scan` with each piece, which starts at `position` of the one before. It builds nothing.
 */
export class RespScanner {
  /** After `scan`: one past the last byte that was understood. */
  position = 0
  /** Type byte of the outermost value; 0 until known. */
  type = 0
  /** Its number of elements as announced, for aggregates; -1 for a null array. */
  elements = 0
  /** Why the last scan was `Wrong`. */
  reason = ''
  #depth = 0
  readonly #left = new Float64Array(MAX_DEPTH)
  readonly #attribute = new Uint8Array(MAX_DEPTH)
  /** Bytes of a string that are still to come, with its CR LF. */
  #body = 0
  #bareBody = false
  #number = 0

  begin(): void {
    this.type = 0
    this.elements = 0
    this.#depth = 0
    this.#body = 0
    this.#bareBody = false
  }

  /** Begins inside a payload of known length without CR LF behind it (the RDB file of a replication). */
  beginBody(type: number, length: number): void {
    this.begin()
    this.type = type
    this.#body = length
    this.#bareBody = true
  }

  /** Steps over lost bytes if they lie within one string. */
  skip(length: number): boolean {
    // The CR LF must be seen: a loss up to the very end of the string leaves it open where the next value begins.
    if (length > this.#body - 2) return false
    this.#body -= length
    return true
  }

  scan(bytes: Uint8Array, start: number, end: number): Scan {
    let at = start
    for (;;) {
      if (this.#body > 0) {
        const taken = Math.min(this.#body, end - at)
        at += taken
        this.#body -= taken
        this.position = at
        if (this.#body > 0) return Scan.Short
        if (!this.#bareBody && !endsLine(bytes, start, at)) return this.#wrong('string without its CR LF')
        if (this.#complete()) return Scan.Done
      }
      this.position = at
      if (at >= end) return Scan.Short
      at = this.#header(bytes, at, end)
      if (at === SHORT) return Scan.Short
      if (at === WRONG) return Scan.Wrong
      if (this.#body === 0 && this.#number === 0 && this.#complete()) {
        this.position = at
        return Scan.Done
      }
    }
  }

  #wrong(reason: string): Scan {
    this.reason = reason
    return Scan.Wrong
  }

  #fail(reason: string): number {
    this.reason = reason
    return WRONG
  }

  /**
   * One type line. Afterwards `#number` is 0 where the value is complete with it, `#body` is set where a string
   * follows, and a level is open where elements follow.
   */
  #header(bytes: Uint8Array, at: number, end: number): number {
    const type = bytes[at]!
    if (this.#depth === 0 && type !== Type.Attribute) this.type = type
    this.#number = 0
    switch (type) {
      case Type.SimpleString:
      case Type.Error:
      case Type.BigNumber:
        return this.#line(bytes, at + 1, end)
      case Type.Integer:
        return this.#numeric(bytes, at + 1, end, false)
      case Type.Double:
        return this.#numeric(bytes, at + 1, end, true)
      case Type.BulkString:
      case Type.BulkError:
      case Type.VerbatimString:
      case Type.Chunk:
        return this.#string(bytes, at, end, type)
      case Type.Array:
      case Type.Map:
      case Type.Set:
      case Type.Push:
      case Type.Attribute:
        return this.#aggregate(bytes, at, end, type)
      case Type.Null:
        return this.#lineEnd(bytes, at + 1, end)
      case Type.Boolean: {
        if (at + 1 >= end) return SHORT
        const value = bytes[at + 1]
        return value === 0x74 || value === 0x66 ? this.#lineEnd(bytes, at + 2, end) : this.#fail('boolean not t or f')
      }
      case Type.End:
        if (this.#depth === 0 || this.#left[this.#depth - 1] !== STREAMED) return this.#fail('end without a stream')
        return this.#endStream(this.#lineEnd(bytes, at + 1, end))
      default:
        return this.#fail('unknown type')
    }
  }

  /** Text up to CR LF, without a lone CR or LF. */
  #line(bytes: Uint8Array, at: number, end: number): number {
    const limit = Math.min(end, at + MAX_LINE_BYTES)
    for (let p = at; p < limit; p++) {
      const byte = bytes[p]!
      if (byte === CR) return this.#lineEnd(bytes, p, end)
      if (byte === LF) return this.#fail('lone LF in a line')
    }
    return limit < end ? this.#fail('line too long') : SHORT
  }

  #lineEnd(bytes: Uint8Array, at: number, end: number): number {
    if (at < end && bytes[at] !== CR) return this.#fail('CR LF expected')
    if (at + 1 >= end) return SHORT
    return bytes[at + 1] === LF ? at + 2 : this.#fail('CR LF expected')
  }

  /** `:` and `,`: digits and sign; for a double also point, exponent, `inf` and `nan`. */
  #numeric(bytes: Uint8Array, at: number, end: number, double: boolean): number {
    const limit = Math.min(end, at + MAX_HEADER_BYTES)
    for (let p = at; p < limit; p++) {
      const byte = bytes[p]!
      if (byte >= 0x30 && byte <= 0x39) continue
      if (byte === CR) return p === at ? this.#fail('number without digits') : this.#lineEnd(bytes, p, end)
      if ((byte === 0x2d || byte === 0x2b) && (p === at || double)) continue
      if (!double || !isDoubleByte(byte)) return this.#fail('number expected')
    }
    return limit < end ? this.#fail('number too long') : SHORT
  }

  /** A length: `#number` becomes it, -1 for `-1`, -2 for `?`. */
  #length(bytes: Uint8Array, at: number, end: number): number {
    if (at >= end) return SHORT
    const first = bytes[at]!
    if (first === 0x3f) {
      this.#number = -2
      return this.#lineEnd(bytes, at + 1, end)
    }
    if (first === 0x2d) {
      this.#number = -1
      if (at + 1 >= end) return SHORT
      return bytes[at + 1] === 0x31 ? this.#lineEnd(bytes, at + 2, end) : this.#fail('negative length')
    }
    let value = 0
    for (let p = at; p < end; p++) {
      const digit = bytes[p]! - 0x30
      if (digit >= 0 && digit <= 9) {
        value = value * 10 + digit
        if (value > MAX_LENGTH || p - at >= MAX_HEADER_BYTES) return this.#fail('length too large')
        continue
      }
      if (p === at) return this.#fail('length expected')
      this.#number = value
      return this.#lineEnd(bytes, p, end)
    }
    return SHORT
  }

  #string(bytes: Uint8Array, at: number, end: number, type: number): number {
    const next = this.#length(bytes, at + 1, end)
    if (next < 0) return next
    const length = this.#number
    const streaming = this.#depth > 0 && this.#left[this.#depth - 1] === STREAMED
    if (type === Type.Chunk) {
      if (!streaming || length < 0) return this.#fail('chunk without a stream')
      if (length === 0) return this.#endStream(next)
    } else if (length < 0) {
      if (type !== Type.BulkString) return this.#fail('negative length')
      if (length === -2) return this.#open(next, STREAMED, 0)
      this.#number = 0
      return next
    }
    this.#body = length + 2
    return next
  }

  #aggregate(bytes: Uint8Array, at: number, end: number, type: number): number {
    const next = this.#length(bytes, at + 1, end)
    if (next < 0) return next
    const count = this.#number
    const outermost = this.#depth === 0
    if (count === -2) {
      if (type === Type.Attribute || type === Type.Push) return this.#fail('a type that cannot be streamed')
      return this.#open(next, STREAMED, 0)
    }
    if (outermost && type !== Type.Attribute) this.elements = count
    if (count < 0) {
      if (type !== Type.Array) return this.#fail('negative length')
      this.#number = 0
      return next
    }
    if (type === Type.Attribute) {
      if (count > 0) return this.#open(next, count * 2, 1)
      this.#number = 1 // an empty attribute completes nothing
      return next
    }
    if (count === 0) return next
    return this.#open(next, type === Type.Map ? count * 2 : count, 0)
  }

  #open(next: number, left: number, attribute: 0 | 1): number {
    if (this.#depth === MAX_DEPTH) return this.#fail('too deep')
    this.#left[this.#depth] = left
    this.#attribute[this.#depth] = attribute
    this.#depth++
    this.#number = 1
    return next
  }

  #endStream(next: number): number {
    if (next >= 0) {
      this.#depth--
      this.#number = 0
    }
    return next
  }

  /** A value has ended. True when the outermost one has. */
  #complete(): boolean {
    for (;;) {
      if (this.#depth === 0) return true
      const top = this.#depth - 1
      const left = this.#left[top]!
      if (left === STREAMED) return false
      this.#left[top] = left - 1
      if (left > 1) return false
      this.#depth = top
      if (this.#attribute[top] === 1) return false
    }
  }
}

function isDoubleByte(byte: number): boolean {
  // . e E i n f a
  return (
    byte === 0x2e || byte === 0x65 || byte === 0x45 || byte === 0x69 || byte === 0x6e || byte === 0x66 || byte === 0x61
  )
}

/** Is CR LF before `at`? What lies before `start` was in the piece before, and is taken for right. */
function endsLine(bytes: Uint8Array, start: number, at: number): boolean {
  return bytes[at - 1] === LF && (at - 2 < start || bytes[at - 2] === CR)
}
