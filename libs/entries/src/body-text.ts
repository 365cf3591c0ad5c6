import { isUtf8 } from 'node:buffer'

import { storedBytes } from './stored-text.ts'

/** A body as JSON can hold it. */
export interface BodyText {
  readonly text: string
  /** Of `text`, where the bytes are no text. */
  readonly encoding: 'base64' | undefined
}

/**
 * The first `limit` bytes of a body: as text where they are UTF-8, else in base64. A character that is cut in two at the
 * end does not make a text binary: it is left out.
 * @param stored the column's value, whole or as a prefix
 * @param isCut true where bytes are known to be missing behind the stored ones
 */
export function bodyText(stored: string, limit: number, isCut: boolean): BodyText {
  const all = storedBytes(stored)
  const bytes = all.subarray(0, limit)
  const end = isCut || all.length > limit ? wholeCharacters(bytes) : bytes.length
  const kept = Buffer.from(bytes.buffer, bytes.byteOffset, end)
  if (isUtf8(kept)) return { text: kept.toString('utf8'), encoding: undefined }
  return { text: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64'), encoding: 'base64' }
}

/** Length without an unfinished UTF-8 sequence at the end (RFC 3629, section 3). */
function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!
    if (byte < 0x80) return bytes.length
    if (byte < 0xc0) continue
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
    return needed > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}
