/** Text of record data: the presentation forms of RFC 1035, section 5.1, and of the types' own RFCs. */
import { u32be } from '@hindwire/bytes/endian.ts'
import { formatIpv4, formatIpv6 } from '@hindwire/bytes/format-ip.ts'
import { toHex } from '@hindwire/bytes/hex.ts'
import { latin1, utf8 } from '@hindwire/bytes/text.ts'

import { MAX_DATA_CHARS } from './limits.ts'

/** At most this many bytes are worth writing out: every byte takes a character at least. */
function shownEnd(start: number, end: number): number {
  return Math.min(end, start + MAX_DATA_CHARS)
}

export function hexText(bytes: Uint8Array, start: number, end: number): string {
  return toHex(bytes, start, shownEnd(start, end))
}

export function base64Text(bytes: Uint8Array, start: number, end: number): string {
  return bytes.subarray(start, shownEnd(start, end)).toBase64()
}

/**
 * Text of bytes[start, end) where `special` and the backslash have a backslash before them. UTF-8 stays readable (RFC
 * 6763, section 4.1.1); control characters, and every byte above 127 of what is not UTF-8, are `\DDD`.
 */
export function escapedCharacters(bytes: Uint8Array, start: number, end: number, special: string): string {
  const text = utf8(bytes, start, end)
  const unicode = !text.includes('\uFFFD')
  let out = ''
  for (const char of unicode ? text : latin1(bytes, start, end)) {
    const code = char.codePointAt(0) ?? 0
    if (char === special || char === '\\') out += `\\${char}`
    else if (code < 0x20 || code === 0x7f || (code > 0x7f && !unicode)) out += `\\${String(code).padStart(3, '0')}`
    else if (code >= 0x80 && code < 0xa0) out += `\\194\\${code}`
    else out += char
  }
  return out
}

/** A character string in quotes. */
export function quotedText(bytes: Uint8Array, start: number, end: number): string {
  const stop = shownEnd(start, end)
  for (let at = start; at < stop; at++) {
    const byte = bytes[at] ?? 0
    if (byte < 0x20 || byte > 0x7e || byte === 0x22 || byte === 0x5c)
      return `"${escapedCharacters(bytes, start, stop, '"')}"`
  }
  return `"${latin1(bytes, start, stop)}"`
}

/** RFC 3597, section 5: data of a type that is not known, or that breaks its type's rules. */
export function unknownText(bytes: Uint8Array, start: number, end: number): string {
  return end > start ? `\\# ${end - start} ${hexText(bytes, start, end)}` : '\\# 0'
}

export function ipv4Text(bytes: Uint8Array, at: number): string {
  return formatIpv4(u32be(bytes, at))
}

export function ipv6Text(bytes: Uint8Array, at: number): string {
  return formatIpv6(u32be(bytes, at), u32be(bytes, at + 4), u32be(bytes, at + 8), u32be(bytes, at + 12))
}

/** Seconds since 1970 in 32 bits as YYYYMMDDHHmmSS (RFC 4034, section 3.2). */
export function dateText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/[-:T]|\.000Z/g, '')
}
