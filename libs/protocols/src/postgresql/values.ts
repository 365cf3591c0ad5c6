import { u16be, u32be } from '@hindwire/bytes/endian.ts'
import { toHex } from '@hindwire/bytes/hex.ts'
import type { KeptBytes } from '@hindwire/bytes/keep.ts'
import { findByte, utf8 } from '@hindwire/bytes/text.ts'

import { typeNames } from './constants.ts'
import { MAX_COLUMNS, MAX_PARAMETER_CHARACTERS } from './limits.ts'

export interface ColumnDescription {
  readonly name: string
  readonly type: string
  readonly oid: number
  /** 0 text, 1 binary. */
  readonly format: number
}

export function typeName(oid: number): string {
  return typeNames[oid] ?? String(oid)
}

/** RowDescription = Int16 (name NUL Int32 table Int16 column Int32 type Int16 size Int32 modifier Int16 format)* */
export function readColumns(kept: KeptBytes): ColumnDescription[] {
  const { bytes, start, end } = kept
  const columns: ColumnDescription[] = []
  const count = Math.min(u16be(bytes, start), MAX_COLUMNS)
  let at = start + 2
  while (columns.length < count) {
    const nul = findByte(bytes, at, end, 0)
    if (nul < 0 || nul + 19 > end) break
    const oid = u32be(bytes, nul + 7)
    columns.push({ name: utf8(bytes, at, nul), type: typeName(oid), oid, format: u16be(bytes, nul + 17) })
    at = nul + 19
  }
  return columns
}

const HEX_SHOWN = 64
const view = new DataView(new ArrayBuffer(8))
/** 2000-01-01, from which PostgreSQL counts, in ms since 1970. */
const EPOCH_MS = 946_684_800_000

function cut(text: string): string {
  return text.length > MAX_PARAMETER_CHARACTERS ? `${text.slice(0, MAX_PARAMETER_CHARACTERS)}…` : text
}

/** Value as text: as it came in text format; of binary format the usual types are decoded, others are hex. */
export function valueText(bytes: Uint8Array, start: number, end: number, oid: number, format: number): string {
  if (format === 0) return cut(utf8(bytes, start, Math.min(end, start + 4 * MAX_PARAMETER_CHARACTERS)))
  const size = end - start
  const decoded = size <= 8 ? numberText(bytes, start, size, oid) : null
  if (decoded !== null) return decoded
  switch (oid) {
    case 18: // char
    case 19: // name
    case 25: // text
    case 114: // json
    case 142: // xml
    case 1042: // bpchar
    case 1043: // varchar
      return cut(utf8(bytes, start, Math.min(end, start + 4 * MAX_PARAMETER_CHARACTERS)))
    case 2950:
      return size === 16 ? uuid(toHex(bytes, start, end)) : hex(bytes, start, end)
    case 3802: // jsonb: a version byte before the text
      return cut(utf8(bytes, start + 1, Math.min(end, start + 4 * MAX_PARAMETER_CHARACTERS)))
    default:
      return hex(bytes, start, end)
  }
}

function hex(bytes: Uint8Array, start: number, end: number): string {
  const shown = toHex(bytes, start, Math.min(end, start + HEX_SHOWN))
  return end - start > HEX_SHOWN ? `\\x${shown}…` : `\\x${shown}`
}

function uuid(digits: string): string {
  return [0, 8, 12, 16, 20].map((from, i, all) => digits.slice(from, all[i + 1])).join('-')
}

function numberText(bytes: Uint8Array, start: number, size: number, oid: number): string | null {
  for (let i = 0; i < size; i++) view.setUint8(i, bytes[start + i]!)
  switch (oid) {
    case 16:
      return size === 1 ? (view.getUint8(0) === 0 ? 'f' : 't') : null
    case 21:
      return size === 2 ? String(view.getInt16(0)) : null
    case 23:
      return size === 4 ? String(view.getInt32(0)) : null
    case 26:
      return size === 4 ? String(view.getUint32(0)) : null
    case 20:
      return size === 8 ? String(view.getBigInt64(0)) : null
    case 700:
      return size === 4 ? String(Math.fround(view.getFloat32(0))) : null
    case 701:
      return size === 8 ? String(view.getFloat64(0)) : null
    case 1082: // date: days
      return size === 4 ? isoTime(view.getInt32(0) * 86_400_000, 10) : null
    case 1114: // timestamp, timestamptz: µs
    case 1184:
      return size === 8 ? isoTime(Number(view.getBigInt64(0)) / 1000, 23) : null
    default:
      return null
  }
}

function isoTime(sinceEpochMs: number, characters: number): string | null {
  const date = new Date(EPOCH_MS + Math.floor(sinceEpochMs))
  return Number.isNaN(date.getTime()) ? null : date.toISOString().slice(0, characters).replace('T', ' ')
}

/** DataRow = Int16 (Int32 length, Byten)*; null is NULL. */
export function readRow(
  row: KeptBytes,
  columns: readonly ColumnDescription[],
  formats: readonly number[] | null,
): (string | null)[] {
  const { bytes, start, end } = row
  const values: (string | null)[] = []
  const count = Math.min(u16be(bytes, start), MAX_COLUMNS)
  let at = start + 2
  for (let i = 0; i < count && at + 4 <= end; i++) {
    const length = u32be(bytes, at) | 0
    at += 4
    const column = columns[i]
    const format = formats === null ? (column?.format ?? 0) : formatOf(formats, i)
    values.push(length < 0 ? null : valueText(bytes, at, Math.min(end, at + length), column?.oid ?? 0, format))
    at += Math.max(0, length)
  }
  return values
}

/** Of a list of format codes: none means text for all, one stands for all. */
export function formatOf(formats: readonly number[], index: number): number {
  return formats.length === 1 ? formats[0]! : (formats[index] ?? 0)
}

export interface BindValues {
  readonly parameters: readonly (string | null)[]
  /** Format codes of the result's columns; null where the message is cut before them. */
  readonly resultFormats: readonly number[] | null
}

/** Bind, behind its names: Int16 Int16(format)* Int16 (Int32 length, Byten)* Int16 Int16(format)* */
export function readBind(kept: KeptBytes, types: readonly number[]): BindValues {
  const { bytes, start, end } = kept
  const parameters: (string | null)[] = []
  const formats = codes(bytes, start, end)
  let at = start + 2 + 2 * formats.length
  if (at + 2 > end) return { parameters, resultFormats: null }
  const count = u16be(bytes, at)
  at += 2
  for (let i = 0; i < count; i++) {
    if (at + 4 > end || parameters.length > MAX_COLUMNS) return { parameters, resultFormats: null }
    const length = u32be(bytes, at) | 0
    at += 4
    const to = at + Math.max(0, length)
    parameters.push(length < 0 ? null : valueText(bytes, at, Math.min(end, to), types[i] ?? 0, formatOf(formats, i)))
    at = to
  }
  return { parameters, resultFormats: at + 2 <= end ? codes(bytes, at, end) : null }
}

function codes(bytes: Uint8Array, at: number, end: number): number[] {
  if (at + 2 > end) return []
  const count = Math.min(u16be(bytes, at), (end - at - 2) >> 1)
  const found: number[] = []
  for (let i = 0; i < count; i++) found.push(u16be(bytes, at + 2 + 2 * i))
  return found
}
