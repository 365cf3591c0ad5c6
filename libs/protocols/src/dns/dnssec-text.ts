/** Data of the DNSSEC records (RFC 4034, 5155, 7344) as text. */
import { typeName } from './constants.ts'
import { dateText } from './data-text.ts'
import { MAX_SHOWN_ITEMS } from './limits.ts'
import type { RecordData } from './record-data.ts'

/** DS, CDS, DLV, TA: key tag, algorithm, digest type, digest. */
export function dsText(data: RecordData): string {
  return `${data.u16()} ${data.u8()} ${data.u8()} ${data.hex(data.remaining).toUpperCase()}`
}

/** DNSKEY, CDNSKEY, KEY: flags, protocol, algorithm, key. */
export function dnskeyText(data: RecordData): string {
  return `${data.u16()} ${data.u8()} ${data.u8()} ${data.base64(data.remaining)}`
}

/** RRSIG, SIG: type covered, algorithm, labels, original TTL, expiration, inception, key tag, signer, signature. */
export function rrsigText(data: RecordData): string {
  const head = `${typeName(data.u16())} ${data.u8()} ${data.u8()} ${data.u32()}`
  const times = `${dateText(data.u32())} ${dateText(data.u32())}`
  return `${head} ${times} ${data.u16()} ${data.name()} ${data.base64(data.remaining)}`
}

/** NSEC: next name, types. */
export function nsecText(data: RecordData): string {
  return `${data.name()}${typeBitmap(data)}`
}

/** NSEC3: hash algorithm, flags, iterations, salt, next hashed owner, types. */
export function nsec3Text(data: RecordData): string {
  const head = nsec3ParamText(data)
  const length = data.u8()
  const at = data.take(length)
  return `${head} ${at < 0 ? '' : base32Hex(data.bytes, at, at + length)}${typeBitmap(data)}`
}

/** NSEC3PARAM: hash algorithm, flags, iterations, salt. */
export function nsec3ParamText(data: RecordData): string {
  const head = `${data.u8()} ${data.u8()} ${data.u16()}`
  const salt = data.hex(data.u8())
  return `${head} ${salt === '' ? '-' : salt}`
}

/** CSYNC: serial, flags, types (RFC 7477). */
export function csyncText(data: RecordData): string {
  return `${data.u32()} ${data.u16()}${typeBitmap(data)}`
}

/** Type bitmap: blocks of window, length, bits (RFC 4034, section 4.1.2). Every type with a space before it. */
function typeBitmap(data: RecordData): string {
  let text = ''
  let count = 0
  while (data.remaining > 0 && !data.overrun) {
    const window = data.u8() << 8
    const length = data.u8()
    const at = data.take(length)
    if (at < 0) break
    for (let bit = 0; bit < length * 8; bit++) {
      if (((data.bytes[at + (bit >> 3)] ?? 0) & (0x80 >> (bit & 7))) === 0) continue
      if (count++ < MAX_SHOWN_ITEMS) text += ` ${typeName(window | bit)}`
    }
  }
  return count > MAX_SHOWN_ITEMS ? `${text} …` : text
}

const BASE32_HEX = '0123456789ABCDEFGHIJKLMNOPQRSTUV'

/** Base 32 with the extended hex alphabet, without padding (RFC 4648, section 7). */
function base32Hex(bytes: Uint8Array, start: number, end: number): string {
  let text = ''
  let held = 0
  let bits = 0
  for (let at = start; at < end; at++) {
    held = ((held << 8) | (bytes[at] ?? 0)) & 0xfff
    bits += 8
    for (; bits >= 5; bits -= 5) text += BASE32_HEX[(held >> (bits - 5)) & 31]
  }
  return bits > 0 ? text + BASE32_HEX[(held << (5 - bits)) & 31] : text
}
