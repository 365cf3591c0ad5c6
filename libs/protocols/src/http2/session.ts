import { u32be } from '@hindwire/bytes/endian.ts'

import { Role, Side } from '../contract/message.ts'
import { type Link, Outcome, type Session } from '../contract/session.ts'
import { Flag, FRAME_HEADER_BYTES, FrameType, PREFACE } from './constants.ts'
import { Direction } from './direction.ts'
import { MessageFraming } from './grpc-framing.ts'
import { BLOCK_INVALID, BLOCK_NEEDS_MORE, found, readBlock } from './header-block.ts'
import type { HeaderField } from './header-field.ts'
import { inspect, isTrailer, listed, mayBeGrpc } from './header-list.ts'
import { BlockResult } from './hpack-decoder.ts'
import { MAX_HEADER_BLOCK_BYTES, MAX_UNKNOWN_FRAME_BYTES } from './limits.ts'
import { StreamMatcher } from './match.ts'
import { frameFlags, frameLength, frameProblem, frameStream, frameType } from './parse.ts'
import { prefaceAt } from './preface.ts'
import { findFrame } from './resync.ts'
import { StreamTable } from './stream-table.ts'
import { Http2Message, Stream } from './types.ts'

/** One HTTP/2 connection: frames to messages, many at a time. */
export class Http2Session implements Session {
  readonly matcher: StreamMatcher
  readonly #link: Link
  readonly #streams = new StreamTable()
  readonly #directions: readonly [Direction, Direction] = [new Direction(), new Direction()]

  constructor(link: Link) {
    this.#link = link
    this.matcher = new StreamMatcher(link, this.#streams)
  }

  parse(side: Side, bytes: Uint8Array, start: number, end: number): Outcome {
    const direction = this.#directions[side]
    if (direction.inFrame) return this.#payload(direction, bytes, start, start, end)
    if (bytes[start] === PREFACE[0]) {
      const length = prefaceAt(bytes, start, end)
      if (length > 0) return this.#preface(direction, length)
      if (length === 0) return Outcome.NeedMore
    }
    if (end - start < FRAME_HEADER_BYTES) return Outcome.NeedMore
    const problem = frameProblem(bytes, start)
    if (problem !== '') return this.#invalid(problem)
    const type = frameType(bytes, start)
    if (!direction.begun) direction.begin(type === FrameType.Settings && frameFlags(bytes, start) === 0)
    if (type === FrameType.Data) return this.#data(side, direction, bytes, start, end)
    const length = frameLength(bytes, start)
    if (type === FrameType.Headers || type === FrameType.PushPromise) {
      if (length <= MAX_HEADER_BLOCK_BYTES) return this.#block(side, direction, bytes, start, end)
      direction.hpack.forget()
    } else if (type === FrameType.Continuation) direction.hpack.forget()
    else if (type > FrameType.PriorityUpdate && length > MAX_UNKNOWN_FRAME_BYTES) return this.#invalid('frame type')
    else if (type === FrameType.RstStream || type === FrameType.GoAway) {
      if (end - start < FRAME_HEADER_BYTES + Math.min(length, 8)) return Outcome.NeedMore
      const ended = type === FrameType.RstStream ? this.#reset(side, bytes, start) : this.#goAway(side, bytes, start)
      direction.pass(length)
      this.#payload(direction, bytes, start, start + FRAME_HEADER_BYTES, end)
      return ended ? Outcome.Message : Outcome.Skip
    }
    direction.pass(length)
    return this.#payload(direction, bytes, start, start + FRAME_HEADER_BYTES, end)
  }

  /** Within a frame the loss is bridged; behind its end, header blocks may be missing. */
  gap(side: Side, length: number): boolean {
    const direction = this.#directions[side]
    if (length > direction.left + direction.padding) return false
    const content = Math.min(length, direction.left)
    direction.left -= content
    direction.padding -= length - content
    const { message } = direction
    if (message === null) return true
    message.partial = 'gap'
    message.bodySize += content
    message.lost += content
    message.wireSize += length
    message.framing?.skip(content)
    if (!direction.inFrame && direction.endsStream) {
      message.ended = true
      const { request, response } = message.stream
      if (request?.ended === true && response?.ended === true) this.#streams.ready.push(message.stream)
    }
    return true
  }

  resync(side: Side, bytes: Uint8Array, start: number, end: number): number {
    this.#loseStep(side)
    const at = findFrame(bytes, start, end, (id) => this.#streams.get(id) !== undefined)
    if (at >= 0) this.#directions[side].inDoubt = false
    return at
  }

  /** Messages in progress are emitted by the matcher, when both sides are done. */
  end(): boolean {
    return false
  }

  #invalid(reason: string): Outcome {
    this.#link.reason = reason
    return Outcome.Invalid
  }

  #preface(direction: Direction, length: number): Outcome {
    this.#link.consumed = length
    direction.begun = true
    direction.inDoubt = false
    return Outcome.Skip
  }

