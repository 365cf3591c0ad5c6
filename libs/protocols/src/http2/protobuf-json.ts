import { isUtf8 } from 'node:buffer'

import { utf8 } from '@hindwire/bytes/text.ts'

import { MAX_PROTOBUF_BLOB_BYTES, MAX_PROTOBUF_DEPTH, MAX_PROTOBUF_FIELDS } from './limits.ts'
import {
  field,
  high,
  isMessage,
  low,
  record,
  valueEnd,
  valueStart,
  varint,
  wireType,
  WireType,
} from './protobuf-wire.ts'

/**
 * Shows a message without its descriptor: an object by field number, repeated fields as arrays. The wire says varint,
 * 4 bytes, 8 bytes or a run of bytes; what these mean is guessed, and the guess is the same for the same bytes.
 */
export class ProtobufJson {
  /** Characters of output that are left. */
  #room = 0
  /** Something was left out, or could not be read. */
  cut = false

  /** JSON text of the message bytes[start, end), of about `room` characters at most. */
  render(bytes: Uint8Array, start: number, end: number, room: number): string {
    this.#room = room
    this.cut = false
    return this.#message(bytes, start, end, 0)
  }

  #message(bytes: Uint8Array, start: number, end: number, depth: number): string {
    const numbers: number[] = []
    const texts: string[] = []
    const repeated: boolean[] = []
    let at = start
    for (let count = 0; at < end; count++) {
      const next = record(bytes, at, end)
      if (next < 0 || count >= MAX_PROTOBUF_FIELDS || this.#room <= 0) {
        this.cut = true
        break
      }
      at = next
      const number = field
      const text = this.#value(bytes, depth)
      this.#room -= text.length + 6
      const known = numbers.lastIndexOf(number)
      if (known < 0) {
        numbers.push(number)
        texts.push(text)
        repeated.push(false)
      } else {
        texts[known] += `,${text}`
        repeated[known] = true
      }
    }
    let json = '{'
    for (let i = 0; i < numbers.length; i++) {
      if (i > 0) json += ','
      json += repeated[i] === true ? `"${numbers[i]}":[${texts[i]}]` : `"${numbers[i]}":${texts[i]}`
    }
    return `${json}}`
  }

  /** The value of the record that was read last. */
  #value(bytes: Uint8Array, depth: number): string {
    switch (wireType) {
      case WireType.Varint:
        varint(bytes, valueStart, valueEnd)
        return integer()
      case WireType.I32:
        return fixed32(bytes, valueStart)
      case WireType.I64:
        return fixed64(bytes, valueStart)
      default:
        return this.#run(bytes, valueStart, valueEnd, depth)
    }
  }

  /** A run of bytes: text, a message, packed numbers, or just bytes. */
  #run(bytes: Uint8Array, start: number, end: number, depth: number): string {
    if (start === end) return '""'
    const text = isText(bytes, start, end)
    // A text that begins with a tab or line end is more likely a message whose first tag is that character.
    if (text && (bytes[start] as number) >= 0x20) return this.#text(bytes, start, end)
    if (depth < MAX_PROTOBUF_DEPTH && isMessage(bytes, start, end)) return this.#message(bytes, start, end, depth + 1)
    if (text) return this.#text(bytes, start, end)
    return packed(bytes, start, end) ?? this.#blob(bytes, start, end)
  }

  #text(bytes: Uint8Array, start: number, end: number): string {
    let stop = end
    if (end - start > this.#room) {
      this.cut = true
      stop = start + Math.max(0, this.#room)
      // Not within a character.
      while (stop > start && ((bytes[stop] as number) & 0xc0) === 0x80) stop--
    }
    return JSON.stringify(utf8(bytes, start, stop))
  }

  #blob(bytes: Uint8Array, start: number, end: number): string {
    const stop = Math.min(end, start + MAX_PROTOBUF_BLOB_BYTES)
    const base64 = Buffer.from(bytes.buffer, bytes.byteOffset + start, stop - start).toString('base64')
    if (stop === end) return `{"base64":"${base64}"}`
    this.cut = true
    return `{"base64":"${base64}","size":${end - start}}`
  }
}

/** The varint read last. Above 2^63 it is a negative int32 or int64, which both take ten bytes. */
function integer(): string {
  if (high === 0) return String(low)
  const value = (BigInt(high) << 32n) | BigInt(low)
  const signed = BigInt.asIntN(64, value)
  const exact = signed >= BigInt(Number.MIN_SAFE_INTEGER) && signed <= BigInt(Number.MAX_SAFE_INTEGER)
  return exact ? String(signed) : `"${signed}"`
}

const view = new DataView(new ArrayBuffer(8))

function load(bytes: Uint8Array, at: number, count: number): void {
  for (let i = 0; i < count; i++) view.setUint8(i, bytes[at + i] as number)
}

/** Is it a size that measured values have? Integers seen as floating point numbers come out far beyond. */
function isMeasure(value: number): boolean {
  const size = Math.abs(value)
  return value === 0 || (size > 1e-6 && size < 1e15)
}

function fixed32(bytes: Uint8Array, at: number): string {
  load(bytes, at, 4)
  const value = view.getFloat32(0, true)
  if (!isMeasure(value)) return String(view.getUint32(0, true))
  // The shortest decimal that is this float; nearly all have few places.
  const short = Math.round(value * 1e4) / 1e4
  return String(Math.fround(short) === value ? short : Number(value.toPrecision(7)))
}

function fixed64(bytes: Uint8Array, at: number): string {
  load(bytes, at, 8)
  const value = view.getFloat64(0, true)
  if (isMeasure(value)) return String(value)
  const whole = view.getBigInt64(0, true)
  return Number.isSafeInteger(Number(whole)) ? String(whole) : `"${whole}"`
}

/** UTF-8 without control characters other than tab and line ends. */
function isText(bytes: Uint8Array, start: number, end: number): boolean {
  let ascii = true
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    if (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13) return false
    if (byte === 0x7f) return false
    if (byte > 0x7f) ascii = false
  }
  return ascii || isUtf8(bytes.subarray(start, end))
}

/** Packed numbers: doubles where all are measures, else varints where most are small; null where neither fits. */
function packed(bytes: Uint8Array, start: number, end: number): string | null {
  const length = end - start
  if (length >= 16 && length % 8 === 0) {
    const values: string[] = []
    for (let at = start; at < end; at += 8) {
      load(bytes, at, 8)
      const value = view.getFloat64(0, true)
      if (!isMeasure(value)) break
      values.push(String(value))
    }
    if (values.length === length / 8) return `[${values.join(',')}]`
  }
  let small = 0
  for (let at = start; at < end; at++) if ((bytes[at] as number) < 0x80) small++
  if (length < 2 || small * 4 < length * 3) return null
  const values: string[] = []
  for (let at = start; at < end;) {
    at = varint(bytes, at, end)
    // The last byte of a number is not 0, unless it is the only one.
    if (at < 0 || (bytes[at - 1] === 0 && (low > 127 || high > 0))) return null
    values.push(integer())
  }
  return `[${values.join(',')}]`
}
