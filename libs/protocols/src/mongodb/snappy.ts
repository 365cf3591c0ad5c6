import { u16le, u24be, u32le } from '@hindwire/bytes/endian.ts'

/**
 * Decodes a raw Snappy block (google/snappy, format_description.txt):
 *
 *     block   = length:varint element*
 *     element = literal | copy           the two low bits of the tag: 0 literal; 1, 2, 3 copy, offset of 11, 16, 32 bit
 *
 * The output is cut at `most` bytes; a damaged or cut input ends it early. Never throws.
 * @returns what was decoded, and whether that is all; null where not even the length is right
 */
export function snappyDecode(
  bytes: Uint8Array,
  start: number,
  end: number,
  most: number,
): { readonly bytes: Uint8Array; readonly whole: boolean } | null {
  let at = start
  let length = 0
  for (let shift = 0; ; shift += 7) {
    if (at >= end || shift > 28) return null
    const byte = bytes[at++]!
    length += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) break
  }
  // An element of three bytes gives 64 at most: a length beyond that is a lie.
  if (length > (end - at) * 64) return null
  const out = new Uint8Array(Math.min(length, most))
  let written = 0
  while (at < end && written < out.length) {
    const tag = bytes[at++]!
    let count = (tag >> 2) + 1
    if ((tag & 3) === 0) {
      if (count > 60) {
        const width = count - 60
        if (at + width > end) break
        count = literalLength(bytes, at, width) + 1
        at += width
      }
      const take = Math.min(count, end - at, out.length - written)
      out.set(bytes.subarray(at, at + take), written)
      at += take
      written += take
      if (take < count) break
      continue
    }
    const width = (tag & 3) === 3 ? 4 : tag & 3
    if (at + width > end) break
    let offset = 0
    if (width === 1) {
      count = ((tag >> 2) & 7) + 4
      offset = ((tag >> 5) << 8) | bytes[at]!
    } else offset = width === 2 ? u16le(bytes, at) : u32le(bytes, at)
    at += width
    if (offset === 0 || offset > written) break
    const stop = Math.min(out.length, written + count)
    // Byte by byte: source and target may overlap, which repeats the pattern.
    for (; written < stop; written++) out[written] = out[written - offset]!
  }
  return { bytes: out.subarray(0, written), whole: written === length }
}

function literalLength(bytes: Uint8Array, at: number, width: number): number {
  if (width === 1) return bytes[at]!
  if (width === 2) return u16le(bytes, at)
  if (width === 4) return u32le(bytes, at)
  const swapped = u24be(bytes, at)
  return ((swapped & 0xff) << 16) | (swapped & 0xff00) | (swapped >> 16)
}
