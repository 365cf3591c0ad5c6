import { u16be, u32be } from '@hindwire/bytes/endian.ts'
import { utf8 } from '@hindwire/bytes/text.ts'

import { HIGHEST_ERROR } from './error-codes.ts'
import { MAX_DEPTH, MAX_KEPT_COST, MAX_STRING_BYTES, MAX_TOPIC_BYTES, MAX_TOPICS, MAX_VALUES } from './limits.ts'
import type { FieldShape, FieldType, RecordSet, Shape, Struct, Value } from './types.ts'

export const Status = {
  Ok: 0,
  /** The bytes at hand end before the message does (or a limit was reached). */
  Short: 1,
  /** The message is not of this shape. */
  Invalid: 2,
} as const
export type Status = (typeof Status)[keyof typeof Status]

const TWO_32 = 0x1_0000_0000

/** Reads a message by its shape: values as JSON would have them, and what rows need of them, wherever it stands. */
export class Decoder {
  readonly #bytes: Uint8Array
  position: number
  /** End of the bytes at hand. */
  readonly #end: number
  /** End of the message, which may lie behind that. */
  readonly #messageEnd: number
  readonly #flexible: boolean
  status: Status = Status.Ok
  readonly topics: string[] = []
  readonly groups: string[] = []
  readonly recordSets: RecordSet[] = []
  /** The first error code that is not 0, and the first text of an error. */
  errorCode = 0
  errorMessage = ''
  /** Strings that are not empty. */
  texts = 0
  #topic = ''
  #values = 0
  #cost = 0
  #depth = 0

  constructor(bytes: Uint8Array, start: number, end: number, messageEnd: number, flexible: boolean) {
    this.#bytes = bytes
    this.position = start
    this.#end = Math.min(end, messageEnd)
    this.#messageEnd = messageEnd
    this.#flexible = flexible
  }

  /** Nothing of the message is left. */
  get atEnd(): boolean {
    return this.status === Status.Ok && this.position === this.#messageEnd
  }

  /** Steps over tagged fields: the end of a flexible header. */
  skipTags(): void {
    if (this.#flexible) this.#tags([], {})
  }

  struct(shape: Shape): Struct {
    const out: Struct = {}
    if (++this.#depth > MAX_DEPTH) this.status = Status.Invalid
    for (const field of shape.fields) {
      if (this.status !== Status.Ok) break
      const value = this.#field(field, out)
      if (this.status === Status.Ok || (field.array && value !== null)) out[field.name] = value
    }
    if (this.#flexible && this.status === Status.Ok) this.#tags(shape.tagged, out)
    this.#depth--
    return out
  }

  #has(count: number): boolean {
    if (this.status !== Status.Ok) return false
    if (count >= 0 && count <= this.#end - this.position) return true
    this.status = count < 0 || count > this.#messageEnd - this.position ? Status.Invalid : Status.Short
    return false
  }

  #i8(): number {
    return this.#has(1) ? (this.#bytes[this.position++]! << 24) >> 24 : 0
  }

  #i16(): number {
    if (!this.#has(2)) return 0
    this.position += 2
    return (u16be(this.#bytes, this.position - 2) << 16) >> 16
  }

  #i32(): number {
    if (!this.#has(4)) return 0
    this.position += 4
    return u32be(this.#bytes, this.position - 4) | 0
  }

  #i64(): number {
    const high = this.#i32()
    return high * TWO_32 + (this.#i32() >>> 0)
  }

  /** UNSIGNED_VARINT of at most 32 bit. */
  #uvarint(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      if (!this.#has(1)) return 0
      const byte = this.#bytes[this.position++]!
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) {
        if (value >= TWO_32) this.status = Status.Invalid
        return value
      }
    }
    this.status = Status.Invalid
    return 0
  }

  /** -1 for null. */
  #length(wide: boolean, nullable: boolean): number {
    const length = this.#flexible ? this.#uvarint() - 1 : wide ? this.#i32() : this.#i16()
    if (this.status !== Status.Ok) return -1
    if (length < -1 || (length === -1 && !nullable) || length > this.#messageEnd - this.position) {
      this.status = Status.Invalid
      return -1
    }
    return length
  }

  #field(field: FieldShape, out: Struct): Value {
    if (field.array) return this.#array(field, out)
    if (field.type !== 'struct') return this.#value(field.type, field.nullable, out)
    if (field.nullable && this.#i8() < 0) return null
    return this.struct(field.shape)
  }

  #array(field: FieldShape, out: Struct): Value {
    const count = this.#length(true, field.nullable)
    if (this.status !== Status.Ok || count < 0) return null
    const list: Value[] = []
    for (let n = 0; n < count; n++) {
      const value = field.type === 'struct' ? this.struct(field.shape) : this.#value(field.type, false, out)
      const status = this.status as Status
      const shown = status === Status.Ok || (status === Status.Short && field.type === 'struct')
      if (shown && this.#cost <= MAX_KEPT_COST) list.push(value)
      if (status !== Status.Ok) break
    }
    if (list.length < count) out[`${field.name}_count`] = count
    return list
  }

  #value(type: FieldType, nullable: boolean, out: Struct): Value {
    this.#cost += 8
    if (++this.#values > MAX_VALUES) this.status = Status.Short
    switch (type) {
      case 'bool':
        return this.#bool()
      case 'int8':
        return this.#i8()
      case 'int16':
        return this.#i16()
      case 'int32':
        return this.#i32()
      case 'int64':
        return this.#i64()
      case 'uuid':
        return this.#uuid()
      case 'error':
        return this.#error()
      case 'acks':
        return this.#acks()
      case 'bytes':
      case 'secret':
        return this.#opaque(type, nullable)
      case 'records':
        return this.#records(nullable, out)
      default:
        return this.#string(type, nullable)
    }
  }

  #bool(): boolean {
    const value = this.#i8()
    if (value !== 0 && value !== 1) this.status = Status.Invalid
    return value === 1
  }

