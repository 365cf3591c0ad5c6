import { u16be, u32be } from '@hindwire/bytes/endian.ts'

import { Side } from '../contract/message.ts'
import { Detection } from '../contract/protocol.ts'
import { classNames, Frame, FRAME_END, From, methods } from './constants.ts'
import { MAX_FRAME_BYTES, MAX_WHOLE_BYTES } from './limits.ts'

/** Frames that are checked before a stream is believed. */
const ENOUGH = 3
/** `AMQP` 0 0 9 1 of 0-9-1; `AMQP` 1 1 and a version of 0-8 and 0-9. AMQP 1.0 has 1 in the sixth byte, 0 in the last. */
const PROTOCOL = [0x41, 0x4d, 0x51, 0x50]

/** Is it the protocol header, which opens a connection? */
export function checkProtocolHeader(bytes: Uint8Array, start: number, end: number): Detection {
  const have = Math.min(8, end - start)
  for (let i = 0; i < Math.min(4, have); i++) if (bytes[start + i] !== PROTOCOL[i]) return Detection.No
  if (have > 4 && bytes[start + 4]! > 1) return Detection.No
  if (have < 8) return Detection.NeedMore
  const text = `${bytes[start + 4]} ${bytes[start + 5]} ${bytes[start + 6]} ${bytes[start + 7]}`
  return text === '0 0 9 1' || /^1 1 (?:0 9|8 0|9 1)$/u.test(text) ? Detection.Yes : Detection.No
}

/** Index behind the frame that `checkFrame` has looked at. */
export let frameEnd = 0

/** frame = type:u8 channel:u16 size:u32 payload 0xCE */
export function checkFrame(bytes: Uint8Array, start: number, end: number): Detection {
  const type = bytes[start]!
  const known = type === Frame.Method || type === Frame.Header || type === Frame.Body || type === Frame.Heartbeat
  if (!known) return Detection.No
  if (end - start < 7) return Detection.NeedMore
  const channel = u16be(bytes, start + 1)
  const size = u32be(bytes, start + 3)
  frameEnd = start + size + 8
  if (type === Frame.Heartbeat && (size !== 0 || channel !== 0)) return Detection.No
  if (size > (type === Frame.Body ? MAX_FRAME_BYTES : MAX_WHOLE_BYTES)) return Detection.No
  const payload = start + 7
  if (type === Frame.Method) {
    if (size < 4) return Detection.No
    if (end - payload >= 4 && !isMethod(u32be(bytes, payload), channel)) return Detection.No
  } else if (type === Frame.Header) {
    if (size < 14 || channel === 0) return Detection.No
    if (end - payload >= 4 && (!classNames.has(u16be(bytes, payload)) || u16be(bytes, payload + 2) !== 0))
      return Detection.No
  } else if (type === Frame.Body && (channel === 0 || size === 0)) return Detection.No
  if (frameEnd > end) return Detection.NeedMore
  return bytes[frameEnd - 1] === FRAME_END ? Detection.Yes : Detection.No
}

/** Methods of the connection go over channel 0, all others over the others. */
function isMethod(id: number, channel: number): boolean {
  return classNames.has(id >>> 16) && (id >>> 16 === 10) === (channel === 0) && (id & 0xffff) <= 200
}

export function detect(bytes: Uint8Array, start: number, end: number): Detection {
  if (start >= end) return Detection.NeedMore
  if (bytes[start] === PROTOCOL[0]) return checkProtocolHeader(bytes, start, end)
  let at = start
  for (let n = 0; n < ENOUGH && at < end; n++) {
    const check = checkFrame(bytes, at, end)
    if (check === Detection.No) return Detection.No
    if (check === Detection.NeedMore) {
      // A body is only proven by its end.
      return n > 0 || isProvenMethod(bytes, at, end) ? Detection.Yes : Detection.NeedMore
    }
    at = frameEnd
  }
  return Detection.Yes
}

/** A known method, of which only the beginning is there. */
function isProvenMethod(bytes: Uint8Array, at: number, end: number): boolean {
  return bytes[at] === Frame.Method && end - at >= 11 && methods.has(u32be(bytes, at + 7))
}

/** By the first method that only one side may send. */
export function sender(bytes: Uint8Array, start: number, end: number): Side | -1 {
  if (bytes[start] === PROTOCOL[0]) return Side.Client
  let at = start
  for (let n = 0; n < 16 && end - at >= 11; n++) {
    const check = checkFrame(bytes, at, end)
    if (check === Detection.No) return -1
    if (bytes[at] === Frame.Method) {
      const from = methods.get(u32be(bytes, at + 7))?.from ?? From.Both
      if (from !== From.Both) return from
    }
    if (check === Detection.NeedMore) return -1
    at = frameEnd
  }
  return -1
}

/** The next offset at which a frame begins, or -1. */
export function findStart(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; end - at >= 8; at++) {
    const type = bytes[at]!
    if (type === 0x41 ? checkProtocolHeader(bytes, at, end) === Detection.Yes : isStart(bytes, at, end)) return at
  }
  return -1
}

function isStart(bytes: Uint8Array, at: number, end: number): boolean {
  const check = checkFrame(bytes, at, end)
  if (check === Detection.NeedMore) return isProvenMethod(bytes, at, end)
  if (check === Detection.No) return false
  // One byte at the right place is little proof of a body: the next frame must fit too.
  const next = frameEnd
  return bytes[at] !== Frame.Body || next === end || checkFrame(bytes, next, end) !== Detection.No
}
