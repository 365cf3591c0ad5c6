const DIGITS = '0123456789abcdef'

/** Lower-case hex of bytes[start, end), without separators. */
export function toHex(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let text = ''
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!
    text += DIGITS[byte >> 4]! + DIGITS[byte & 15]!
  }
  return text
}

/**
 * Bytes of a hex text; white space and colons between digits are ignored.
 * @throws RangeError on another character or an odd number of digits (for literals in tests and configuration)
 */
export function fromHex(text: string): Uint8Array {
  const digits = text.replaceAll(/[\s:]/g, '')
  if (digits.length % 2 !== 0 || /[^0-9a-fA-F]/.test(digits)) throw new RangeError(`not hex: ${text}`)
  const bytes = new Uint8Array(digits.length / 2)
  for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16)
  return bytes
}
