import { u16le, u32le } from '@hindwire/bytes/endian.ts'

/*
 * LZ4 frame (https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md):
 *   frame = magic flags block-descriptor [content-size] [dictionary-id] header-checksum *block end-mark [checksum]
 *   block = size (top bit: not compressed) data [checksum]
 * Checksums are not looked at: old Kafka clients wrote wrong ones (KIP-57).
 */

const MAGIC = 0x184d2204
const Flag = { BlockChecksum: 0x10, ContentSize: 0x08, DictionaryId: 0x01 } as const
const NOT_COMPRESSED = 0x8000_0000
const MIN_MATCH = 4

interface Output {
  bytes: Uint8Array
  used: number
}

/** The content, as far as input and `limit` go; null when it is not an LZ4 frame. */
export function decodeLz4(input: Uint8Array, limit: number): Uint8Array | null {
  if (input.length < 7 || u32le(input, 0) !== MAGIC) return null
  const flags = input[4]!
  if (flags >> 6 !== 1) return null
  let at = 7
  if ((flags & Flag.ContentSize) !== 0) at += 8
  if ((flags & Flag.DictionaryId) !== 0) at += 4
  const out: Output = { bytes: new Uint8Array(Math.min(limit, Math.max(4096, input.length * 4))), used: 0 }
  while (at + 4 <= input.length && out.used < limit) {
    const field = u32le(input, at)
    if (field === 0) break
    const size = field & ~NOT_COMPRESSED
    const end = Math.min(input.length, at + 4 + size)
    if (size < 0 || end <= at + 4) break
    if (field >= NOT_COMPRESSED) append(out, input, at + 4, end, limit)
    else if (!decodeBlock(input, at + 4, end, out, limit)) return null
    at = end + ((flags & Flag.BlockChecksum) === 0 ? 0 : 4)
  }
  return out.bytes.subarray(0, out.used)
}

function reserve(out: Output, count: number, limit: number): void {
  if (out.used + count <= out.bytes.length) return
  const larger = new Uint8Array(Math.min(limit, Math.max(out.bytes.length * 2, out.used + count)))
  larger.set(out.bytes.subarray(0, out.used))
  out.bytes = larger
}

function append(out: Output, input: Uint8Array, start: number, end: number, limit: number): void {
  const take = Math.min(end - start, limit - out.used)
  if (take <= 0) return
  reserve(out, take, limit)
  out.bytes.set(input.subarray(start, start + take), out.used)
  out.used += take
}

/** False when a match reaches before the beginning. */
function decodeBlock(input: Uint8Array, start: number, end: number, out: Output, limit: number): boolean {
  let at = start
  while (at < end && out.used < limit) {
    const token = input[at++]!
    let literals = token >> 4
    if (literals === 15) {
      for (let more = 255; more === 255 && at < end;) literals += more = input[at++]!
    }
    append(out, input, at, Math.min(end, at + literals), limit)
    at += literals
    // The last sequence has no match.
    if (at + 2 > end) return true
    const offset = u16le(input, at)
    at += 2
    let length = (token & 15) + MIN_MATCH
    if ((token & 15) === 15) {
      for (let more = 255; more === 255 && at < end;) length += more = input[at++]!
    }
    if (offset === 0 || offset > out.used) return false
    const take = Math.min(length, limit - out.used)
    reserve(out, take, limit)
    for (let n = 0; n < take; n++, out.used++) out.bytes[out.used] = out.bytes[out.used - offset]!
  }
  return true
}
