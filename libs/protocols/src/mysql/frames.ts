import { inflateSync, zstdDecompressSync } from 'node:zlib'

import { MAX_INFLATED_BYTES } from './limits.ts'
import { u24le } from './parse.ts'

/** The packets within a compressed frame bytes[start, end); null where it cannot be undone. */
export function openFrame(bytes: Uint8Array, start: number, end: number): Uint8Array | null {
  const before = u24le(bytes, start + 4)
  const body = bytes.subarray(start + 7, end)
  if (before === 0) return body
  const maxOutputLength = Math.min(before, MAX_INFLATED_BYTES)
  try {
    return body[0] === 0x28 ? zstdDecompressSync(body, { maxOutputLength }) : inflateSync(body, { maxOutputLength })
  } catch {
    return null
  }
}
