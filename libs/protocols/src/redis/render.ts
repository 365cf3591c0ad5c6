import { asciiNumber } from '@hindwire/bytes/text.ts'

import { type Arguments, isAggregate, isSecretName, isString, lineEndOf } from './arguments.ts'
import { Type } from './constants.ts'
import { MAX_DETAIL_BYTES, MAX_DETAIL_STRING_BYTES } from './limits.ts'
import { Text, type TextOut, textKind, writeJsonString, writeQuoted } from './text-out.ts'
import type { RedisMessage } from './types.ts'

/** What stands for a credential. */
const MASK = '***'
const CUT = '…'
const CUT_BYTES = new TextEncoder().encode(CUT)

/** A command as one would type it: words in quotes only where they need them, credentials masked. */
export function writeCommand(out: TextOut, message: RedisMessage, args: Arguments, secrets: ReadonlySet<number>): void {
  const { bytes } = message
  for (let i = 0; i < args.count; i++) {
    if (i > 0) out.byte(0x20)
    if (secrets.has(i)) {
      out.ascii(MASK)
      continue
    }
    const start = args.starts[i]!
    const end = args.ends[i]!
    const kind = textKind(bytes, start, end)
    if (kind === Text.Plain) out.copy(bytes, start, end)
    else if (kind === Text.Spaced) writeSpaced(out, bytes, start, end)
    else writeQuoted(out, bytes, start, end, false)
    if (args.sizes[i]! > end - start) out.copy(CUT_BYTES, 0, CUT_BYTES.length)
  }
}

/** In single quotes, which leave JSON values readable and searchable. */
function writeSpaced(out: TextOut, bytes: Uint8Array, start: number, end: number): void {
  out.byte(0x27)
  for (let at = start; at < end; at++) {
    if (bytes[at] === 0x27) out.byte(0x5c)
    out.byte(bytes[at]!)
  }
  out.byte(0x27)
}

export function writeCommandJson(
  out: TextOut,
  message: RedisMessage,
  args: Arguments,
  secrets: ReadonlySet<number>,
): void {
  out.byte(0x5b)
  let i = 0
  for (; i < args.count && out.length < MAX_DETAIL_BYTES; i++) {
    if (i > 0) out.byte(0x2c)
    if (secrets.has(i)) out.ascii(`"${MASK}"`)
    else writeString(out, message.bytes, args.starts[i]!, args.ends[i]!, args.sizes[i]!)
  }
  if (i < args.count || args.more) writeOmitted(out, i, message.elements)
  out.byte(0x5d)
}

function writeString(out: TextOut, bytes: Uint8Array, start: number, end: number, size: number): void {
  writeJsonString(out, bytes, start, Math.min(end, start + MAX_DETAIL_STRING_BYTES), size)
}

/** Says in a list that elements are missing: `{"omitted": count}`, `true` where their number is not known. */
function writeOmitted(out: TextOut, written: number, elements: number): void {
  if (written > 0) out.byte(0x2c)
  out.ascii(`{"omitted":${elements > written ? elements - written : true}}`)
}

/** Reads a reply again to print it. It was understood once, so only its end can be missing. */
export class ReplyRenderer {
  readonly #out: TextOut
  #bytes: Uint8Array = new Uint8Array(0)
  #at = 0
  #end = 0
  /** The element before was the name of a secret parameter. */
  #secret = false
  // -- the element read last
  #type = 0
  #start = 0
  #stop = 0
  #size = 0
  #count = 0

  constructor(out: TextOut) {
    this.#out = out
  }

