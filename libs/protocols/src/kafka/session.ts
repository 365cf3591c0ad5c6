import { u16be, u32be } from '@hindwire/bytes/endian.ts'
import { Slab } from '@hindwire/bytes/keep.ts'

import { Role, Side } from '../contract/message.ts'
import { type Link, Outcome, type Session } from '../contract/session.ts'
import { ByIdMatcher } from '../matching/by-id.ts'
import { ApiKey } from './api-keys.ts'
import { canAnswer, findRequest } from './detect.ts'
import { KEPT_OVERHEAD_BYTES, MAX_CORRELATION_DISTANCE, MAX_MESSAGE_BYTES, PART_BYTES } from './limits.ts'
import {
  clientIdEnd,
  isAnswered,
  isReadable,
  messageEnd,
  REQUEST_HEADER_BYTES,
  RESPONSE_HEADER_BYTES,
} from './parse.ts'
import { KafkaMessage } from './types.ts'

/** Above these, a request is of no Kafka to come, but noise. */
const MAX_KEY = 255
const MAX_VERSION = 63

const slab = new Slab()

/** A message that came in parts. */
class Pending {
  remaining = 0
  kept: Uint8Array = new Uint8Array(0)
  length = 0
  /** Bytes behind a hole do not belong behind what is kept. */
  sealed = false
  partial = ''

  begin(total: number): void {
    this.remaining = total
    this.length = 0
    this.sealed = false
    this.partial = ''
  }

  append(bytes: Uint8Array, start: number, end: number, limit: number): void {
    const take = this.sealed ? 0 : Math.min(end - start, limit - this.length)
    if (take <= 0) return
    if (this.length + take > this.kept.length) {
      const larger = new Uint8Array(Math.min(limit, Math.max(4096, 2 * (this.length + take))))
      larger.set(this.kept.subarray(0, this.length))
      this.kept = larger
    }
    this.kept.set(bytes.subarray(start, start + take), this.length)
    this.length += take
  }
}

/** One connection between a Kafka client and a broker. */
export class KafkaSession implements Session {
  readonly matcher: ByIdMatcher
  readonly #link: Link
  readonly #limit: number
  readonly #pending: readonly [Pending, Pending] = [new Pending(), new Pending()]
  /** Correlation id seen last; -1 before the first. */
  #newest = -1
  #seen = false
  /** SaslHandshake 0 is followed by the mechanism's own tokens, framed by their length only. */
  #bareTokens = false

  constructor(link: Link) {
    this.#link = link
    this.#limit = link.maxBodyBytes + KEPT_OVERHEAD_BYTES
    this.matcher = new ByIdMatcher(link)
  }

