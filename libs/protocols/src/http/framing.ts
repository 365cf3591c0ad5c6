import type { BodyCollector } from './body.ts'
import { CR, LF, SEMICOLON } from './constants.ts'
import { MAX_CHUNK_LINE_BYTES } from './limits.ts'

/** How the content of a message ends (RFC 9112, section 6.3). */
export const BodyKind = { None: 0, Length: 1, Chunked: 2, UntilClose: 3 } as const
export type BodyKind = (typeof BodyKind)[keyof typeof BodyKind]

export const ContentState = { NeedMore: 0, Done: 1, Invalid: 2 } as const
export type ContentState = (typeof ContentState)[keyof typeof ContentState]

const ChunkState = { Size: 0, Data: 1, DataEnd: 2, Trailer: 3 } as const

/** Reads the content of one message, in as many pieces as it comes. One per direction, reused. */
export class ContentReader {
  kind: BodyKind = BodyKind.None
  /** Bytes left of the content, or of the chunk in progress. */
  remaining = 0
  #chunk: number = ChunkState.Size
  /** Position behind the last byte read by `read`. */
  position = 0

  begin(kind: BodyKind, length: number): void {
    this.kind = kind
    this.remaining = length
    this.#chunk = ChunkState.Size
  }

  read(bytes: Uint8Array, start: number, end: number, body: BodyCollector): ContentState {
    this.position = start
    if (this.kind === BodyKind.Chunked) return this.#readChunks(bytes, start, end, body)
    if (this.kind === BodyKind.UntilClose) {
      body.add(bytes, start, end)
      this.position = end
      return ContentState.NeedMore
    }
    const take = Math.min(end - start, this.remaining)
    body.add(bytes, start, start + take)
    this.remaining -= take
    this.position = start + take
    return this.remaining === 0 ? ContentState.Done : ContentState.NeedMore
  }

  /** `length` bytes are lost. True when they lay inside the content and its end is still known. */
  skip(length: number, body: BodyCollector): boolean {
    if (this.kind === BodyKind.UntilClose) {
      body.skip(length)
      return true
    }
    const inside = this.kind === BodyKind.Length || (this.kind === BodyKind.Chunked && this.#chunk === ChunkState.Data)
    const skipped = Math.min(length, this.remaining)
    if (inside) body.skip(skipped)
    if (!inside || length >= this.remaining) return false
    this.remaining -= length
    return true
  }

  /** chunked-body = *chunk last-chunk trailer-section CRLF (RFC 9112, section 7.1). */
  #readChunks(bytes: Uint8Array, start: number, end: number, body: BodyCollector): ContentState {
    let at = start
    for (;;) {
      this.position = at
      if (this.#chunk === ChunkState.Data) {
        const take = Math.min(end - at, this.remaining)
        body.add(bytes, at, at + take)
        this.remaining -= take
        at += take
        this.position = at
        if (this.remaining > 0) return ContentState.NeedMore
        this.#chunk = ChunkState.DataEnd
        continue
      }
      let lf = at
      while (lf < end && bytes[lf] !== LF) lf++
      if (lf === end) return end - at > MAX_CHUNK_LINE_BYTES ? ContentState.Invalid : ContentState.NeedMore
      const stop = lf > at && bytes[lf - 1] === CR ? lf - 1 : lf
      const next = lf + 1
      if (this.#chunk === ChunkState.DataEnd) {
        if (stop !== at) return ContentState.Invalid
        this.#chunk = ChunkState.Size
      } else if (this.#chunk === ChunkState.Size) {
        const size = chunkSize(bytes, at, stop)
        if (size < 0) return ContentState.Invalid
        this.remaining = size
        this.#chunk = size === 0 ? ChunkState.Trailer : ChunkState.Data
      } else if (stop === at) {
        this.position = next
        return ContentState.Done
      }
      at = next
    }
  }
}

/** chunk-size [ chunk-ext ]: hexadecimal digits up to `;` or space. -1 when there are none, or 2^48 and more. */
function chunkSize(bytes: Uint8Array, start: number, end: number): number {
  let value = 0
  let at = start
  for (; at < end; at++) {
    const digit = hexDigit(bytes[at] as number)
    if (digit < 0) break
    value = value * 16 + digit
  }
  if (at === start || value >= 2 ** 48) return -1
  return at === end || bytes[at] === SEMICOLON || bytes[at] === 0x20 || bytes[at] === 0x09 ? value : -1
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}
