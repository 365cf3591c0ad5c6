import { u16be, u32be } from '@hindwire/bytes/endian.ts'

import { FIN, FIRST_CONTROL, MASK, Opcode, RSV1, RSV23 } from './constants.ts'
import { MAX_CONTROL_BYTES, MAX_FRAME_BYTES } from './limits.ts'

/** What `readHeader` answers when it has no header. */
export const HEADER_NEEDS_MORE = 0
export const HEADER_INVALID = -1

/** The header that was read last; reused. */
export const header = { fin: false, compressed: false, opcode: 0, masked: false, length: 0, maskAt: 0 }

/**
 * FIN(1) RSV1-3(3) opcode(4) MASK(1) length(7, 7+16 or 7+64) masking-key(0 or 32) (RFC 6455, section 5.2).
 * @returns the bytes of the header, HEADER_NEEDS_MORE or HEADER_INVALID; `maskAt` is the position of the masking key
 */
export function readHeader(bytes: Uint8Array, start: number, end: number): number {
  const first = bytes[start] as number
  const opcode = first & 15
  if ((first & RSV23) !== 0) return HEADER_INVALID
  if (opcode > Opcode.Pong || (opcode > Opcode.Binary && opcode < Opcode.Close)) return HEADER_INVALID
  const isControl = opcode >= FIRST_CONTROL
  if (isControl && (first & (FIN | RSV1)) !== FIN) return HEADER_INVALID
  // RSV1 is set on the first frame of a message only (RFC 7692, section 6).
  if (opcode === Opcode.Continuation && (first & RSV1) !== 0) return HEADER_INVALID
  if (end - start < 2) return HEADER_NEEDS_MORE
  const second = bytes[start + 1] as number
  let length = second & 0x7f
  let at = start + 2
  if (length === 126) {
    if (end - start < 4) return HEADER_NEEDS_MORE
    length = u16be(bytes, at)
    if (length < 126) return HEADER_INVALID
    at += 2
  } else if (length === 127) {
    if (end - start < 10) return HEADER_NEEDS_MORE
    length = u32be(bytes, at) * 0x1_0000_0000 + u32be(bytes, at + 4)
    if (length < 0x1_0000 || length > MAX_FRAME_BYTES) return HEADER_INVALID
    at += 8
  }
  if (isControl && length > MAX_CONTROL_BYTES) return HEADER_INVALID
  header.masked = (second & MASK) !== 0
  header.maskAt = at
  if (header.masked) at += 4
  if (at > end) return HEADER_NEEDS_MORE
  header.fin = (first & FIN) !== 0
  header.compressed = (first & RSV1) !== 0
  header.opcode = opcode
  header.length = length
  return at - start
}
