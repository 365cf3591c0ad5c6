import { asciiEqualsIgnoreCase } from '@hindwire/bytes/text.ts'

import { COLON, CR, HTAB, isTokenByte, LF, SP } from './constants.ts'
import { MAX_FIELDS, MAX_HEAD_BYTES } from './limits.ts'

/** What the head says about the framing of its content. Reused for every head. */
export interface Framing {
  /** -1: not given; -2: given, but not valid. */
  contentLength: number
  chunked: boolean
  folded: boolean
}

/** Field positions of the latest head, four numbers a field, relative to the start of the head. */
export const positions = new Int32Array(MAX_FIELDS * 4)
export const framing: Framing = { contentLength: -1, chunked: false, folded: false }
/** Fields in `positions`. */
export let fieldCount = 0
/** End of the first line, without its line end. */
export let lineEnd = 0

export const HEAD_NEEDS_MORE = 0
export const HEAD_TOO_LARGE = -1
export const HEAD_INVALID = -2

/**
 * Reads the head at bytes[start, end): lines up to an empty one (RFC 9112, section 2.1); a lone LF ends a line too
 * (section 2.2). Returns its length, or one of the HEAD_ codes.
 */
export function readHead(bytes: Uint8Array, start: number, end: number): number {
  const limit = Math.min(end, start + MAX_HEAD_BYTES)
  framing.contentLength = -1
  framing.chunked = false
  framing.folded = false
  fieldCount = 0
  let at = nextLine(bytes, start, limit)
  if (at < 0) return outOfBytes(start, end)
  lineEnd = trimLine(bytes, start, at)
  for (;;) {
    const line = at
    // A name holds no line end: the search for it goes on where the name stops.
    const name = nameEnd(bytes, line, limit)
    at = nextLine(bytes, name, limit)
    if (at < 0) return outOfBytes(start, end)
    const stop = trimLine(bytes, line, at)
    if (stop === line) return at - start
    if (bytes[line] === SP || bytes[line] === HTAB) fold(bytes, start, stop)
    else if (!field(bytes, start, line, name, stop) && fieldCount === 0) return HEAD_INVALID
  }
}

/** Position behind the token at `at`. */
function nameEnd(bytes: Uint8Array, at: number, limit: number): number {
  while (at < limit && isTokenByte[bytes[at] as number] === 1) at++
  return at
}

function outOfBytes(start: number, end: number): number {
  return end - start >= MAX_HEAD_BYTES ? HEAD_TOO_LARGE : HEAD_NEEDS_MORE
}

/** Position behind the LF of the line at `at`; -1 when it is not there. */
function nextLine(bytes: Uint8Array, at: number, limit: number): number {
  for (; at < limit; at++) if (bytes[at] === LF) return at + 1
  return -1
}

function trimLine(bytes: Uint8Array, line: number, next: number): number {
  const stop = next - 1
  return stop > line && bytes[stop - 1] === CR ? stop - 1 : stop
}

/** obs-fold: the line continues the value of the field before it. */
function fold(bytes: Uint8Array, head: number, stop: number): void {
  if (fieldCount === 0) return
  const at = (fieldCount - 1) * 4
  positions[at + 3] = stop - head
  framing.folded = true
  let valueStart = head + (positions[at + 2] as number)
  while (valueStart < stop && (bytes[valueStart] as number) <= SP) valueStart++
  let valueEnd = stop
  while (valueEnd > valueStart && (bytes[valueEnd - 1] as number) <= SP) valueEnd--
  noteFraming(bytes, head + (positions[at] as number), head + (positions[at + 1] as number), valueStart, valueEnd)
}

/**
 * field-line = field-name ":" OWS field-value OWS (RFC 9112, section 5). `token`: where the name at `line` stops. False
 * when the line is none.
 */
function field(bytes: Uint8Array, head: number, line: number, token: number, stop: number): boolean {
  let colon = token
  let nameEnd = token
  // Space before the colon is forbidden but seen; the name is what stands before it.
  while (colon < stop && (bytes[colon] === SP || bytes[colon] === HTAB)) colon++
  if (colon === stop || bytes[colon] !== COLON || nameEnd === line) {
    colon = line
    while (colon < stop && bytes[colon] !== COLON) colon++
    if (colon === stop) return false
    nameEnd = colon
  }
  let valueStart = colon + 1
  while (valueStart < stop && (bytes[valueStart] === SP || bytes[valueStart] === HTAB)) valueStart++
  let valueEnd = stop
  while (valueEnd > valueStart && (bytes[valueEnd - 1] === SP || bytes[valueEnd - 1] === HTAB)) valueEnd--
  if (fieldCount < MAX_FIELDS) {
    const at = fieldCount * 4
    positions[at] = line - head
    positions[at + 1] = nameEnd - head
    positions[at + 2] = valueStart - head
    positions[at + 3] = valueEnd - head
    fieldCount++
  }
  noteFraming(bytes, line, nameEnd, valueStart, valueEnd)
  return true
}

/** The lengths of the names that framing depends on are 14 and 17: nearly all other fields stop at the switch. */
function noteFraming(bytes: Uint8Array, start: number, end: number, valueStart: number, valueEnd: number): void {
  switch (end - start) {
    case 14:
      if (asciiEqualsIgnoreCase(bytes, start, end, 'content-length')) noteLength(bytes, valueStart, valueEnd)
      break
    case 17:
      // The last transfer coding is what frames the content (RFC 9112, section 6.3).
      if (asciiEqualsIgnoreCase(bytes, start, end, 'transfer-encoding')) {
        framing.chunked = asciiEqualsIgnoreCase(bytes, Math.max(valueStart, valueEnd - 7), valueEnd, 'chunked')
      }
      break
    default:
  }
}

/** Repeated equal values are one (RFC 9110, section 8.6); of different ones the first is believed. */
function noteLength(bytes: Uint8Array, start: number, end: number): void {
  if (framing.contentLength >= 0) return
  let value = 0
  let at = start
  for (; at < end && value <= Number.MAX_SAFE_INTEGER; at++) {
    const digit = (bytes[at] as number) - 0x30
    if (digit < 0 || digit > 9) break
    value = value * 10 + digit
  }
  framing.contentLength = at > start && value <= Number.MAX_SAFE_INTEGER ? value : -2
}
