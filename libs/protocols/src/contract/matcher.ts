import type { Message, Side } from './message.ts'

/** Receives what a matcher has put together. */
export interface PairSink {
  pair(request: Message | null, response: Message | null): void
}

/** What a matcher may ask of the connection; the engine's Link has it. */
export interface Progress {
  /** True while bytes of that side are held back behind a hole that may still be filled. */
  stalled(side: Side): boolean
}

/** Puts requests and responses of one connection together. Shared ones are in `../matching/`. */
export interface Matcher {
  /** A whole message, in the order in which its side sent it. */
  accept(message: Message, sink: PairSink): void
  /**
   * Bytes of the connection were lost for good, or could not be read, and `Session.gap` could not go on behind them:
   * pairs by order can no longer be taken for granted. A message that the loss has cut is accepted before.
   */
  lost(): void
  /** The connection has ended, or was given up: emits what still waits, each alone. */
  close(sink: PairSink): void
}
