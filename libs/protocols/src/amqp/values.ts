import { ByteReader } from '@hindwire/bytes/byte-reader.ts'
import { utf8 } from '@hindwire/bytes/text.ts'

import { properties } from './constants.ts'
import { MAX_DEPTH, MAX_TABLE_FIELDS } from './limits.ts'

export type Value = unknown
export type Table = Record<string, Value>

/** Arguments of a method by name (section 4.2.5). What does not fit its bytes is left out. */
export function readArguments(
  fields: readonly (readonly [name: string, type: string])[],
  bytes: Uint8Array,
  start: number,
  end: number,
): Table {
  const reader = new ByteReader(bytes, start, end)
  const table: Table = {}
  let bits = 0
  let bitCount = 8
  for (const [name, type] of fields) {
    if (type !== 'bit') bitCount = 8
    else if (bitCount === 8) {
      bits = reader.u8()
      bitCount = 0
    }
    const value = type === 'bit' ? (bits & (1 << bitCount++)) !== 0 : readValue(reader, type, 0)
    if (reader.overrun) break
    if (!name.startsWith('reserved') && name !== 'ticket') table[name] = value
  }
  return table
}

/** Properties of a content header, behind class, weight and body size: flags, then those that are set. */
export function readProperties(bytes: Uint8Array): Table {
  const reader = new ByteReader(bytes)
  const flags = reader.u16()
  const table: Table = {}
  for (const [index, [name, type]] of properties.entries()) {
    if ((flags & (0x8000 >> index)) === 0) continue
    const value = readValue(reader, type, 0)
    if (reader.overrun) break
    table[name] = value
  }
  return table
}

function readValue(reader: ByteReader, type: string, depth: number): Value {
  switch (type) {
    case 'octet':
      return reader.u8()
    case 'short':
      return reader.u16()
    case 'long':
      return reader.u32()
    case 'longlong':
      return reader.u64()
    case 'shortstr':
      return text(reader, reader.u8())
    case 'longstr':
      return text(reader, reader.u32())
    default:
      return readTable(reader, depth)
  }
}

function text(reader: ByteReader, length: number): string {
  const at = reader.take(length)
  return at < 0 ? '' : utf8(reader.bytes, at, at + length)
}

/** table = size:u32 (name:shortstr type:u8 value)* */
function readTable(reader: ByteReader, depth: number): Table {
  const size = reader.u32()
  const at = reader.take(size)
  const table: Table = {}
  if (at < 0 || depth >= MAX_DEPTH) return table
  const inner = new ByteReader(reader.bytes, at, at + size)
  for (let n = 0; inner.remaining > 0 && n < MAX_TABLE_FIELDS; n++) {
    const name = text(inner, inner.u8())
    const value = readField(inner, depth)
    if (inner.overrun) break
    table[name === '__proto__' ? '__proto__ ' : name] = value
  }
  return table
}

const eight = new DataView(new ArrayBuffer(8))

/** Field values by their letter, as RabbitMQ writes and reads them (its errata for 0-9-1). */
function readField(reader: ByteReader, depth: number): Value {
  switch (String.fromCharCode(reader.u8())) {
    case 't':
      return reader.u8() !== 0
    case 'b':
      return (reader.u8() << 24) >> 24
    case 'B':
      return reader.u8()
    case 's':
      return (reader.u16() << 16) >> 16
    case 'u':
      return reader.u16()
    case 'I':
      return reader.i32()
    case 'i':
      return reader.u32()
    case 'l':
      return int64(reader)
    case 'T':
      return reader.u64()
    case 'f':
      eight.setUint32(0, reader.u32())
      return eight.getFloat32(0)
    case 'd':
      eight.setUint32(0, reader.u32())
      eight.setUint32(4, reader.u32())
      return eight.getFloat64(0)
    case 'D':
      return decimal(reader.u8(), reader.i32())
    case 'S':
      return text(reader, reader.u32())
    case 'x': {
      const length = reader.u32()
      const at = reader.take(length)
      return at < 0 ? '' : Buffer.from(reader.bytes.subarray(at, at + length)).toString('base64')
    }
    case 'A':
      return readArray(reader, depth + 1)
    case 'F':
      return readTable(reader, depth + 1)
    case 'V':
      return null
    default:
      reader.overrun = true
      return null
  }
}

function readArray(reader: ByteReader, depth: number): Value[] {
  const size = reader.u32()
  const at = reader.take(size)
  const values: Value[] = []
  if (at < 0 || depth >= MAX_DEPTH) return values
  const inner = new ByteReader(reader.bytes, at, at + size)
  while (inner.remaining > 0 && values.length < MAX_TABLE_FIELDS) {
    const value = readField(inner, depth)
    if (inner.overrun) break
    values.push(value)
  }
  return values
}

function int64(reader: ByteReader): number {
  const high = reader.i32()
  return high * 0x1_0000_0000 + reader.u32()
}

/** Digits with `scale` of them behind the point. */
function decimal(scale: number, value: number): string {
  if (scale === 0 || scale > 30) return String(value)
  const digits = String(Math.abs(value)).padStart(scale + 1, '0')
  return `${value < 0 ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}
