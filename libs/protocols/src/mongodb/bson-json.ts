import { u32le } from '@hindwire/bytes/endian.ts'
import { toHex } from '@hindwire/bytes/hex.ts'
import { latin1, utf8 } from '@hindwire/bytes/text.ts'

import { decimal128, doubleAt, int64At } from './bson-number.ts'
import { BsonReader } from './bson.ts'
import { Bson, secretEverywhere, secretFields } from './constants.ts'
import { MAX_DEPTH } from './limits.ts'

const SECRET = '"***"'

/**
 * Writes documents as relaxed Extended JSON 2.0 (specifications/extended-json in mongodb/specifications), up to about
 * `limit` characters. What is cut is still JSON: open documents are closed.
 */
export class BsonJson {
  text = ''
  /** Not all of the input is in `text`. */
  cut = false
  readonly #limit: number
  readonly #secrets: boolean

  /** `secrets`: fields that are credentials in some commands are masked. */
  constructor(limit: number, secrets: boolean) {
    this.#limit = limit
    this.#secrets = secrets
  }

  /** An object. `extra` is written behind its last field: fields of the command that came in other sections. */
  document(
    bytes: Uint8Array,
    start: number,
    end: number,
    depth = 0,
    extra: ((json: this) => void) | null = null,
  ): void {
    this.text += '{'
    const reader = new BsonReader(bytes, start, end)
    for (let first = true; this.#hasRoom(depth) && reader.next(); first = false) {
      if (!first) this.text += ','
      this.text += quotedName(bytes, reader.nameStart, reader.nameEnd)
      this.text += ':'
      if (this.#isSecret(latin1(bytes, reader.nameStart, reader.nameEnd))) this.text += SECRET
      else this.value(reader, depth)
    }
    if (reader.cut) this.cut = true
    extra?.(this)
    this.text += '}'
  }

  array(bytes: Uint8Array, start: number, end: number, depth: number): void {
    this.text += '['
    const reader = new BsonReader(bytes, start, end)
    for (let first = true; this.#hasRoom(depth) && reader.next(); first = false) {
      if (!first) this.text += ','
      this.value(reader, depth)
    }
    if (reader.cut) this.cut = true
    this.text += ']'
  }

  /** Value of the element that the reader stands on. */
  value(reader: BsonReader, depth: number): void {
    const { bytes, type, valueStart: at, valueEnd: end } = reader
    switch (type) {
      case Bson.Document:
        this.document(bytes, at, end, depth + 1)
        return
      case Bson.Array:
        this.array(bytes, at, end, depth + 1)
        return
      case Bson.String:
        this.#string(bytes, at + 4, end, u32le(bytes, at) - 1)
        return
      case Bson.Binary:
        this.#binary(bytes, at, end)
        return
      default:
        this.text += scalar(reader)
    }
  }

  #hasRoom(depth: number): boolean {
    if (this.text.length < this.#limit && depth <= MAX_DEPTH) return true
    this.cut = true
    return false
  }

  #isSecret(name: string): boolean {
    return secretEverywhere.has(name) || (this.#secrets && secretFields.has(name))
  }

  #string(bytes: Uint8Array, start: number, end: number, length: number): void {
    const room = Math.max(0, this.#limit - this.text.length)
    const whole = start + length
    const to = Math.min(whole, end, start + room)
    if (to < whole) this.cut = true
    this.text += JSON.stringify(utf8(bytes, start, to))
  }

  #binary(bytes: Uint8Array, at: number, end: number): void {
    const room = Math.max(0, this.#limit - this.text.length)
    const to = Math.min(end, at + 5 + room)
    if (to < at + 5 + u32le(bytes, at)) this.cut = true
    const content = Buffer.from(bytes.subarray(Math.min(to, at + 5), to)).toString('base64')
    this.text += `{"$binary":{"base64":"${content}","subType":"${toHex(bytes, at + 4, at + 5)}"}}`
  }
}

function quotedName(bytes: Uint8Array, start: number, end: number): string {
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!
    if (byte < 0x20 || byte >= 0x7f || byte === 0x22 || byte === 0x5c) return JSON.stringify(utf8(bytes, start, end))
  }
  return `"${latin1(bytes, start, end)}"`
}

/** Values that are never cut. */
function scalar({ bytes, type, valueStart: at, valueEnd: end }: BsonReader): string {
  switch (type) {
    case Bson.Int32:
      return String(u32le(bytes, at) | 0)
    case Bson.Boolean:
      return bytes[at] === 0 ? 'false' : 'true'
    case Bson.Null:
      return 'null'
    case Bson.Double:
      return double(doubleAt(bytes, at))
    case Bson.Int64: {
      const value = int64At(bytes, at)
      return Number.isSafeInteger(Number(value)) ? String(value) : `{"$numberLong":"${value}"}`
    }
    case Bson.ObjectId:
      return `{"$oid":"${toHex(bytes, at, end)}"}`
    case Bson.Date:
      return date(int64At(bytes, at))
    case Bson.Timestamp:
      return `{"$timestamp":{"t":${u32le(bytes, at + 4)},"i":${u32le(bytes, at)}}}`
    case Bson.Decimal128:
      return `{"$numberDecimal":"${decimal128(bytes, at)}"}`
    case Bson.Regex: {
      const [pattern = '', options = ''] = utf8(bytes, at, end).split('\0')
      return JSON.stringify({ $regularExpression: { pattern, options } })
    }
    case Bson.Code:
      return JSON.stringify({ $code: utf8(bytes, at + 4, end - 1) })
    case Bson.CodeWithScope:
      return JSON.stringify({ $code: utf8(bytes, at + 8, Math.min(end, at + 7 + u32le(bytes, at + 4))) })
    case Bson.Symbol:
      return JSON.stringify({ $symbol: utf8(bytes, at + 4, end - 1) })
    case Bson.DbPointer:
      return JSON.stringify({
        $dbPointer: { $ref: utf8(bytes, at + 4, end - 13), $id: { $oid: toHex(bytes, end - 12, end) } },
      })
    case Bson.Undefined:
      return '{"$undefined":true}'
    case Bson.MinKey:
      return '{"$minKey":1}'
    default:
      return '{"$maxKey":1}'
  }
}

function double(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0.0' : String(value)
  return `{"$numberDouble":"${Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity'}"}`
}

/** ISO 8601 from 1970 to 9999, as the specification asks. */
function date(milliseconds: bigint): string {
  const value = Number(milliseconds)
  if (value < 0 || value > 253_402_300_799_999) return `{"$date":{"$numberLong":"${milliseconds}"}}`
  const text = new Date(value).toISOString()
  return `{"$date":"${value % 1000 === 0 ? text.replace('.000', '') : text}"}`
}