  #error(): number {
    const code = this.#i16()
    if (code < -1 || code > HIGHEST_ERROR + 50) this.status = Status.Invalid
    else if (this.errorCode === 0) this.errorCode = code
    return code
  }

  #acks(): number {
    const acks = this.#i16()
    if (acks < -1 || acks > 1) this.status = Status.Invalid
    return acks
  }

  /** As Kafka prints it: base64url without padding; null for the zero id. */
  #uuid(): Value {
    if (!this.#has(16)) return null
    const from = this.position
    this.position += 16
    let zero = true
    for (let at = from; at < from + 16; at++) if (this.#bytes[at] !== 0) zero = false
    if (zero) return null
    this.#topic = Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + from, 16).toString('base64url')
    this.#cost += 22
    this.#note(this.topics, this.#topic)
    return this.#topic
  }

  #string(type: FieldType, nullable: boolean): Value {
    const length = this.#length(false, nullable || type === 'message')
    if (length < 0 || !this.#has(length)) return null
    const from = this.position
    this.position += length
    const topic = type === 'topic'
    for (let at = from; at < this.position; at++) {
      const byte = this.#bytes[at]!
      const allowed = topic ? isTopicByte(byte) : byte >= 0x20 || (byte >= 9 && byte <= 13)
      if (!allowed) this.status = Status.Invalid
    }
    if (topic && length > MAX_TOPIC_BYTES) this.status = Status.Invalid
    if (this.status !== Status.Ok) return null
    if (length > 0) this.texts++
    const kept = Math.min(length, MAX_STRING_BYTES)
    this.#cost += kept
    const text = utf8(this.#bytes, from, from + kept)
    if (topic) {
      this.#topic = text
      this.#note(this.topics, text)
    } else if (type === 'group') this.#note(this.groups, text)
    else if (type === 'message' && this.errorMessage === '') this.errorMessage = text
    return text
  }

  #note(list: string[], text: string): void {
    if (text !== '' && list.length < MAX_TOPICS && !list.includes(text)) list.push(text)
  }

  /** Bytes whose meaning is that of clients, or that nobody may keep: their number. */
  #opaque(type: FieldType, nullable: boolean): Value {
    const length = this.#length(true, nullable)
    if (length < 0 || !this.#has(length)) return null
    this.position += length
    return type === 'secret' ? '(not stored)' : { bytes: length }
  }

  #records(nullable: boolean, out: Struct): Value {
    const length = this.#length(true, nullable)
    if (length < 0) return null
    const start = this.position
    const end = Math.min(start + length, this.#end)
    const target: Struct = { bytes: length }
    const partition = out['index'] ?? out['partition_index']
    if (length > 0) {
      const whole = end === start + length
      this.recordSets.push({ topic: this.#topic, partition: Number(partition), start, end, whole, target })
      // Message sets and batches have their magic at the same place.
      if (end - start > 16 && this.#bytes[start + 16]! > 2) this.status = Status.Invalid
    }
    out['records'] = target
    if (this.#has(length)) this.position += length
    return target
  }

  /** Tagged fields, known ones by their shape (KIP-482). */
  #tags(shapes: readonly FieldShape[], out: Struct): void {
    const count = this.#uvarint()
    if (count > this.#messageEnd - this.position) this.status = Status.Invalid
    for (let n = 0; n < count && this.status === Status.Ok; n++) {
      const tag = this.#uvarint()
      const size = this.#uvarint()
      const behind = this.position + size
      const shape = shapes.find((each) => each.tag === tag)
      if (shape === undefined || !this.#has(size)) {
        if (this.#has(size)) this.position = behind
        continue
      }
      out[shape.name] = this.#field(shape, out)
      if (this.status === Status.Ok && this.position !== behind) this.status = Status.Invalid
    }
  }
}

/** `[a-zA-Z0-9._-]` */
function isTopicByte(byte: number): boolean {
  const letter = byte | 0x20
  return (
    (letter >= 0x61 && letter <= 0x7a) ||
    (byte >= 0x30 && byte <= 0x39) ||
    byte === 0x2e ||
    byte === 0x5f ||
    byte === 0x2d
  )
}
