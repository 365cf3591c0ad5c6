import type { Side } from '../contract/message.ts'
import { type Link, Outcome, type Session } from '../contract/session.ts'
import { OneWayMatcher } from '../matching/one-way.ts'
import { FIRST_CONTROL, Opcode } from './constants.ts'
import { findFrame } from './detect.ts'
import { MessageInflater } from './inflate.ts'
import { header, HEADER_INVALID, HEADER_NEEDS_MORE, readHeader } from './parse.ts'
import { WebsocketMessage } from './types.ts'

/** One side of the connection. */
class Half {
  /** Payload bytes of the current frame that are still to come. */
  remaining = 0
  fin = false
  readonly mask = new Uint8Array(4)
  /** Payload bytes of the frame that have been seen: the phase of the mask. */
  phase = 0
  /** The message of the current frame; null between frames. */
  frame: WebsocketMessage | null = null
  /** The message in fragments: control frames may come between them (RFC 6455, section 5.4). */
  fragmented: WebsocketMessage | null = null
  readonly inflater: MessageInflater

  constructor(maxBodyBytes: number) {
    this.inflater = new MessageInflater(maxBodyBytes)
  }
}

/** One WebSocket connection, behind its HTTP handshake. */
export class WebsocketSession implements Session {
  readonly matcher = new OneWayMatcher()
  readonly #link: Link
  readonly #halves: readonly [Half, Half]

  constructor(link: Link) {
    this.#link = link
    this.#halves = [new Half(link.maxBodyBytes), new Half(link.maxBodyBytes)]
  }

  parse(side: Side, bytes: Uint8Array, start: number, end: number): Outcome {
    const half = this.#halves[side]
    let at = start
    if (half.frame === null) {
      const size = readHeader(bytes, start, end)
      if (size === HEADER_NEEDS_MORE) return Outcome.NeedMore
      if (size === HEADER_INVALID || !this.#begin(half, bytes)) {
        this.#link.reason = 'not a frame'
        return Outcome.Invalid
      }
      at += size
    }
    const message = half.frame as WebsocketMessage
    const taken = Math.min(half.remaining, end - at)
    this.#keep(half, message, bytes, at, at + taken)
    half.remaining -= taken
    half.phase += taken
    this.#link.consumed = at + taken - start
    this.#link.stamp(message, start, at + taken)
    if (half.remaining > 0) return Outcome.Part
    half.frame = null
    if (!half.fin) return Outcome.Part
    this.#link.message = this.#finish(half, message)
    return Outcome.Message
  }

  gap(side: Side, length: number): boolean {
    const half = this.#halves[side]
    const { frame } = half
    if (frame !== null && length < half.remaining) {
      half.remaining -= length
      half.phase += length
      frame.size += length
      frame.holed = true
      frame.partial = 'gap'
      return true
    }
    half.inflater.forget()
    this.#abandon(half, 'gap')
    return false
  }

  resync(side: Side, bytes: Uint8Array, start: number, end: number): number {
    return findFrame(bytes, start, end, side)
  }

  end(side: Side): boolean {
    return this.#abandon(this.#halves[side], 'cut')
  }

  /** A frame begins; false where it cannot follow what was before. */
  #begin(half: Half, bytes: Uint8Array): boolean {
    const { opcode, fin, masked, length, maskAt, compressed } = header
    let message = half.fragmented
    if (opcode >= FIRST_CONTROL) message = new WebsocketMessage(opcode)
    else if (opcode === Opcode.Continuation) {
      if (message === null) {
        message = new WebsocketMessage(opcode)
        message.partial = 'start missing'
      }
      half.fragmented = fin ? null : message
    } else {
      if (message !== null) return false
      message = new WebsocketMessage(opcode)
      message.compressed = compressed
      half.fragmented = fin ? null : message
    }
    message.masked = masked
    message.fragments++
    half.fin = fin
    half.frame = message
    half.remaining = length
    half.phase = 0
    for (let n = 0; n < 4; n++) half.mask[n] = masked ? (bytes[maskAt + n] as number) : 0
    return true
  }

  #keep(half: Half, message: WebsocketMessage, bytes: Uint8Array, start: number, end: number): void {
    message.size += end - start
    const length = message.holed ? 0 : Math.min(end - start, this.#link.maxBodyBytes - message.length)
    if (length <= 0) return
    const needed = message.length + length
    if (needed > message.body.length) {
      const known =
        half.fin && needed + half.remaining <= this.#link.maxBodyBytes ? needed + half.remaining - length : 0
      const larger = new Uint8Array(Math.max(needed, known, message.length === 0 ? 0 : message.body.length * 2))
      larger.set(message.body.subarray(0, message.length))
      message.body = larger
    }
    const { mask, phase } = half
    for (let n = 0; n < length; n++) {
      message.body[message.length + n] = (bytes[start + n] as number) ^ (mask[(phase + n) & 3] as number)
    }
    message.length = needed
  }

  #finish(half: Half, message: WebsocketMessage): WebsocketMessage {
    if (!message.compressed) return message
    const whole = message.length === message.size
    const content = whole ? half.inflater.inflate(message.body.subarray(0, message.length)) : null
    if (content === null) {
      half.inflater.forget()
      return message
    }
    message.inflated = true
    message.size = content.length
    message.length = Math.min(content.length, this.#link.maxBodyBytes)
    message.body = content.subarray(0, message.length)
    return message
  }

  #abandon(half: Half, reason: string): boolean {
    const message = half.fragmented ?? half.frame
    half.frame = null
    half.fragmented = null
    half.remaining = 0
    if (message === null) return false
    message.partial = reason
    this.#link.message = message
    return true
  }
}
