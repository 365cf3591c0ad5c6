/*
 * Text in bytes[start, end). Buffer's own slice functions work on any Uint8Array and cost 80 ns; a Buffer view or a
 * subarray first would cost 50 ns more. They are methods of every Buffer but not in its published types.
 */
type Slice = (this: Uint8Array, start: number, end: number) => string
const native = Buffer.prototype as unknown as { readonly latin1Slice: Slice; readonly utf8Slice: Slice }
const latin1Slice = native.latin1Slice
const utf8Slice = native.utf8Slice

const CR = 0x0d
const LF = 0x0a

/** ASCII lower case of one byte. */
export function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
}

/** One character per byte: for ASCII, and for bytes of unknown encoding that must survive unchanged. */
export function latin1(bytes: Uint8Array, start: number, end: number): string {
  return start < end ? latin1Slice.call(bytes, start, Math.min(end, bytes.length)) : ''
}

/** UTF-8; bytes that are not UTF-8 become U+FFFD. */
export function utf8(bytes: Uint8Array, start: number, end: number): string {
  return start < end ? utf8Slice.call(bytes, start, Math.min(end, bytes.length)) : ''
}

/** Are bytes[start, end) exactly this ASCII text? */
export function asciiEquals(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  return end - start === text.length && asciiStarts(bytes, start, end, text)
}

/** Do bytes[start, end) begin with this ASCII text? */
export function asciiStarts(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  if (end - start < text.length) return false
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text.charCodeAt(i)) return false
  return true
}

/** Are bytes[start, end) this ASCII text, upper and lower case being the same? `lowerText` is in lower case. */
export function asciiEqualsIgnoreCase(bytes: Uint8Array, start: number, end: number, lowerText: string): boolean {
  return end - start === lowerText.length && asciiStartsIgnoreCase(bytes, start, end, lowerText)
}

/** As `asciiStarts`, upper and lower case being the same. `lowerText` is in lower case. */
export function asciiStartsIgnoreCase(bytes: Uint8Array, start: number, end: number, lowerText: string): boolean {
  if (end - start < lowerText.length) return false
  for (let i = 0; i < lowerText.length; i++) {
    if (lower(bytes[start + i]!) !== lowerText.charCodeAt(i)) return false
  }
  return true
}

/** Index of the first `byte` in bytes[start, end), or -1. */
export function findByte(bytes: Uint8Array, start: number, end: number, byte: number): number {
  for (let at = start; at < end; at++) if (bytes[at] === byte) return at
  return -1
}

/** Index of the CR of the first CR LF in bytes[start, end), or -1. */
export function findCrlf(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start + 1; at < end; at++) if (bytes[at] === LF && bytes[at - 1] === CR) return at - 1
  return -1
}

/** Index of the first byte of an ASCII text in bytes[start, end), or -1. */
export function findAscii(bytes: Uint8Array, start: number, end: number, text: string): number {
  const last = end - text.length
  const first = text.charCodeAt(0)
  for (let at = start; at <= last; at++) {
    if (bytes[at] === first && asciiStarts(bytes, at, end, text)) return at
  }
  return -1
}

/** The value of bytes[start, end) as ASCII decimal digits; -1 when empty, when not digits, or above 2^53. */
export function asciiNumber(bytes: Uint8Array, start: number, end: number): number {
  if (end <= start || end - start > 16) return -1
  let value = 0
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - 0x30
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value <= Number.MAX_SAFE_INTEGER ? value : -1
}
