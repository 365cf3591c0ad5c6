import { u32be } from '@hindwire/bytes/endian.ts'

import { type Message, Role, Side } from '../contract/message.ts'
import { type Link, Outcome, type Session } from '../contract/session.ts'
import { ClientState } from './client.ts'
import { Backend } from './constants.ts'
import { findStart } from './detect.ts'
import { MAX_STARTUP_BYTES, MAX_WHOLE_BYTES } from './limits.ts'
import { PostgresqlMatcher } from './match.ts'
import { Check, checkStartup, lengthLimit } from './parse.ts'
import { addToResponse, beginResponse, readNotification, readUnasked } from './server.ts'
import { Kind, PostgresqlRequest, type PostgresqlResponse, type Statement } from './types.ts'

/** One side's place in its bytes. */
class Lane {
  /** Bytes of the message in progress that are passed over unread. */
  skip = 0
  /** What is complete when they have been. */
  held: Message | null = null
  /** A loss lay within them. */
  gap = false
}

/** One connection between a PostgreSQL client and a server. */
export class PostgresqlSession implements Session {
  readonly matcher: PostgresqlMatcher
  readonly #link: Link
  readonly #state = new ClientState()
  readonly #client = new Lane()
  readonly #server = new Lane()
  /** The client has asked for encryption: the server answers with one byte. */
  #negotiating: PostgresqlRequest | null = null
  /** Stamps of the client's group of messages before its request is known. */
  #groupStamp: PostgresqlRequest | null = null
  #response: PostgresqlResponse | null = null
  #statement: Statement | null = null

  constructor(link: Link) {
    this.#link = link
    this.matcher = new PostgresqlMatcher(link)
  }

  parse(side: Side, bytes: Uint8Array, start: number, end: number): Outcome {
    const lane = side === Side.Client ? this.#client : this.#server
    if (lane.skip > 0) return this.#passOver(side, lane, start, end)
    if (side === Side.Client && bytes[start] === 0) return this.#parseStartup(bytes, start, end)
    if (side === Side.Server && this.#negotiating !== null) {
      const reply = bytes[start]!
      // An error means a server of before 1996; its message begins with E, and so on.
      if (reply !== Backend.ErrorResponse) return this.#parseNegotiation(reply, start)
      this.#negotiating = null
    }
    if (end - start < 5)
      return lengthLimit(side, bytes[start]!) === 0 ? this.#invalid('unknown type') : Outcome.NeedMore
    const type = bytes[start]!
    const limit = lengthLimit(side, type)
    const length = u32be(bytes, start + 1)
    if (limit === 0) return this.#invalid('unknown type')
    if (length < 4 || length > limit) return this.#invalid('length out of bounds')
    const whole = length + 1
    const wanted = Math.min(whole, MAX_WHOLE_BYTES)
    if (end - start < wanted) return Outcome.NeedMore
    this.#link.consumed = wanted
    const stop = start + wanted
    const outcome =
      side === Side.Client
        ? this.#clientMessage(type, bytes, start, stop, length - 4)
        : this.#serverMessage(type, bytes, start, stop, length - 4)
    if (whole === wanted) return outcome
    lane.skip = whole - wanted
    lane.held = outcome === Outcome.Message ? this.#link.message : null
    this.#link.message = null
    return Outcome.Part
  }

  gap(side: Side, length: number): boolean {
    const lane = side === Side.Client ? this.#client : this.#server
    // At least one byte of the message must come behind the loss, for it to end there.
    if (length < lane.skip) {
      lane.skip -= length
      lane.gap = true
      const message = lane.held ?? (side === Side.Client ? this.#groupStamp : this.#response)
      if (message !== null) {
        message.partial = 'gap'
        message.wireSize += length
      }
      return true
    }
    lane.skip = 0
    lane.gap = false
    this.#negotiating = null
    const message = lane.held ?? this.#unfinished(side)
    lane.held = null
    if (message !== null) {
      message.partial = 'gap'
      this.#link.message = message
    }
    return false
  }

  resync(side: Side, bytes: Uint8Array, start: number, end: number): number {
    return findStart(side, bytes, start, end)
  }

  end(side: Side): boolean {
    const lane = side === Side.Client ? this.#client : this.#server
    const message = lane.held ?? this.#unfinished(side)
    lane.held = null
    lane.skip = 0
    if (message === null) return false
    if (message.partial === '') message.partial = 'cut'
    this.#link.message = message
    return true
  }

  #invalid(reason: string): Outcome {
    this.#link.reason = reason
    return Outcome.Invalid
  }

