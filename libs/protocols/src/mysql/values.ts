import { isUtf8 } from 'node:buffer'

import { u16le, u32le } from '@hindwire/bytes/endian.ts'
import { toHex } from '@hindwire/bytes/hex.ts'
import type { KeptBytes } from '@hindwire/bytes/keep.ts'
import { utf8 } from '@hindwire/bytes/text.ts'

import { typeNames } from './constants.ts'
import { MAX_NAME_BYTES, MAX_VALUE_CHARACTERS } from './limits.ts'
import { lenenc, lenencEnd } from './parse.ts'

export interface ColumnDefinition {
  readonly name: string
  readonly table: string
  readonly type: string
  readonly code: number
  readonly unsigned: boolean
}

/**
 * lenenc-str catalogue, schema, table, original table, name, original name; [MariaDB: lenenc-str type data];
 * lenenc(12) int<2>(character set) int<4>(length) int<1>(type) int<2>(flags) int<1>(decimals)
 */
export function readColumn(kept: KeptBytes): ColumnDefinition {
  const { bytes, start, end } = kept
  const texts: string[] = []
  let at = start
  for (let i = 0; i < 6; i++) {
    const size = lenenc(bytes, at, end)
    if (size < 0) break
    const to = Math.min(end, lenencEnd + size)
    texts.push(utf8(bytes, lenencEnd, Math.min(to, lenencEnd + MAX_NAME_BYTES)))
    at = to
  }
  if (end - at > 13) {
    const size = lenenc(bytes, at, end)
    if (size >= 0 && lenencEnd + size + 13 <= end) at = lenencEnd + size
  }
  const whole = at + 11 <= end
  const code = whole ? bytes[at + 7]! : -1
  const unsigned = whole && (u16le(bytes, at + 8) & 0x20) !== 0
  return { name: texts[4] ?? '', table: texts[2] ?? '', type: typeNames[code] ?? String(code), code, unsigned }
}

/** Text row = (NULL as 0xfb / lenenc-str)* */
export function readTextRow(kept: KeptBytes): (string | null)[] {
  const { bytes, start, end } = kept
  const values: (string | null)[] = []
  for (let at = start; at < end;) {
    const size = lenenc(bytes, at, end)
    if (size === -2) break
    values.push(size < 0 ? null : stringText(bytes, lenencEnd, Math.min(end, lenencEnd + size)))
    at = lenencEnd + Math.max(0, size)
  }
  return values
}

/** Binary row = 0 null-bitmap(from bit 2 on) values */
export function readBinaryRow(kept: KeptBytes, columns: readonly ColumnDefinition[]): (string | null)[] {
  const { bytes, start, end } = kept
  const types = columns.map(({ code, unsigned }) => code | (unsigned ? 0x8000 : 0))
  return readValues(bytes, start + 1, start + 1 + ((columns.length + 9) >> 3), end, types, 2)
}

/** Values of parameters: a null bitmap, then the values. */
export function readParameters(kept: KeptBytes, types: readonly number[]): (string | null)[] {
  return readValues(kept.bytes, kept.start, kept.start + ((types.length + 7) >> 3), kept.end, types, 0)
}

function readValues(
  bytes: Uint8Array,
  bitmap: number,
  start: number,
  end: number,
  types: readonly number[],
  firstBit: number,
): (string | null)[] {
  const values: (string | null)[] = []
  let at = start
  for (const [i, type] of types.entries()) {
    const bit = i + firstBit
    if ((bytes[bitmap + (bit >> 3)]! & (1 << (bit & 7))) !== 0) {
      values.push(null)
      continue
    }
    const to = valueEnd(bytes, at, end, type)
    if (to < 0) break
    values.push(valueText(bytes, at, to, type))
    at = to
  }
  return values
}

const fixedSizes: Readonly<Record<number, number>> = { 1: 1, 2: 2, 3: 4, 4: 4, 5: 8, 6: 0, 8: 8, 9: 4, 13: 2 }

