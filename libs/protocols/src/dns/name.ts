/**
 * Names (RFC 1035, sections 3.1 and 4.1.4): labels, each a length byte and up to 63 bytes, ended by a zero byte or by a
 * pointer to an earlier name. Pointers must go backwards: so every chain ends, and loops cannot be written.
 */
import { latin1 } from '@hindwire/bytes/text.ts'

import { escapedCharacters } from './data-text.ts'
import { HEADER_BYTES, MAX_NAME_BYTES } from './limits.ts'

/** `skipName`: the bytes end inside the name. */
export const NAME_CUT = -2

/**
 * The offset behind the name at `at` of the message bytes[start, end), or -1 when it is not a name: reserved label
 * types, more than 255 bytes, a pointer that does not go back; NAME_CUT where the bytes end first.
 */
export function skipName(bytes: Uint8Array, at: number, start: number, end: number): number {
  const first = at
  while (at < end) {
    const length = bytes[at] ?? 0
    if (length === 0) return at + 1
    if (length >= 0xc0) {
      if (at + 2 > end) return NAME_CUT
      const target = ((length & 0x3f) << 8) | (bytes[at + 1] ?? 0)
      return target >= HEADER_BYTES && start + target < first ? at + 2 : -1
    }
    if (length > 63) return -1
    at += length + 1
    if (at - first >= MAX_NAME_BYTES) return -1
  }
  return NAME_CUT
}

const scratch = new Uint8Array(MAX_NAME_BYTES * 2)
let written = 0

/** Copies the labels of the name at `at`, with dots between, to `scratch`. 0: refused; 1: plain; 2: needs escapes. */
function unpack(message: Uint8Array, at: number, end: number): 0 | 1 | 2 {
  let plain: 1 | 2 = 1
  let limit = at
  written = 0
  while (at < end) {
    const length = message[at++] ?? 0
    if (length === 0) return plain
    if (length >= 0xc0) {
      const target = ((length & 0x3f) << 8) | (message[at] ?? 0)
      if (at >= end || target >= limit || target < HEADER_BYTES) return 0
      limit = target
      at = target
      end = message.length
      continue
    }
    if (length > 63 || at + length > end || written + length + 1 >= MAX_NAME_BYTES) return 0
    if (written > 0) scratch[written++] = 0x2e
    for (const stop = at + length; at < stop; at++) {
      const byte = message[at] ?? 0
      if (byte < 0x20 || byte > 0x7e || byte === 0x2e || byte === 0x5c) plain = 2
      scratch[written++] = byte
    }
  }
  return 0
}

/** As `unpack`, label by label, for names with bytes that a plain dotted form cannot show. The name is known good. */
function escapedText(message: Uint8Array, at: number): string {
  let text = ''
  for (;;) {
    const length = message[at++] ?? 0
    if (length === 0) return text
    if (length >= 0xc0) {
      at = ((length & 0x3f) << 8) | (message[at] ?? 0)
      continue
    }
    if (text !== '') text += '.'
    text += escapedCharacters(message, at, at + length, '.')
    at += length
  }
}

let cachedMessage: Uint8Array | undefined
let cachedAt = -1
let cachedText: string | null = null

/**
 * Text of the name at `at`: labels with dots, without a dot at the end; `.` for the root. Null when it is no name.
 * @param message the whole message, from its header
 * @param end bound of the name up to its first pointer
 */
export function nameText(message: Uint8Array, at: number, end: number): string | null {
  // Answers mostly point to the question's name: the name read last is kept.
  const lead = message[at] ?? 0
  if (lead >= 0xc0 && at + 1 < end) {
    const target = ((lead & 0x3f) << 8) | (message[at + 1] ?? 0)
    if (target >= at || target < HEADER_BYTES) return null
    at = target
    end = message.length
  }
  if (message === cachedMessage && at === cachedAt) return cachedText
  const kind = unpack(message, at, end)
  let text: string | null = null
  if (kind === 1) text = written === 0 ? '.' : latin1(scratch, 0, written)
  else if (kind === 2) text = escapedText(message, at)
  cachedMessage = message
  cachedAt = at
  cachedText = text
  return text
}

/** FNV-1a over the labels of an uncompressed name, ASCII letters in lower case (resolvers mix case on purpose). */
export function nameHash(message: Uint8Array, at: number, end: number): number {
  let hash = 0x811c9dc5
  for (; at < end; at++) {
    const byte = message[at] ?? 0
    hash = Math.imul(hash ^ (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte), 0x01000193)
  }
  return hash >>> 0
}
