import type { Matcher, PairSink, Progress } from '../contract/matcher.ts'
import { type Message, Role, Side } from '../contract/message.ts'

/** Requests that may wait on one connection: bounds what a scan or a one-way capture can pile up. */
const MAX_WAITING = 4096

/**
 * Pairs by `message.id` (DNS, Kafka, MongoDB, …). A second request with an id that still waits ends the first one's
 * wait: it is emitted alone. A response may come first when the request side is stalled behind a hole.
 */
export class ByIdMatcher implements Matcher {
  readonly #progress: Progress
  readonly #requests = new Map<number, Message>()
  readonly #early = new Map<number, Message>()

  constructor(progress: Progress) {
    this.#progress = progress
  }

  /** The request that waits under an id, for parsers that need it to read the response. */
  request(id: number): Message | undefined {
    return this.#requests.get(id)
  }

  accept(message: Message, sink: PairSink): void {
    message.done = true
    if (message.role === Role.OneWay) sink.pair(message, null)
    else if (message.role === Role.Request) this.#acceptRequest(message, sink)
    else this.#acceptResponse(message, sink)
  }

  /** Ids pair on both sides of a loss. */
  lost(): void {}

  close(sink: PairSink): void {
    for (const request of this.#requests.values()) sink.pair(request, null)
    for (const response of this.#early.values()) sink.pair(null, response)
    this.#requests.clear()
    this.#early.clear()
  }

  #acceptRequest(request: Message, sink: PairSink): void {
    const early = this.#early.get(request.id)
    if (early !== undefined) {
      this.#early.delete(request.id)
      sink.pair(request, early)
      return
    }
    const reused = this.#requests.get(request.id)
    if (reused !== undefined) {
      this.#requests.delete(request.id)
      sink.pair(reused, null)
    }
    this.#requests.set(request.id, request)
    if (this.#requests.size > MAX_WAITING) this.#emitOldest(sink)
  }

  #acceptResponse(response: Message, sink: PairSink): void {
    const request = this.#requests.get(response.id)
    if (request !== undefined) {
      this.#requests.delete(response.id)
      sink.pair(request, response)
    } else if (this.#progress.stalled(Side.Client) && this.#early.size < MAX_WAITING) {
      this.#early.set(response.id, response)
    } else sink.pair(null, response)
  }

  #emitOldest(sink: PairSink): void {
    for (const [id, request] of this.#requests) {
      this.#requests.delete(id)
      sink.pair(request, null)
      return
    }
  }
}
