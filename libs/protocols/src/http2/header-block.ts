import { Flag, FRAME_HEADER_BYTES, FrameType } from './constants.ts'
import { MAX_HEADER_BLOCK_BYTES } from './limits.ts'
import { fieldBlock, frameFlags, frameLength, frameStream, frameType } from './parse.ts'

/** The header block that `readBlock` has put together. One object, reused. */
export const found = {
  bytes: new Uint8Array(0) as Uint8Array,
  start: 0,
  end: 0,
  /** END_HEADERS was not seen where it had to be: what is there is a part. */
  cut: false,
}

export const BLOCK_NEEDS_MORE = 0
export const BLOCK_INVALID = -1

let joined = new Uint8Array(16_384)

/**
 * Reads a HEADERS or PUSH_PROMISE frame with its CONTINUATION frames at bytes[start, end): no other frame may stand
 * between them (RFC 9113, section 6.10). Leaves the block in `found`; returns the length of the frames, or a code.
 */
export function readBlock(bytes: Uint8Array, start: number, end: number): number {
  let next = start + FRAME_HEADER_BYTES + frameLength(bytes, start)
  if (next > end) return BLOCK_NEEDS_MORE
  const first = fieldBlock(bytes, start)
  if (first === null) return BLOCK_INVALID
  found.bytes = bytes
  found.start = first.start
  found.end = first.end
  found.cut = false
  if ((frameFlags(bytes, start) & Flag.EndHeaders) !== 0) return next - start
  const stream = frameStream(bytes, start)
  let length = take(0, bytes, first.start, first.end)
  for (let ended = false; !ended;) {
    if (end - next < FRAME_HEADER_BYTES) return BLOCK_NEEDS_MORE
    const content = next + FRAME_HEADER_BYTES
    const size = frameLength(bytes, next)
    if (frameType(bytes, next) !== FrameType.Continuation || frameStream(bytes, next) !== stream) found.cut = true
    else if (length + size > MAX_HEADER_BLOCK_BYTES) found.cut = true
    if (found.cut) break
    if (content + size > end) return BLOCK_NEEDS_MORE
    length = take(length, bytes, content, content + size)
    ended = (frameFlags(bytes, next) & Flag.EndHeaders) !== 0
    next = content + size
  }
  found.bytes = joined
  found.start = 0
  found.end = length
  return next - start
}

/** Appends a fragment behind `length` bytes; returns the new length. */
function take(length: number, bytes: Uint8Array, start: number, end: number): number {
  const total = length + end - start
  if (total > joined.length) {
    const grown = new Uint8Array(total * 2)
    grown.set(joined.subarray(0, length))
    joined = grown
  }
  joined.set(bytes.subarray(start, end), length)
  return total
}
