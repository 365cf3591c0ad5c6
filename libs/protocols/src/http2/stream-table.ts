import type { Side } from '../contract/message.ts'
import { ErrorCode } from './constants.ts'
import { MAX_BUFFERED_BYTES, MAX_CLOSED_STREAMS, MAX_STREAMS } from './limits.ts'
import type { Http2Message, Stream } from './types.ts'

/** The streams of one connection that are in progress, oldest first. */
export class StreamTable {
  readonly #streams = new Map<number, Stream>()
  /** Ended by force, or given up: what still comes on them begins nothing. */
  readonly #closed = new Set<number>()
  /** Content bytes kept for them. */
  #buffered = 0
  /** Streams that wait for the next `accept` to be emitted: more than one may end with a frame. */
  readonly ready: Stream[] = []

  get(id: number): Stream | undefined {
    return this.#streams.get(id)
  }

  isClosed(id: number): boolean {
    return this.#closed.size > 0 && this.#closed.has(id)
  }

  values(): Iterable<Stream> {
    return this.#streams.values()
  }

  /** Takes a new stream. One too many ends the oldest. */
  add(stream: Stream): void {
    this.#streams.set(stream.id, stream)
    if (this.#streams.size <= MAX_STREAMS) return
    for (const oldest of this.#streams.values()) {
      this.abandon(oldest, 'too many streams')
      return
    }
  }

  append(message: Http2Message, bytes: Uint8Array, start: number, end: number): void {
    this.#buffered += message.append(bytes, start, end, MAX_BUFFERED_BYTES - this.#buffered)
  }

  /** Both messages are whole: the stream is emitted and forgotten. */
  remove(stream: Stream): void {
    if (this.#streams.get(stream.id) !== stream) return
    this.#streams.delete(stream.id)
    for (const message of [stream.request, stream.response]) {
      if (message !== null) this.#buffered -= message.bodyEnd - message.bodyStart
    }
  }

  /** Nothing more is expected of a stream: what there is of it is emitted with the next message. */
  abandon(stream: Stream, reason: string): void {
    stream.over = true
    for (const message of [stream.request, stream.response]) {
      if (message !== null && !message.ended && message.partial === '') message.partial = reason
    }
    this.remove(stream)
    this.ready.push(stream)
    this.#closed.add(stream.id)
    if (this.#closed.size <= MAX_CLOSED_STREAMS) return
    for (const id of this.#closed) {
      this.#closed.delete(id)
      return
    }
  }

  /** RST_STREAM ends both messages. Returns one of them, for the matcher; null where the stream is not known. */
  reset(id: number, side: Side, code: number): Http2Message | null {
    const stream = this.#streams.get(id)
    if (stream === undefined) return null
    stream.resetBy = side
    stream.resetCode = code
    this.abandon(stream, 'reset')
    return stream.request ?? stream.response
  }

  /** GOAWAY: requests above the last stream named were not, and will not be, worked on. Returns one of them. */
  refuse(last: number, side: Side, code: number): Http2Message | null {
    let refused: Http2Message | null = null
    for (const stream of this.#streams.values()) {
      const { request } = stream
      if (stream.id <= last || request === null || request.sentBy === side || stream.response !== null) continue
      stream.goAway = true
      stream.resetBy = side
      stream.resetCode = code === ErrorCode.NoError ? ErrorCode.RefusedStream : code
      this.abandon(stream, 'refused')
      refused = request
    }
    return refused
  }
}
