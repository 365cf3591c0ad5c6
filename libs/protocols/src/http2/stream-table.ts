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
}
