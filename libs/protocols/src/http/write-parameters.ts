import { findByte } from '@hindwire/bytes/text.ts'

import type { EntryWriter } from '../contract/entry-writer.ts'
import { HttpColumns } from './columns.ts'
import { SEMICOLON, SP } from './constants.ts'
import { MAX_PARAMETERS } from './limits.ts'

const AMPERSAND = 0x26
const EQUALS = 0x3d
const PERCENT = 0x25
const PLUS = 0x2b

/**
 * Writes query parameters that have nothing to decode, without making strings of them.
 * @returns false, and writes nothing, when something is to be decoded
 */
export function writePlainQuery(entry: EntryWriter, bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === PERCENT || bytes[at] === PLUS) return false
  let count = 0
  for (let at = start; at < end && count < MAX_PARAMETERS; count++) {
    const next = findByte(bytes, at, end, AMPERSAND)
    const stop = next < 0 ? end : next
    if (stop > at) {
      const equals = findByte(bytes, at, stop, EQUALS)
      const nameEnd = equals < 0 ? stop : equals
      entry.pairBytes(HttpColumns.queryString, bytes, at, nameEnd, Math.min(nameEnd + 1, stop), stop, false)
    }
    at = stop + 1
  }
  return true
}

/** cookie-string = cookie-pair *( ";" SP cookie-pair ) (RFC 6265, section 4.2.1). */
export function writeCookiePairs(entry: EntryWriter, bytes: Uint8Array, start: number, end: number): void {
  let count = 0
  for (let at = start; at < end && count < MAX_PARAMETERS; count++) {
    const next = findByte(bytes, at, end, SEMICOLON)
    const stop = next < 0 ? end : next
    const equals = findByte(bytes, at, stop, EQUALS)
    if (equals > at) {
      const name = skipSpace(bytes, at, equals)
      const nameEnd = trimSpace(bytes, name, equals)
      const value = skipSpace(bytes, equals + 1, stop)
      const valueEnd = trimSpace(bytes, value, stop)
      if (nameEnd > name) entry.pairBytes(HttpColumns.requestCookies, bytes, name, nameEnd, value, valueEnd, false)
    }
    at = stop + 1
  }
}

function skipSpace(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end && (bytes[at] as number) <= SP) at++
  return at
}

function trimSpace(bytes: Uint8Array, start: number, end: number): number {
  let at = end
  while (at > start && (bytes[at - 1] as number) <= SP) at--
  return at
}
