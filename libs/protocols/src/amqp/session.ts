import { u16be, u32be } from '@hindwire/bytes/endian.ts'

import type { Side } from '../contract/message.ts'
import { Detection } from '../contract/protocol.ts'
import { type Link, Outcome, type Session } from '../contract/session.ts'
import { Frame, FRAME_END } from './constants.ts'
import { checkFrame, checkProtocolHeader, findStart, frameEnd } from './detect.ts'
import { MAX_CONTENT_BYTES, MAX_CONTENTS, MAX_FRAME_BYTES } from './limits.ts'
import { AmqpMatcher } from './match.ts'
import { readMethod, readProtocolHeader } from './parse.ts'
import type { AmqpMessage } from './types.ts'

/** One side's place in its bytes. */
class Lane {
  /** Bytes of the body frame in progress that are to come, its end byte included. */
  left = 0
  /** Its message; null where the method was not seen. */
  content: AmqpMessage | null = null
  /** Messages whose content is not whole, by channel. */
  readonly contents = new Map<number, AmqpMessage>()
}

/** One connection between an AMQP client and a broker. */
export class AmqpSession implements Session {
  readonly matcher: AmqpMatcher
  readonly #link: Link
  readonly #lanes: readonly [Lane, Lane] = [new Lane(), new Lane()]

  constructor(link: Link) {
    this.#link = link
    this.matcher = new AmqpMatcher(link)
  }

  parse(side: Side, bytes: Uint8Array, start: number, end: number): Outcome {
    const lane = this.#lanes[side]
    if (lane.left > 0) return this.#body(lane, bytes, start, end)
    if (bytes[start] === 0x41) return this.#protocolHeader(side, bytes, start, end)
    const isBody = bytes[start] === Frame.Body
    if (isBody && end - start >= 7) return this.#beginBody(lane, bytes, start)
    const check = checkFrame(bytes, start, end)
    if (check === Detection.No) return this.#invalid('not a frame')
    if (check === Detection.NeedMore) return Outcome.NeedMore
    const stop = frameEnd
    this.#link.consumed = stop - start
    if (bytes[start] === Frame.Method) return this.#method(side, lane, bytes, start, stop)
    return bytes[start] === Frame.Header ? this.#header(lane, bytes, start, stop) : Outcome.Skip
  }

  gap(side: Side, length: number): boolean {
    const lane = this.#lanes[side]
    // At least the end byte must come behind the loss, for the frame to end there.
    if (length < lane.left) {
      lane.left -= length
      if (lane.content !== null) {
        lane.content.partial = 'gap'
        lane.content.passed += length
        lane.content.wireSize += length
      }
      return true
    }
    this.#link.message = this.#unfinished(lane, 'gap')
    return false
  }

  resync(_side: Side, bytes: Uint8Array, start: number, end: number): number {
    return findStart(bytes, start, end)
  }

  end(side: Side): boolean {
    this.#link.message = this.#unfinished(this.#lanes[side], 'cut')
    return this.#link.message !== null
  }

  #invalid(reason: string): Outcome {
    this.#link.reason = reason
    return Outcome.Invalid
  }

  #protocolHeader(side: Side, bytes: Uint8Array, start: number, end: number): Outcome {
    const check = checkProtocolHeader(bytes, start, end)
    if (check === Detection.No) return this.#invalid('not a protocol header')
    if (check === Detection.NeedMore) return Outcome.NeedMore
    this.#link.consumed = 8
    return this.#whole(readProtocolHeader(side, bytes, start), start, start + 8)
  }

  #method(side: Side, lane: Lane, bytes: Uint8Array, start: number, stop: number): Outcome {
    const message = readMethod(side, bytes, start, stop)
    const cut = lane.contents.get(message.channel)
    if (cut !== undefined) {
      lane.contents.delete(message.channel)
      cut.partial ||= 'cut'
      message.before = cut
    }
    if (message.method?.hasContent !== true || lane.contents.size >= MAX_CONTENTS) {
      return this.#whole(message, start, stop)
    }
    lane.contents.set(message.channel, message)
    this.#link.stamp(message, start, stop)
    return Outcome.Part
  }

  /** header = class:u16 weight:u16 body-size:u64 flags:u16 properties */
  #header(lane: Lane, bytes: Uint8Array, start: number, stop: number): Outcome {
    const content = lane.contents.get(u16be(bytes, start + 1))
    if (content === undefined || content.header !== null) return Outcome.Skip
    content.header = bytes.slice(start + 19, stop - 1)
    content.bodySize = u32be(bytes, start + 11) * 0x1_0000_0000 + u32be(bytes, start + 15)
    if (content.bodySize > MAX_CONTENT_BYTES) return this.#invalid('content too large')
    if (content.bodySize === 0) return this.#contentWhole(lane, content, start, stop)
    this.#link.stamp(content, start, stop)
    return Outcome.Part
  }

  #beginBody(lane: Lane, bytes: Uint8Array, start: number): Outcome {
    const size = u32be(bytes, start + 3)
    if (size === 0 || size > MAX_FRAME_BYTES) return this.#invalid('body frame out of bounds')
    lane.left = size + 1
    lane.content = lane.contents.get(u16be(bytes, start + 1)) ?? null
    this.#link.consumed = 7
    if (lane.content === null) return Outcome.Skip
    this.#link.stamp(lane.content, start, start + 7)
    return Outcome.Part
  }

  #body(lane: Lane, bytes: Uint8Array, start: number, end: number): Outcome {
    const { content } = lane
    const count = Math.min(lane.left, end - start)
    const stop = start + count
    const ends = count === lane.left
    if (ends && bytes[stop - 1] !== FRAME_END) {
      lane.left = 0
      return this.#invalid('no end of frame')
    }
    lane.left -= count
    this.#link.consumed = count
    if (content === null) return Outcome.Skip
    content.append(bytes, start, ends ? stop - 1 : stop, this.#link.maxBodyBytes)
    if (ends && content.passed >= content.bodySize) return this.#contentWhole(lane, content, start, stop)
    this.#link.stamp(content, start, stop)
    return Outcome.Part
  }

  #contentWhole(lane: Lane, content: AmqpMessage, start: number, stop: number): Outcome {
    lane.contents.delete(content.channel)
    return this.#whole(content, start, stop)
  }

  #whole(message: AmqpMessage, start: number, stop: number): Outcome {
    this.#link.stamp(message, start, stop)
    this.#link.message = message
    return Outcome.Message
  }

  /** All contents that were in progress, as a chain of which the last is given. */
  #unfinished(lane: Lane, reason: string): AmqpMessage | null {
    let last: AmqpMessage | null = null
    for (const content of lane.contents.values()) {
      content.partial ||= reason
      let first = content
      while (first.before !== null) first = first.before
      first.before = last
      last = content
    }
    lane.contents.clear()
    lane.content = null
    lane.left = 0
    return last
  }
}
