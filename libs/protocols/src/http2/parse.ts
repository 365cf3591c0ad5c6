import { u16be, u24be, u32be } from '@hindwire/bytes/endian.ts'

import { ErrorCode, Flag, FRAME_HEADER_BYTES, FrameType } from './constants.ts'
import { MAX_PLAIN_FRAME_BYTES } from './limits.ts'

/**
 * HTTP Frame { Length (24), Type (8), Flags (8), Reserved (1), Stream Identifier (31), Payload } (RFC 9113, section 4.1)
 */
export function frameLength(bytes: Uint8Array, at: number): number {
  return u24be(bytes, at)
}

export function frameType(bytes: Uint8Array, at: number): number {
  return bytes[at + 3] as number
}

export function frameFlags(bytes: Uint8Array, at: number): number {
  return bytes[at + 4] as number
}

export function frameStream(bytes: Uint8Array, at: number): number {
  return u32be(bytes, at + 5) & 0x7fff_ffff
}

/** Which fixed length a type has; 0 for none, -1 where the type is not defined. */
const fixedLengths: readonly number[] = [0, 0, 5, 4, 0, 0, 8, 0, 4, 0, 0, -1, 0, -1, -1, -1, 0]
/** Flags that a type defines. */
const definedFlags: readonly number[] = [0x09, 0x2d, 0, 0, 0x01, 0x0c, 0x01, 0, 0, 0x04, 0, 0, 0, 0, 0, 0, 0]

/** Why a frame header contradicts section 6 of RFC 9113; empty when it does not. Undefined types are passed over. */
export function frameProblem(bytes: Uint8Array, at: number): string {
  const type = frameType(bytes, at)
  const length = frameLength(bytes, at)
  const fixed = fixedLengths[type] ?? -1
  if (fixed > 0 && length !== fixed) return 'frame size'
  const stream = frameStream(bytes, at)
  switch (type) {
    case FrameType.Data:
    case FrameType.Headers:
    case FrameType.Priority:
    case FrameType.RstStream:
    case FrameType.PushPromise:
    case FrameType.Continuation:
      return stream === 0 ? 'no stream' : ''
    case FrameType.Settings:
      if (stream !== 0) return 'stream of SETTINGS'
      return length % 6 === 0 && (length === 0 || (frameFlags(bytes, at) & Flag.Ack) === 0) ? '' : 'frame size'
    case FrameType.Ping:
      return stream === 0 ? '' : 'stream of PING'
    case FrameType.GoAway:
      return stream === 0 && length >= 8 ? '' : 'GOAWAY'
    default:
      return ''
  }
}

/** As `frameProblem`, for bytes of which nothing is known: defined types, flags and usual sizes only. */
export function isPlausibleHeader(bytes: Uint8Array, at: number): boolean {
  const type = frameType(bytes, at)
  if ((fixedLengths[type] ?? -1) < 0) return false
  if ((frameFlags(bytes, at) & ~(definedFlags[type] as number)) !== 0) return false
  if (((bytes[at + 5] as number) & 0x80) !== 0 || frameLength(bytes, at) > MAX_PLAIN_FRAME_BYTES) return false
  if (frameProblem(bytes, at) !== '') return false
  const length = frameLength(bytes, at)
  if (type === FrameType.Headers) return length > 0
  if (type === FrameType.Continuation) return length > 0
  // An empty DATA frame is only sent to end a stream.
  return type !== FrameType.Data || length > 0 || (frameFlags(bytes, at) & Flag.EndStream) !== 0
}

/** Is the payload of a control frame, whole at bytes[at, …), what its type allows? */
export function isPlausibleControl(bytes: Uint8Array, at: number): boolean {
  const payload = at + FRAME_HEADER_BYTES
  switch (frameType(bytes, at)) {
    case FrameType.RstStream:
      return u32be(bytes, payload) <= ErrorCode.Last
    case FrameType.WindowUpdate:
      return u32be(bytes, payload) > 0 && u32be(bytes, payload) < 0x8000_0000
    case FrameType.GoAway:
      return u32be(bytes, payload) < 0x8000_0000 && u32be(bytes, payload + 4) <= ErrorCode.Last
    case FrameType.Settings:
      return areSettings(bytes, payload, payload + frameLength(bytes, at))
    case FrameType.Priority:
      return (u32be(bytes, payload) & 0x7fff_ffff) !== frameStream(bytes, at)
    default:
      return true
  }
}

/** Setting { Identifier (16), Value (32) } (section 6.5.1): registered identifiers with values that they may have. */
function areSettings(bytes: Uint8Array, start: number, end: number): boolean {
  let known = start === end ? 1 : 0
  for (let at = start; at + 6 <= end; at += 6) {
    const id = u16be(bytes, at)
    const value = u32be(bytes, at + 2)
    // ENABLE_PUSH, ENABLE_CONNECT_PROTOCOL and NO_RFC7540_PRIORITIES are 0 or 1.
    if ((id === 2 || id === 8 || id === 9) && value > 1) return false
    if (id === 4 && value > 0x7fff_ffff) return false
    if (id === 5 && (value < 16_384 || value > 0xff_ffff)) return false
    if (id >= 1 && id <= 9 && id !== 7) known++
    // Others are extensions (0xfe03 of gRPC) or reserved to exercise unknown ones (RFC 8701); never the majority.
    else if (id === 0) return false
  }
  return known * 12 >= end - start
}

/** Range of the payload of a frame without its padding, and without the fields that a flag puts in front. */
export interface Content {
  start: number
  end: number
}

const content: Content = { start: 0, end: 0 }

/**
 * Field block of a whole HEADERS or PUSH_PROMISE frame (sections 6.2 and 6.6). The result is reused.
 * @returns null when padding and fixed fields do not fit into the frame
 */
export function fieldBlock(bytes: Uint8Array, at: number): Content | null {
  const flags = frameFlags(bytes, at)
  content.start = at + FRAME_HEADER_BYTES
  content.end = content.start + frameLength(bytes, at)
  if ((flags & Flag.Padded) !== 0) {
    if (content.start >= content.end) return null
    content.end -= bytes[content.start++] as number
  }
  if (frameType(bytes, at) === FrameType.PushPromise) content.start += 4
  else if ((flags & Flag.Priority) !== 0) content.start += 5
  return content.start <= content.end ? content : null
}
