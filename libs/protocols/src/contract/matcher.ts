import type { Message } from './message.ts'

/** Receives what a matcher has put together. */
export interface PairSink {
  pair(request: Message | null, response: Message | null): void
}

/** Puts requests and responses of one connection together. Shared ones are in `../matching/`. */
export interface Matcher {
  /** A whole message, in the order in which each side sent them. */
  accept(message: Message, sink: PairSink): void
  /** The connection has ended, or was given up: emits what still waits, each alone. */
  close(sink: PairSink): void
}
