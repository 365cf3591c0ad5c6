import { Side } from '../contract/message.ts'
import { Detection } from '../contract/protocol.ts'
import { MASK, Opcode } from './constants.ts'
import { MAX_DETECTED_BYTES } from './limits.ts'
import { header, HEADER_INVALID, HEADER_NEEDS_MORE, readHeader } from './parse.ts'

/**
 * Only in mid-stream: connections begin with HTTP, which hands them over. Frames have no magic number, so they are
 * recognised by a whole text message that is text, with the beginning of a frame behind it, or nothing.
 */
export function detect(bytes: Uint8Array, start: number, end: number): Detection {
  const size = readHeader(bytes, start, end)
  if (size === HEADER_INVALID || bytes[start] !== 0x81) return Detection.No
  if (size === HEADER_NEEDS_MORE) return Detection.NeedMore
  const { length, masked, maskAt } = header
  if (length < 2 || length > MAX_DETECTED_BYTES) return Detection.No
  const body = start + size
  const last = Math.min(end, body + length)
  if (!isText(bytes, body, last, masked ? maskAt : -1)) return Detection.No
  if (body + length > end) return Detection.NeedMore
  if (body + length === end) return Detection.Yes
  const next = readHeader(bytes, body + length, end)
  if (next === HEADER_INVALID) return Detection.No
  return next === HEADER_NEEDS_MORE || header.masked === masked ? Detection.Yes : Detection.No
}

/** Clients mask, servers do not (RFC 6455, section 5.1). */
export function sender(bytes: Uint8Array, start: number, end: number): Side | -1 {
  if (end - start < 2) return -1
  return ((bytes[start + 1] as number) & MASK) === 0 ? Side.Server : Side.Client
}

/** After a loss: where frames begin that reach to the end of what is there. */
export function findFrame(bytes: Uint8Array, start: number, end: number, side: Side): number {
  for (let at = start; at < end; at++) {
    const opcode = (bytes[at] as number) & 15
    if (opcode !== Opcode.Text || (bytes[at] as number) !== 0x81) continue
    if (detect(bytes, at, end) === Detection.Yes && sender(bytes, at, end) === side) return at
  }
  return -1
}

/** UTF-8 without control characters; a character that is cut at `end` is taken for one. `maskAt`: -1 for no mask. */
function isText(bytes: Uint8Array, start: number, end: number, maskAt: number): boolean {
  let following = 0
  for (let at = start; at < end; at++) {
    const byte = (bytes[at] as number) ^ (maskAt < 0 ? 0 : (bytes[maskAt + ((at - start) & 3)] as number))
    if (following > 0) {
      if (byte >> 6 !== 2) return false
      following--
    } else if (byte < 0x80) {
      if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return false
    } else if (byte >= 0xc2 && byte < 0xe0) following = 1
    else if (byte >= 0xe0 && byte < 0xf0) following = 2
    else if (byte >= 0xf0 && byte < 0xf5) following = 3
    else return false
  }
  return true
}
