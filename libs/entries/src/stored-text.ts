import { isUtf8 } from 'node:buffer'

/** U+DC80 to U+DCFF stand for the bytes 0x80 to 0xff. UTF-8 has no surrogates, so they cannot be mistaken. */
const ESCAPE = 0xdc00

/** Text of bytes that are mostly UTF-8: bytes that are not become lone surrogates, and nothing is lost. */
export function storedText(bytes: Uint8Array): string {
  if (bytes.length === 0) return ''
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  return isUtf8(buffer) ? buffer.toString('utf8') : escaped(buffer)
}

/** The bytes of such text. */
export function storedBytes(text: string): Uint8Array {
  if (text.isWellFormed()) return Buffer.from(text, 'utf8')
  const bytes = Buffer.allocUnsafe(text.length * 3)
  let used = 0
  for (const character of text) {
    const code = character.codePointAt(0)!
    if (code >= ESCAPE + 0x80 && code <= ESCAPE + 0xff) bytes[used++] = code - ESCAPE
    else used += bytes.write(character, used, 'utf8')
  }
  return bytes.subarray(0, used)
}

function escaped(bytes: Buffer): string {
  const parts: string[] = []
  let from = 0
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes, at)
    if (length > 0) {
      at += length
      continue
    }
    parts.push(bytes.toString('utf8', from, at), String.fromCharCode(ESCAPE + bytes[at]!))
    at++
    from = at
  }
  parts.push(bytes.toString('utf8', from))
  return parts.join('')
}

/** Bytes of the UTF-8 sequence at `at` (RFC 3629, section 4); 0 where there is none. */
function sequenceLength(bytes: Buffer, at: number): number {
  const lead = bytes[at]!
  if (lead < 0x80) return 1
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2
  return at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length)) ? length : 0
}