  /** Header blocks may be missing, and ends of messages. */
  #loseStep(side: Side): void {
    const direction = this.#directions[side]
    if (direction.inDoubt) return
    direction.inDoubt = true
    direction.begun = true
    direction.hpack.forget()
    direction.pass(0)
    for (const stream of this.#streams.values()) {
      const message = stream.sentBy(side)
      if (message !== null && !message.ended && message.partial === '') message.partial = 'gap'
    }
  }

  // -- DATA (section 6.1) ------------------------------------------------------------------------------------------

  #data(side: Side, direction: Direction, bytes: Uint8Array, start: number, end: number): Outcome {
    const flags = frameFlags(bytes, start)
    let left = frameLength(bytes, start)
    let from = start + FRAME_HEADER_BYTES
    direction.padding = 0
    if ((flags & Flag.Padded) !== 0) {
      if (left === 0) return this.#invalid('padding')
      if (from === end) return Outcome.NeedMore
      direction.padding = bytes[from++] as number
      if (direction.padding >= left) {
        direction.padding = 0
        return this.#invalid('padding')
      }
      left -= 1 + direction.padding
    }
    direction.left = left
    direction.endsStream = (flags & Flag.EndStream) !== 0
    direction.message = this.#messageOfData(side, frameStream(bytes, start))
    return this.#payload(direction, bytes, start, from, end)
  }

  /** The message that content belongs to; null where it is not wanted any more. */
  #messageOfData(side: Side, id: number): Http2Message | null {
    let stream = this.#streams.get(id)
    if (stream === undefined) {
      if (this.#streams.isClosed(id)) return null
      stream = new Stream(id)
      this.#streams.add(stream)
    }
    const known = stream.sentBy(side)
    if (known !== null) return known.ended ? null : known
    const role = stream.request === null && side === Side.Client ? Role.Request : Role.Response
    if (stream.message(role) !== null) return null
    const message = this.#open(stream, role, side)
    message.partial = 'start missing'
    message.framing = new MessageFraming()
    return message
  }

  /** Payload of the frame in progress at bytes[from, end); the unit of this call began at `start`. */
  #payload(direction: Direction, bytes: Uint8Array, start: number, from: number, end: number): Outcome {
    const { message } = direction
    const content = Math.min(direction.left, end - from)
    const padding = Math.min(direction.padding, end - from - content)
    direction.left -= content
    direction.padding -= padding
    const stop = from + content + padding
    this.#link.consumed = stop - start
    if (message === null) return Outcome.Skip
    this.#link.stamp(message, start, stop)
    if (content > 0) {
      message.framing?.add(bytes, from, from + content)
      this.#streams.append(message, bytes, from, from + content)
    }
    if (direction.inFrame) return Outcome.Part
    direction.message = null
    return direction.endsStream ? this.#ended(message) : Outcome.Part
  }

  #ended(message: Http2Message): Outcome {
    message.ended = true
    this.#link.message = message
    return Outcome.Message
  }

  #open(stream: Stream, role: Role, side: Side): Http2Message {
    const message = new Http2Message(stream, role, side)
    message.bodyLimit = this.#link.maxBodyBytes
    if (role === Role.Request) stream.request = message
    else stream.response = message
    return message
  }

  // -- HEADERS, PUSH_PROMISE, CONTINUATION (sections 6.2, 6.6, 6.10) --------------------------------------------------

  #block(side: Side, direction: Direction, bytes: Uint8Array, start: number, end: number): Outcome {
    const length = readBlock(bytes, start, end)
    if (length === BLOCK_NEEDS_MORE) return Outcome.NeedMore
    if (length === BLOCK_INVALID) return this.#invalid('header block')
    const fields: HeaderField[] = []
    let result = direction.hpack.decode(found.bytes, found.start, found.end, fields)
    if (found.cut) {
      direction.hpack.forget()
      result = BlockResult.Broken
    }
    this.#link.consumed = length
    inspect(fields)
    if (frameType(bytes, start) === FrameType.PushPromise)
      return this.#pushed(side, bytes, start, length, fields, result)
    const ends = (frameFlags(bytes, start) & Flag.EndStream) !== 0
    // Interim responses precede the final one (RFC 9110, section 15.2).
    if (listed.status >= 100 && listed.status < 200 && !ends) return Outcome.Skip
    const message = this.#messageOfBlock(side, frameStream(bytes, start), result)
    if (message === null) return Outcome.Skip
    this.#link.stamp(message, start, start + length)
    message.headerBytes += length
    if (result !== BlockResult.Whole) {
      message.incomplete = true
      if (message.partial === '') message.partial = 'headers incomplete'
    }
    if (isTrailer(message)) message.trailers = message.trailers.concat(fields)
    else {
      message.fields = fields
      message.status = listed.status
      if (mayBeGrpc(message)) message.framing ??= new MessageFraming()
    }
    return ends ? this.#ended(message) : Outcome.Part
  }

  /** The message that a header list begins or ends; null where it is not wanted any more. */
  #messageOfBlock(side: Side, id: number, result: BlockResult): Http2Message | null {
    let stream = this.#streams.get(id)
    const begins = listed.request || listed.status > 0
    if (stream === undefined && !begins && this.#streams.isClosed(id)) return null
    const role = listed.status > 0 || (!listed.request && side === Side.Server) ? Role.Response : Role.Request
    // The same id again: the end of the first one was lost.
    const known = (begins ? stream?.message(role) : (stream?.sentBy(side) ?? stream?.message(role))) ?? null
    if (stream !== undefined && known !== null && listed.request && known.fields.length > 0) {
      this.#streams.abandon(stream, 'gap')
      stream = undefined
    } else if (known !== null) return known.ended ? null : known
    if (stream === undefined) {
      // A response whose request was reset and forgotten.
      if (role === Role.Response && this.#streams.isClosed(id)) return null
      stream = new Stream(id)
      this.#streams.add(stream)
    }
    const message = this.#open(stream, role, side)
    // Neither pseudo fields nor unknown ones: these are trailers, and all before them was not seen.
    if (!begins && result === BlockResult.Whole) message.partial = 'start missing'
    return message
  }

  /** PUSH_PROMISE: the request that the server answers unasked. */
  #pushed(
    side: Side,
    bytes: Uint8Array,
    start: number,
    length: number,
    fields: readonly HeaderField[],
    result: BlockResult,
  ): Outcome {
    const padded = (frameFlags(bytes, start) & Flag.Padded) !== 0 ? 1 : 0
    const promised = u32be(bytes, start + FRAME_HEADER_BYTES + padded) & 0x7fff_ffff
    if (this.#streams.get(promised) !== undefined) return Outcome.Skip
    const stream = new Stream(promised)
    stream.pushed = true
    const message = this.#open(stream, Role.Request, side)
    this.#link.stamp(message, start, start + length)
    message.headerBytes = length
    message.fields = fields
    if (result !== BlockResult.Whole) message.partial = 'headers incomplete'
    this.#streams.add(stream)
    return this.#ended(message)
  }

  // -- RST_STREAM, GOAWAY (sections 6.4, 6.8) ------------------------------------------------------------------------

  #reset(side: Side, bytes: Uint8Array, start: number): boolean {
    const code = u32be(bytes, start + FRAME_HEADER_BYTES)
    this.#link.message = this.#streams.reset(frameStream(bytes, start), side, code)
    return this.#link.message !== null
  }

  #goAway(side: Side, bytes: Uint8Array, start: number): boolean {
    const last = u32be(bytes, start + FRAME_HEADER_BYTES) & 0x7fff_ffff
    const code = u32be(bytes, start + FRAME_HEADER_BYTES + 4)
    this.#link.message = this.#streams.refuse(last, side, code)
    return this.#link.message !== null
  }
}
