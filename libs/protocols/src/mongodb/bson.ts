import { u32le } from '@hindwire/bytes/endian.ts'
import { findByte } from '@hindwire/bytes/text.ts'

import { Bson } from './constants.ts'

/**
 * Walks the elements of a document (https://bsonspec.org/spec.html), which may be cut at its end:
 *
 *     document = int32 element* 0x00
 *     element  = type:u8 name:cstring value
 */
export class BsonReader {
  readonly bytes: Uint8Array
  #at: number
  readonly #end: number
  type = 0
  nameStart = 0
  nameEnd = 0
  valueStart = 0
  valueEnd = 0
  /** The document was not read to its end: it is cut, or damaged. */
  cut = false

  /** The document begins at `start`; nothing is read at `end` and beyond. */
  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes
    const size = end - start < 5 ? 0 : u32le(bytes, start)
    if (size < 5) this.cut = true
    this.#at = start + 4
    this.#end = size < 5 ? start : Math.min(end, start + size)
  }

  /** Moves to the next element. False at the end of the document, or of what is there of it. */
  next(): boolean {
    if (this.cut) return false
    const { bytes } = this
    const end = this.#end
    if (this.#at >= end) return this.#stop()
    this.type = bytes[this.#at]!
    if (this.type === 0) return false
    this.nameStart = this.#at + 1
    this.nameEnd = findByte(bytes, this.nameStart, end, 0)
    if (this.nameEnd < 0) return this.#stop()
    this.valueStart = this.nameEnd + 1
    const size = valueSize(this.type, bytes, this.valueStart, end)
    if (size < 0) return this.#stop()
    // A cut document, string or binary is shown as far as it goes.
    if (size > end - this.valueStart) this.cut = true
    this.valueEnd = Math.min(end, this.valueStart + size)
    if (this.cut && !isDivisible(this.type)) return false
    this.#at = this.valueEnd
    return true
  }

  #stop(): false {
    this.cut = true
    return false
  }
}

function isDivisible(type: number): boolean {
  return type === Bson.Document || type === Bson.Array || type === Bson.String || type === Bson.Binary
}

/** Bytes of a value as it says itself; −1 where that is not there, or the type is unknown. */
function valueSize(type: number, bytes: Uint8Array, at: number, end: number): number {
  switch (type) {
    case Bson.Undefined:
    case Bson.Null:
    case Bson.MinKey:
    case Bson.MaxKey:
      return 0
    case Bson.Boolean:
      return 1
    case Bson.Int32:
      return 4
    case Bson.Double:
    case Bson.Date:
    case Bson.Timestamp:
    case Bson.Int64:
      return 8
    case Bson.ObjectId:
      return 12
    case Bson.Decimal128:
      return 16
    case Bson.Regex: {
      const pattern = findByte(bytes, at, end, 0)
      const options = pattern < 0 ? -1 : findByte(bytes, pattern + 1, end, 0)
      return options < 0 ? -1 : options + 1 - at
    }
    default:
      return prefixedSize(type, bytes, at, end)
  }
}

function prefixedSize(type: number, bytes: Uint8Array, at: number, end: number): number {
  if (end - at < 4) return -1
  const length = u32le(bytes, at)
  switch (type) {
    case Bson.String:
    case Bson.Code:
    case Bson.Symbol:
      return length < 1 ? -1 : 4 + length
    case Bson.Document:
    case Bson.Array:
      return length < 5 ? -1 : length
    case Bson.CodeWithScope:
      return length < 14 ? -1 : length
    case Bson.Binary:
      return 5 + length
    case Bson.DbPointer:
      return length < 1 ? -1 : 4 + length + 12
    default:
      return -1
  }
}
