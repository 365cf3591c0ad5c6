/** Which side sent a message. The client is the side that opened the connection (or sends requests, mid-stream). */
export const Side = { Client: 0, Server: 1 } as const
export type Side = 0 | 1

export const Role = {
  /** Expects a response. */
  Request: 0,
  /** Answers a request. */
  Response: 1,
  /** Stands alone: publish, push, notification. */
  OneWay: 2,
} as const
export type Role = (typeof Role)[keyof typeof Role]

/**
 * One protocol unit of a stream. Protocols extend it with their own fields. The engine stamps where it was found: the
 * first and last packet and their times.
 */
export class Message {
  role: Role
  /** Sender. Set by the engine. */
  side: Side = 0
  /** Pairing key of by-id protocols, unique among the requests in flight on a connection. */
  id = 0
  /** Packet ordinal (in the snapshot) of the first byte; 0 until stamped. */
  firstPacket = 0
  lastPacket = 0
  /** Time of those packets, µs since the Unix epoch. */
  firstTime = 0
  lastTime = 0
  /** Bytes on the wire (transport payload), lost ones included. */
  wireSize = 0
  /** Why the message is not whole (`gap`, `cut`, `start missing`); empty when it is. */
  partial = ''
  /** Set by matchers: the pairing of this response is likely, not certain (after a loss). */
  inferred = false
  /** Set by matchers: all of the message has been seen. */
  done = false
  /** Set by matchers: a response that came before its request was whole. */
  partner: Message | null = null

  constructor(role: Role) {
    this.role = role
  }
}

/** A request with its response; one of them null where it is alone or one-way. */
export interface Pair<M extends Message = Message> {
  readonly request: M | null
  readonly response: M | null
}