  parse(side: Side, bytes: Uint8Array, start: number, end: number): Outcome {
    const pending = this.#pending[side]
    if (pending.remaining > 0) return this.#continue(side, pending, bytes, start, end)
    const length = end - start
    if (length < 4) return Outcome.NeedMore
    const size = u32be(bytes, start)
    const smallest = this.#bareTokens ? 0 : side === Side.Client ? 8 : 4
    if (size < smallest || size > MAX_MESSAGE_BYTES) return this.#invalid('size out of range')
    const total = size + 4
    const header = Math.min(total, side === Side.Client ? REQUEST_HEADER_BYTES : RESPONSE_HEADER_BYTES)
    if (length < header) return Outcome.NeedMore
    const known = side === Side.Client ? isRequest(bytes, start, end) : this.#isResponse(bytes, start, total)
    if (!known) {
      if (!this.#bareTokens || total > PART_BYTES * 16) return this.#invalid('no Kafka header')
      if (length < total) return Outcome.NeedMore
      this.#link.consumed = total
      return Outcome.Skip
    }
    if (length >= total) {
      const kept = Math.min(total, this.#limit)
      const at = slab.copy(bytes, start, start + kept)
      this.#link.consumed = total
      this.#link.message = this.#message(side, slab.bytes, at, at + kept)
      return Outcome.Message
    }
    if (length < PART_BYTES) return Outcome.NeedMore
    pending.begin(total)
    return this.#continue(side, pending, bytes, start, end)
  }

  gap(side: Side, length: number): boolean {
    const pending = this.#pending[side]
    if (pending.remaining === 0) return false
    pending.partial = 'gap'
    pending.sealed = true
    if (length < pending.remaining) {
      pending.remaining -= length
      return true
    }
    this.#link.message = this.#finish(side, pending)
    return false
  }

  resync(side: Side, bytes: Uint8Array, start: number, end: number): number {
    if (side === Side.Client) return findRequest(bytes, start, end)
    for (let at = start; at + RESPONSE_HEADER_BYTES <= end; at++) {
      if (bytes[at]! > MAX_MESSAGE_BYTES >> 24 || u32be(bytes, at) < 4) continue
      const request = this.#waiting(bytes, at)
      if (request !== undefined && canAnswer(bytes, at, end, request.apiKey, request.apiVersion)) return at
    }
    return -1
  }

  end(side: Side): boolean {
    const pending = this.#pending[side]
    if (pending.remaining === 0) return false
    pending.partial ||= 'cut'
    this.#link.message = this.#finish(side, pending)
    return true
  }

  #invalid(reason: string): Outcome {
    this.#link.reason = reason
    return Outcome.Invalid
  }

  #continue(side: Side, pending: Pending, bytes: Uint8Array, start: number, end: number): Outcome {
    const take = Math.min(pending.remaining, end - start)
    pending.append(bytes, start, start + take, this.#limit)
    pending.remaining -= take
    this.#link.consumed = take
    if (pending.remaining > 0) return Outcome.Part
    this.#link.message = this.#finish(side, pending)
    return Outcome.Message
  }

  #finish(side: Side, pending: Pending): KafkaMessage {
    const message = this.#message(side, pending.kept, 0, pending.length)
    message.partial = pending.partial
    pending.remaining = 0
    pending.kept = new Uint8Array(0)
    return message
  }

  #waiting(bytes: Uint8Array, start: number): KafkaMessage | undefined {
    return this.matcher.request(u32be(bytes, start + 4) | 0) as KafkaMessage | undefined
  }

  /** Answers a request that waits, or one that may not have been seen: then its id is near those that were. */
  #isResponse(bytes: Uint8Array, start: number, total: number): boolean {
    if (total < RESPONSE_HEADER_BYTES) return false
    if (!this.#seen || this.#waiting(bytes, start) !== undefined) return true
    return Math.abs((u32be(bytes, start + 4) | 0) - this.#newest) <= MAX_CORRELATION_DISTANCE
  }

  #message(side: Side, bytes: Uint8Array, start: number, end: number): KafkaMessage {
    const isRequestSide = side === Side.Client
    const id = u32be(bytes, start + (isRequestSide ? 8 : 4)) | 0
    this.#newest = id
    this.#seen = true
    const message = new KafkaMessage(messageRole(isRequestSide, bytes, start, end), id, bytes, start, end)
    message.bodyLimit = this.#link.maxBodyBytes
    if (isRequestSide) {
      message.apiKey = u16be(bytes, start + 4)
      message.apiVersion = u16be(bytes, start + 6)
      this.#bareTokens = message.apiKey === ApiKey.SaslHandshake && message.apiVersion === 0
    }
    return message
  }
}

function messageRole(isRequestSide: boolean, bytes: Uint8Array, start: number, end: number): Role {
  if (!isRequestSide) return Role.Response
  return isAnswered(bytes, start, end) ? Role.Request : Role.OneWay
}

/** Of any Kafka to come: unknown APIs and versions are kept. */
function isRequest(bytes: Uint8Array, start: number, end: number): boolean {
  if (u16be(bytes, start + 4) > MAX_KEY || u16be(bytes, start + 6) > MAX_VERSION) return false
  // ControlledShutdown 0 has no client id.
  if (messageEnd(bytes, start) < start + REQUEST_HEADER_BYTES) return true
  const bodyStart = clientIdEnd(bytes, start)
  return bodyStart >= 0 && isReadable(bytes, start + REQUEST_HEADER_BYTES, Math.min(end, bodyStart))
}
