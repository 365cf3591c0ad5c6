import type { Matcher, Progress } from './matcher.ts'
import type { Message, Side } from './message.ts'

/**
 * What `Session.parse` made of the bytes it was given. A value, not an exception: on Node 26 a returned value costs
 * 4 ns where a thrown error costs 3,300. Details are left in the Link, which is reused.
 */
export const Outcome = {
  /** The unit that begins at `start` is not whole yet. The engine calls again, from the same byte, with more. */
  NeedMore: 0,
  /** `link.consumed` bytes end a message, which is `link.message`. */
  Message: 1,
  /** `link.consumed` bytes belong to a message that goes on (a part of a body, one frame of several). */
  Part: 2,
  /** `link.consumed` bytes belong to no message (padding, line ends between messages, keep-alive). */
  Skip: 3,
  /** The bytes are not this protocol, for `link.reason`. The engine resynchronises, or gives the stream up. */
  Invalid: 4,
  /** `link.consumed` bytes end this protocol on the connection; `link.upgrade` is the next one's folder name; empty:
   * it must be detected (CONNECT). `link.message` may be set. */
  Upgrade: 5,
  /** `link.consumed` bytes cannot be read: they are encrypted. As Skip otherwise. */
  Encrypted: 6,
} as const
export type Outcome = (typeof Outcome)[keyof typeof Outcome]

/**
 * The engine's end of a connection, as a session sees it: the slots for the outcome, and what the engine knows. One
 * per connection; a session keeps it for its life.
 */
export interface Link extends Progress {
  // -- set by the session before it returns from parse()
  consumed: number
  message: Message | null
  reason: string
  upgrade: string
  // -- set by the engine
  /** Server port: a hint, for sessions whose dialect depends on it (mDNS). */
  readonly serverPort: number
  readonly transport: 'tcp' | 'udp' | 'sctp' | 'icmp'
  /** Time of the packet that holds the first byte being parsed, µs. */
  readonly time: number
  /**
   * Marks that bytes[start, end) of the running parse() belong to `message`: sets its first packet when it has none,
   * and its last. Needed only by sessions with several messages in progress (HTTP/2); for all others the engine does it.
   */
  stamp(message: Message, start: number, end: number): void
  /** Largest body that is to be kept of a message, in bytes. */
  readonly maxBodyBytes: number
}

/** One connection (or one UDP conversation) of one protocol. It has no I/O, no clock, and never throws. */
export interface Session {
  /** Pairs this connection's messages. */
  readonly matcher: Matcher
  /**
   * Reads one unit at bytes[start, end). `bytes` is only valid during the call: what must outlive it is copied
   * (`keep()` of @hindwire/bytes). Never reads outside [start, end).
   */
  parse(side: Side, bytes: Uint8Array, start: number, end: number): Outcome
  /**
   * `length` bytes of this side were lost at the current position (between two parse calls).
   * True: the loss lay inside a body whose end is known, go on behind it. False: look for the next message.
   */
  gap(side: Side, length: number): boolean
  /**
   * After a loss or an invalid unit: the offset of the next plausible start of a message in bytes[start, end), or -1.
   */
  resync(side: Side, bytes: Uint8Array, start: number, end: number): number
  /**
   * No more bytes from this side. A message that ends with its connection (HTTP body until close) is left in
   * `link.message` and true returned; what is unfinished is marked partial and left there too, when worth keeping.
   */
  end(side: Side): boolean
}
