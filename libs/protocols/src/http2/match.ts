import type { Matcher, PairSink, Progress } from '../contract/matcher.ts'
import { type Message, Side } from '../contract/message.ts'
import type { StreamTable } from './stream-table.ts'
import { Http2Message, type Stream } from './types.ts'

/**
 * A stream is a pair. It is emitted when both messages have ended, or when the stream was ended by force. The shared
 * matcher by id does not know that a response may end before its request, nor that one RST_STREAM ends both.
 */
export class StreamMatcher implements Matcher {
  readonly #progress: Progress
  readonly #streams: StreamTable

  constructor(progress: Progress, streams: StreamTable) {
    this.#progress = progress
    this.#streams = streams
  }

  /** A message that has ended, or one of a stream that is over. */
  accept(message: Message, sink: PairSink): void {
    if (!(message instanceof Http2Message)) return
    const { stream } = message
    message.side = message.sentBy
    if (stream.over) this.#flush(sink)
    else if (this.#isWhole(stream)) this.#emit(stream, sink)
    if (this.#streams.ready.length > 0) this.#flush(sink)
  }

  /** Ids pair on both sides of a loss. */
  lost(): void {}

  close(sink: PairSink): void {
    for (const stream of this.#streams.values()) this.#streams.abandon(stream, 'connection ended')
    this.#flush(sink)
  }

  #isWhole(stream: Stream): boolean {
    const { request, response } = stream
    if (response === null || !response.ended) return false
    return request === null ? !this.#progress.stalled(Side.Client) : request.ended
  }

  #flush(sink: PairSink): void {
    const { ready } = this.#streams
    for (const stream of ready) this.#emit(stream, sink)
    ready.length = 0
  }

  #emit(stream: Stream, sink: PairSink): void {
    const { request, response } = stream
    this.#streams.remove(stream)
    if (request === null && response === null) return
    for (const message of [request, response]) {
      if (message === null) continue
      message.done = true
      // A pushed request is the server's word for what the client would have asked (RFC 9113, section 8.4).
      message.side = stream.pushed && message === request ? Side.Client : message.sentBy
    }
    sink.pair(request, response)
  }
}
