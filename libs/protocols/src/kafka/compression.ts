import { constants, gunzipSync, zstdDecompressSync } from 'node:zlib'

import { MAX_DECOMPRESSED_BYTES } from './limits.ts'
import { decodeLz4 } from './lz4.ts'
import { decodeSnappy } from './snappy.ts'

type Inflate = (input: Uint8Array, maxOutputLength: number) => Uint8Array

const COMPRESSIONS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const

/** By the low three bits of a batch's attributes. */
export function compressionName(attributes: number): string {
  const code = attributes & 7
  return COMPRESSIONS[code] ?? `UNKNOWN(${code})`
}

/** The records of a compressed batch, as far as the input and the limit go; null when they cannot be read. */
export function decompress(name: string, input: Uint8Array): Uint8Array | null {
  const limit = MAX_DECOMPRESSED_BYTES
  switch (name) {
    case 'none':
      return input
    case 'gzip':
      return bounded((part, maxOutputLength) => {
        return gunzipSync(part, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength })
      }, input)
    case 'snappy':
      return decodeSnappy(input, limit)
    case 'lz4':
      return decodeLz4(input, limit)
    case 'zstd':
      return bounded((part, maxOutputLength) => {
        return zstdDecompressSync(part, { finishFlush: constants.ZSTD_e_flush, maxOutputLength })
      }, input)
    default:
      return null
  }
}

/** zlib has no partial output under a limit: an input that expands beyond it is halved until its beginning fits. */
function bounded(inflate: Inflate, input: Uint8Array): Uint8Array | null {
  for (let length = input.length; length > 0; length >>= 1) {
    try {
      return inflate(input.subarray(0, length), MAX_DECOMPRESSED_BYTES)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') return null
    }
  }
  return null
}
