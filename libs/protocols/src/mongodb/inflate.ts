import { constants, inflateSync, zstdDecompressSync } from 'node:zlib'

import { Compressor } from './constants.ts'
import { MAX_INFLATED_BYTES } from './limits.ts'
import { snappyDecode } from './snappy.ts'

/** The body inside OP_COMPRESSED, and whether it is all; null where it cannot be read. */
export function inflate(
  compressor: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  size: number,
): { readonly bytes: Uint8Array; readonly whole: boolean } | null {
  if (compressor === Compressor.Noop) return { bytes: bytes.slice(start, end), whole: end - start === size }
  if (compressor === Compressor.Snappy) return snappyDecode(bytes, start, end, MAX_INFLATED_BYTES)
  if (size > MAX_INFLATED_BYTES || (compressor !== Compressor.Zlib && compressor !== Compressor.Zstd)) return null
  const input = bytes.subarray(start, end)
  const maxOutputLength = Math.max(1, size)
  try {
    const output =
      compressor === Compressor.Zlib
        ? inflateSync(input, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength })
        : zstdDecompressSync(input, { finishFlush: constants.ZSTD_e_flush, maxOutputLength })
    return { bytes: output, whole: output.length === size }
  } catch {
    // Damaged input; zlib has no other way to say so.
    return null
  }
}
