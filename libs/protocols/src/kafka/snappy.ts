import { u32be } from '@hindwire/bytes/endian.ts'

/*
 * Snappy (https://github.com/google/snappy/blob/main/format_description.txt):
 *   block = uvarint(length) *element
 *   element = literal | copy with an offset of 1, 2 or 4 bytes
 * Java clients frame it (xerial): magic, version, compatible version, then *(int32 length, block).
 */

const XERIAL = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]
const XERIAL_HEADER_BYTES = 16

/** The content, as far as input and `limit` go; null when it is not Snappy. */
export function decodeSnappy(input: Uint8Array, limit: number): Uint8Array | null {
  if (!XERIAL.every((byte, at) => input[at] === byte)) return decodeBlock(input, 0, input.length, limit)
  const parts: Uint8Array[] = []
  let length = 0
  for (let at = XERIAL_HEADER_BYTES; at + 4 < input.length && length < limit;) {
    const size = u32be(input, at)
    const part = decodeBlock(input, at + 4, Math.min(input.length, at + 4 + size), limit - length)
    if (part === null) break
    parts.push(part)
    length += part.length
    at += 4 + size
  }
  return length === 0 ? null : Buffer.concat(parts)
}

function decodeBlock(input: Uint8Array, start: number, end: number, limit: number): Uint8Array | null {
  let at = start
  let length = 0
  for (let shift = 0; ; shift += 7) {
    if (at >= end || shift > 28) return null
    const byte = input[at++]!
    length += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) break
  }
  // No element of Snappy makes more than 64 bytes of 2: a length far beyond is an accident.
  const out = new Uint8Array(Math.min(length, limit, (end - at) * 64))
  const used = decodeElements(input, at, end, out)
  return used < 0 ? null : out.subarray(0, used)
}

/** Fills `out`; returns how much of it, or -1 when a copy reaches before its beginning. */
function decodeElements(input: Uint8Array, start: number, end: number, out: Uint8Array): number {
  let at = start
  let used = 0
  while (at < end && used < out.length) {
    const tag = input[at++]!
    if ((tag & 3) === 0) {
      let size = (tag >> 2) + 1
      if (size > 60) {
        const width = size - 60
        size = 1
        for (let n = 0; n < width; n++) size += (input[at + n] ?? 0) * 2 ** (8 * n)
        at += width
      }
      const take = Math.min(size, end - at, out.length - used)
      if (take <= 0) break
      out.set(input.subarray(at, at + take), used)
      used += take
      at += size
      continue
    }
    const width = tag & 3
    const size = width === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1
    let offset = width === 1 ? ((tag >> 5) << 8) | (input[at] ?? 0) : (input[at] ?? 0) | ((input[at + 1] ?? 0) << 8)
    if (width === 3) offset += (input[at + 2] ?? 0) * 2 ** 16 + (input[at + 3] ?? 0) * 2 ** 24
    at += width === 3 ? 4 : width
    if (at > end) break
    if (offset === 0 || offset > used) return -1
    for (let n = 0; n < size && used < out.length; n++, used++) out[used] = out[used - offset]!
  }
  return used
}