  /** As redis-cli prints aggregates: `1) "a"`, `2) (integer) 3`. */
  text(message: RedisMessage): void {
    this.#reset(message)
    if (this.#next()) this.#text(0)
  }

  json(message: RedisMessage): void {
    this.#reset(message)
    if (this.#next()) this.#json()
    else this.#out.ascii('null')
  }

  #reset(message: RedisMessage): void {
    this.#bytes = message.bytes
    this.#at = message.start
    this.#end = message.end
    this.#secret = false
  }

  /** The next type line with its text; attributes are stepped over. False where the kept bytes end. */
  #next(): boolean {
    const bytes = this.#bytes
    for (;;) {
      if (this.#at >= this.#end) return false
      const lineEnd = lineEndOf(bytes, this.#at, this.#end)
      if (lineEnd < 0) return false
      const type = bytes[this.#at]!
      const from = this.#at + 1
      const length = asciiNumber(bytes, from, lineEnd)
      this.#type = type
      this.#start = from
      this.#stop = lineEnd
      this.#size = lineEnd - from
      this.#at = lineEnd + 2
      this.#count = length
      if (type === Type.Attribute) {
        for (let i = 0; i < length * 2; i++) if (!this.#skip()) return false
        continue
      }
      const streamed = bytes[from] === 0x3f
      if (streamed) this.#count = Number.POSITIVE_INFINITY
      if (isString(type) && length >= 0) {
        this.#start = this.#at
        this.#stop = Math.min(this.#end, this.#at + length)
        this.#size = length
        this.#at += length + 2
      } else if (type === Type.BulkString && streamed) this.#type = Type.Array
      else if ((isString(type) || type === Type.Array) && length < 0 && !streamed) this.#type = Type.Null
      return true
    }
  }

  #skip(): boolean {
    if (!this.#next()) return false
    if (!isAggregate(this.#type)) return true
    const elements = this.#elements()
    for (let i = 0; i < elements; i++) {
      if (!this.#skip()) return false
      if (this.#type === Type.End) break
    }
    this.#type = 0
    return true
  }

  #elements(): number {
    return this.#type === Type.Map ? this.#count * 2 : this.#count
  }

  #isEnd(): boolean {
    return this.#type === Type.End || (this.#type === Type.Chunk && this.#size === 0)
  }

  #masked(): boolean {
    const masked = this.#secret && isString(this.#type)
    this.#secret = isString(this.#type) && isSecretName(this.#bytes, this.#start, this.#stop)
    return masked
  }

  #text(indent: number): void {
    const out = this.#out
    if (isAggregate(this.#type)) {
      this.#aggregateText(indent)
      return
    }
    if (this.#masked()) {
      out.ascii(MASK)
      return
    }
    switch (this.#type) {
      case Type.Null:
        out.ascii('(nil)')
        return
      case Type.Integer:
        out.ascii('(integer) ')
        break
      case Type.Double:
        out.ascii('(double) ')
        break
      case Type.Boolean:
        out.ascii(this.#bytes[this.#start] === 0x74 ? '(true)' : '(false)')
        return
      case Type.Error:
      case Type.BulkError:
        out.ascii('(error) ')
        break
      case Type.BulkString:
      case Type.VerbatimString:
      case Type.Chunk:
        writeQuoted(
          out,
          this.#bytes,
          this.#start,
          this.#stop,
          textKind(this.#bytes, this.#start, this.#stop) !== Text.Binary,
        )
        if (this.#size > this.#stop - this.#start) out.copy(CUT_BYTES, 0, CUT_BYTES.length)
        return
      default:
    }
    out.copy(this.#bytes, this.#start, this.#stop)
  }

  #aggregateText(indent: number): void {
    const out = this.#out
    const map = this.#type === Type.Map
    const mark = map ? '# ' : this.#type === Type.Set ? '~ ' : ') '
    const count = this.#count
    const elements = this.#elements()
    if (count === 0) {
      out.ascii(map ? '(empty hash)' : '(empty array)')
      return
    }
    const width = Number.isFinite(count) ? String(count).length : 1
    for (let i = 0; i < elements; i++) {
      if (!this.#next()) {
        out.copy(CUT_BYTES, 0, CUT_BYTES.length)
        return
      }
      if (this.#isEnd()) return
      if (map && i % 2 === 1) out.ascii(' => ')
      else {
        if (i > 0) out.ascii(`\n${' '.repeat(indent)}`)
        const number = String(map ? i / 2 + 1 : i + 1)
        out.ascii(number.padStart(width) + mark)
      }
      this.#text(indent + width + 2)
    }
  }

  #json(): void {
    const out = this.#out
    if (isAggregate(this.#type)) {
      this.#aggregateJson()
      return
    }
    if (this.#masked()) {
      out.ascii(`"${MASK}"`)
      return
    }
    switch (this.#type) {
      case Type.Null:
        out.ascii('null')
        return
      case Type.Boolean:
        out.ascii(this.#bytes[this.#start] === 0x74 ? 'true' : 'false')
        return
      case Type.Integer:
        // Within the range that every JSON reader keeps exact; as a string above.
        if (this.#size <= 15 && this.#bytes[this.#start] !== 0x2b && !this.#hasLeadingZero()) {
          out.copy(this.#bytes, this.#start, this.#stop)
        } else writeString(out, this.#bytes, this.#start, this.#stop, this.#size)
        return
      case Type.Error:
      case Type.BulkError:
        out.ascii('{"error":')
        writeString(out, this.#bytes, this.#start, this.#stop, this.#size)
        out.byte(0x7d)
        return
      default:
        writeString(out, this.#bytes, this.#start, this.#stop, this.#size)
    }
  }

  #hasLeadingZero(): boolean {
    const from = this.#bytes[this.#start] === 0x2d ? this.#start + 1 : this.#start
    return (this.#bytes[from] === 0x30 && this.#stop - from > 1) || from === this.#stop
  }

  /** Lists are arrays; maps are arrays of pairs, because their keys may be of any type and repeat. */
  #aggregateJson(): void {
    const out = this.#out
    const map = this.#type === Type.Map
    const elements = this.#elements()
    out.byte(0x5b)
    let i = 0
    for (; i < elements; i++) {
      if (out.length >= MAX_DETAIL_BYTES && (!map || i % 2 === 0)) break
      if (!this.#next()) break
      if (this.#isEnd()) {
        out.byte(0x5d)
        return
      }
      if (map) out.ascii(i % 2 === 1 ? ',' : i > 0 ? ',[' : '[')
      else if (i > 0) out.byte(0x2c)
      this.#json()
      if (map && i % 2 === 1) out.byte(0x5d)
    }
    if (map && i % 2 === 1) out.ascii(',null]')
    const count = map ? Math.ceil(i / 2) : i
    if (i < elements) writeOmitted(out, count, Number.isFinite(elements) ? (map ? elements / 2 : elements) : 0)
    out.byte(0x5d)
    // The rest of a list that is too long stays unread: nothing behind it is written either.
    if (i < elements) this.#at = this.#end
  }
}