  /** What was being put together on a side, as far as it came. */
  #unfinished(side: Side): Message | null {
    if (side === Side.Server) {
      const response = this.#response
      this.#response = null
      return response
    }
    const request = this.#state.interrupt()
    return request === null ? null : this.#stamped(request)
  }

  /** The rest of a message of which enough was read. */
  #passOver(side: Side, lane: Lane, start: number, end: number): Outcome {
    const count = Math.min(lane.skip, end - start)
    lane.skip -= count
    this.#link.consumed = count
    const message = lane.held ?? (side === Side.Client ? this.#groupStamp : this.#response)
    if (message !== null) this.#link.stamp(message, start, start + count)
    if (lane.skip > 0 || lane.held === null) return Outcome.Part
    this.#link.message = lane.held
    lane.held = null
    return Outcome.Message
  }

  #parseStartup(bytes: Uint8Array, start: number, end: number): Outcome {
    const check = checkStartup(bytes, start, end)
    if (check === Check.No) return this.#invalid('not a start-up packet')
    if (check === Check.Short || end - start < 8) return Outcome.NeedMore
    const length = u32be(bytes, start)
    if (length > MAX_STARTUP_BYTES) return this.#invalid('start-up packet too long')
    if (end - start < length) return Outcome.NeedMore
    const request = this.#state.startup(bytes, start, start + length)
    if (request.kind === Kind.Negotiation) this.#negotiating = request
    this.#link.consumed = length
    this.#link.stamp(request, start, start + length)
    this.#link.message = request
    return Outcome.Message
  }

  /** S: TLS follows; G: GSSAPI encryption follows; N: neither. */
  #parseNegotiation(reply: number, start: number): Outcome {
    const request = this.#negotiating
    this.#negotiating = null
    const response = beginResponse(Kind.Negotiation, 0)
    response.reply = String.fromCharCode(reply)
    if (!'SNG'.includes(response.reply)) return this.#invalid('no answer to a negotiation')
    this.#link.consumed = 1
    this.#link.stamp(response, start, start + 1)
    this.#link.message = response
    if (response.reply === 'N') return Outcome.Message
    this.#link.upgrade = request?.command === 'GSSENCREQUEST' ? 'gssapi' : 'tls'
    return Outcome.Upgrade
  }

  #clientMessage(type: number, bytes: Uint8Array, start: number, stop: number, size: number): Outcome {
    const state = this.#state
    const request = state.read(type, bytes, start + 5, stop, size)
    if (request !== null) {
      this.#link.stamp(this.#stamped(request), start, stop)
      this.#link.message = request
      return Outcome.Message
    }
    if (!state.hasGroup) return Outcome.Skip
    this.#groupStamp ??= new PostgresqlRequest(Kind.Prepare, '', state.login)
    this.#link.stamp(this.#groupStamp, start, stop)
    return Outcome.Part
  }

  /** Gives the request the stamps of the messages that came before its last one. */
  #stamped(request: PostgresqlRequest): PostgresqlRequest {
    const stamp = this.#groupStamp
    this.#groupStamp = null
    if (stamp === null || request.kind === Kind.Alone) return request
    request.firstPacket = stamp.firstPacket
    request.firstTime = stamp.firstTime
    request.lastPacket = stamp.lastPacket
    request.lastTime = stamp.lastTime
    request.wireSize = stamp.wireSize
    request.partial = stamp.partial
    return request
  }

  #serverMessage(type: number, bytes: Uint8Array, start: number, stop: number, size: number): Outcome {
    if (type === Backend.NotificationResponse) return this.#alone(readNotification(bytes, start + 5, stop), start, stop)
    if (this.#response === null) {
      const asked = this.matcher.oldest()
      if (asked === null && (type === Backend.ErrorResponse || type === Backend.NoticeResponse)) {
        const unasked = readUnasked(type, bytes, start + 5, stop)
        if (type === Backend.NoticeResponse || isFatal(unasked)) return this.#alone(unasked, start, stop)
      }
      if (!beginsResponse(type)) return Outcome.Skip
      this.#response = beginResponse(asked?.kind ?? -1, asked?.elements ?? 0)
      this.#statement = asked?.statement ?? null
    }
    const response = this.#response
    this.#link.stamp(response, start, stop)
    const ended = addToResponse(response, this.#statement, type, bytes, start + 5, stop, size)
    if (!ended) return Outcome.Part
    this.#response = null
    this.#link.message = response
    return Outcome.Message
  }

  #alone(message: PostgresqlResponse, start: number, stop: number): Outcome {
    message.role = Role.OneWay
    this.#link.stamp(message, start, stop)
    this.#link.message = message
    return Outcome.Message
  }
}

function isFatal(message: PostgresqlResponse): boolean {
  const severity = message.error?.['severity'] ?? message.error?.['localized_severity']
  return severity === 'FATAL' || severity === 'PANIC'
}

/** What does not begin one: the end of the response before it, news of parameters, data of a replication. */
function beginsResponse(type: number): boolean {
  switch (type) {
    case Backend.ReadyForQuery:
    case Backend.ParameterStatus:
    case Backend.BackendKeyData:
    case Backend.CopyData:
    case Backend.CopyDone:
      return false
    default:
      return true
  }
}
