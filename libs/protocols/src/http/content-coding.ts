import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib'

import { MAX_CODINGS, MAX_DECODED_RATIO } from './limits.ts'

export interface Decoded {
  readonly bytes: Uint8Array
  /** More was there: the input ended early, or the output reached the limit. */
  readonly cut: boolean
}

type Decoder = (input: Uint8Array, maxOutputLength: number) => Uint8Array

const SYNC = constants.Z_SYNC_FLUSH
/** Registered content codings (RFC 9110, section 8.4.1; RFC 7932; RFC 8878). */
const decoders: Readonly<Record<string, Decoder>> = {
  gzip: (input, maxOutputLength) => gunzipSync(input, { finishFlush: SYNC, maxOutputLength }),
  'x-gzip': (input, maxOutputLength) => gunzipSync(input, { finishFlush: SYNC, maxOutputLength }),
  deflate: (input, maxOutputLength) => inflateEither(input, maxOutputLength),
  br: (input, maxOutputLength) =>
    brotliDecompressSync(input, { finishFlush: constants.BROTLI_OPERATION_FLUSH, maxOutputLength }),
  zstd: (input, maxOutputLength) => zstdDecompressSync(input, { finishFlush: constants.ZSTD_e_flush, maxOutputLength }),
}

/** `deflate` means zlib, but some servers send the raw stream (RFC 9110, section 8.4.1.2). */
function inflateEither(input: Uint8Array, maxOutputLength: number): Uint8Array {
  const isZlib = ((input[0] ?? 0) & 15) === 8 && (((input[0] ?? 0) << 8) | (input[1] ?? 0)) % 31 === 0
  return isZlib
    ? inflateSync(input, { finishFlush: SYNC, maxOutputLength })
    : inflateRawSync(input, { finishFlush: SYNC, maxOutputLength })
}

/**
 * Undoes the codings of a Content-Encoding field, last applied first. Output is cut at MAX_DECODED_RATIO × `limit`.
 * @returns null when a coding is unknown or the content is not what the field says: the caller keeps it as it came
 */
export function decodeContent(codings: string, input: Uint8Array, limit: number): Decoded | null {
  const names = codings
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
  if (names.length > MAX_CODINGS) return null
  let bytes = input
  let cut = false
  for (const name of names.toReversed()) {
    if (name === '' || name === 'identity') continue
    const decoder = decoders[name]
    if (decoder === undefined) return null
    const decoded = decodeBounded(decoder, bytes, limit * MAX_DECODED_RATIO)
    if (decoded === null) return null
    bytes = decoded.bytes
    cut ||= decoded.cut
  }
  return { bytes, cut }
}

/** zlib has no partial output under a limit: an input that expands beyond it is halved until its beginning fits. */
function decodeBounded(decoder: Decoder, input: Uint8Array, most: number): Decoded | null {
  for (let length = input.length; length > 0; length >>= 1) {
    try {
      return { bytes: decoder(input.subarray(0, length), most), cut: length < input.length }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') return null
    }
  }
  return null
}
