import { u32le } from '@hindwire/bytes/endian.ts'

import type { Side } from '../contract/message.ts'
import { type Link, Outcome, type Session } from '../contract/session.ts'
import { opNames } from './constants.ts'
import { findStart } from './detect.ts'
import { MAX_MESSAGE_BYTES, MAX_WHOLE_BYTES } from './limits.ts'
import { MongodbMatcher } from './match.ts'
import { readMessage } from './parse.ts'
import type { MongodbMessage } from './types.ts'

const HEADER = 16

/** One side's place in its bytes. */
class Lane {
  /** Bytes of the message in progress that are passed over unread. */
  skip = 0
  held: MongodbMessage | null = null
}

/** One connection between a MongoDB driver (or member of a replica set) and a server. */
export class MongodbSession implements Session {
  readonly matcher: MongodbMatcher
  readonly #link: Link
  readonly #lanes: readonly [Lane, Lane] = [new Lane(), new Lane()]

  constructor(link: Link) {
    this.#link = link
    this.matcher = new MongodbMatcher(link)
  }

  parse(side: Side, bytes: Uint8Array, start: number, end: number): Outcome {
    const lane = this.#lanes[side]
    if (lane.skip > 0) return this.#passOver(lane, start, end)
    if (end - start < HEADER) {
      if (end - start >= 4 && !isLength(u32le(bytes, start))) return this.#invalid('length out of bounds')
      return Outcome.NeedMore
    }
    const length = u32le(bytes, start)
    const op = u32le(bytes, start + 12)
    if (!isLength(length)) return this.#invalid('length out of bounds')
    if (!opNames.has(op) && (op < 2000 || op > 2999)) return this.#invalid('unknown operation')
    const wanted = Math.min(length, MAX_WHOLE_BYTES)
    if (end - start < wanted) return Outcome.NeedMore
    const message = readMessage(side, bytes, start, start + wanted, length, this.#link.maxBodyBytes)
    this.#link.consumed = wanted
    if (wanted === length) {
      this.#link.message = message
      return Outcome.Message
    }
    lane.skip = length - wanted
    lane.held = message
    return Outcome.Part
  }

  gap(side: Side, length: number): boolean {
    const lane = this.#lanes[side]
    const message = lane.held
    if (message === null) return false
    message.partial = 'gap'
    // At least one byte of the message must come behind the loss, for it to end there.
    if (length < lane.skip) {
      lane.skip -= length
      return true
    }
    lane.skip = 0
    lane.held = null
    this.#link.message = message
    return false
  }

  resync(_side: Side, bytes: Uint8Array, start: number, end: number): number {
    return findStart(bytes, start, end)
  }

  end(side: Side): boolean {
    const lane = this.#lanes[side]
    const message = lane.held
    lane.held = null
    lane.skip = 0
    if (message === null) return false
    if (message.partial === '') message.partial = 'cut'
    this.#link.message = message
    return true
  }

  /** The rest of a message of which enough was read. */
  #passOver(lane: Lane, start: number, end: number): Outcome {
    const count = Math.min(lane.skip, end - start)
    lane.skip -= count
    this.#link.consumed = count
    if (lane.skip > 0) return Outcome.Part
    this.#link.message = lane.held
    lane.held = null
    return Outcome.Message
  }

  #invalid(reason: string): Outcome {
    this.#link.reason = reason
    return Outcome.Invalid
  }
}

function isLength(length: number): boolean {
  return length > HEADER && length <= MAX_MESSAGE_BYTES
}