/** One past a value in binary form; -1 where it does not fit. */
export function valueEnd(bytes: Uint8Array, at: number, end: number, type: number): number {
  const code = type & 0xff
  const fixed = fixedSizes[code]
  let to: number
  if (fixed !== undefined) to = at + fixed
  else if (code === 7 || (code >= 10 && code <= 12)) to = at < end ? at + 1 + bytes[at]! : -1
  else {
    const size = lenenc(bytes, at, end)
    to = size < 0 ? -1 : lenencEnd + size
  }
  return to > end ? -1 : to
}

const view = new DataView(new ArrayBuffer(8))

function valueText(bytes: Uint8Array, at: number, to: number, type: number): string {
  const code = type & 0xff
  const unsigned = (type & 0x8000) !== 0
  const fixed = fixedSizes[code]
  if (fixed !== undefined) {
    for (let i = 0; i < fixed; i++) view.setUint8(i, bytes[at + i]!)
    return numberText(code, unsigned)
  }
  if (code === 7 || code === 10 || code === 12) return dateText(bytes, at, to, code)
  if (code === 11) return timeText(bytes, at, to)
  lenenc(bytes, at, to)
  return stringText(bytes, lenencEnd, to)
}

function numberText(code: number, unsigned: boolean): string {
  switch (code) {
    case 1:
      return String(unsigned ? view.getUint8(0) : view.getInt8(0))
    case 2:
    case 13:
      return String(unsigned ? view.getUint16(0, true) : view.getInt16(0, true))
    case 4:
      return String(Number(view.getFloat32(0, true).toPrecision(7)))
    case 5:
      return String(view.getFloat64(0, true))
    case 6:
      return ''
    case 8:
      return String(unsigned ? view.getBigUint64(0, true) : view.getBigInt64(0, true))
    default:
      return String(unsigned ? view.getUint32(0, true) : view.getInt32(0, true))
  }
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

function fraction(bytes: Uint8Array, at: number, to: number): string {
  return at + 4 <= to ? `.${String(u32le(bytes, at)).padStart(6, '0')}` : ''
}

/** int<1>(size) [int<2>(year) month day [hour minute second [int<4>(µs)]]] */
function dateText(bytes: Uint8Array, at: number, to: number, code: number): string {
  if (to - at < 5) return code === 10 ? '0000-00-00' : '0000-00-00 00:00:00'
  const date = `${String(u16le(bytes, at + 1)).padStart(4, '0')}-${two(bytes[at + 3]!)}-${two(bytes[at + 4]!)}`
  if (code === 10) return date
  if (to - at < 8) return `${date} 00:00:00`
  return `${date} ${two(bytes[at + 5]!)}:${two(bytes[at + 6]!)}:${two(bytes[at + 7]!)}${fraction(bytes, at + 8, to)}`
}

/** int<1>(size) [int<1>(negative) int<4>(days) hours minutes seconds [int<4>(µs)]] */
function timeText(bytes: Uint8Array, at: number, to: number): string {
  if (to - at < 9) return '00:00:00'
  const hours = u32le(bytes, at + 2) * 24 + bytes[at + 6]!
  const sign = bytes[at + 1] === 1 ? '-' : ''
  return `${sign}${two(hours)}:${two(bytes[at + 7]!)}:${two(bytes[at + 8]!)}${fraction(bytes, at + 9, to)}`
}

const HEX_SHOWN = 64

/** Text in the connection's character set, nearly always UTF-8; other bytes as `0x…`. */
function stringText(bytes: Uint8Array, start: number, end: number): string {
  const to = Math.min(end, start + 4 * MAX_VALUE_CHARACTERS)
  let binary = false
  for (let at = start; at < to && !binary; at++) binary = bytes[at] === 0
  if (binary || (to === end && !isUtf8(bytes.subarray(start, to)))) {
    const hex = toHex(bytes, start, Math.min(end, start + HEX_SHOWN))
    return end - start > HEX_SHOWN ? `0x${hex}…` : `0x${hex}`
  }
  const text = utf8(bytes, start, to)
  return text.length > MAX_VALUE_CHARACTERS || to < end ? `${text.slice(0, MAX_VALUE_CHARACTERS)}…` : text
}
