import type { Matcher, PairSink, Progress } from '../contract/matcher.ts'
import { type Message, Role, Side } from '../contract/message.ts'
import { MessageQueue } from './message-queue.ts'

/** Requests that may wait on one connection; excessive pipelining ends the oldest one's wait. */
const MAX_WAITING = 1024

/**
 * Pairs by order: the n-th response answers the n-th request (HTTP/1, Redis, memcached text, …).
 *
 * A request may be announced with `open` before it is whole, so that a response which overtakes its end (413 during an
 * upload) finds it. A response that comes while the request side is stalled behind a hole waits for the request. After
 * a loss, order proves nothing until nothing waits any more: a response is then given to the last request sent before
 * it, and the pair is marked as inferred where another request waited too.
 */
export class InOrderMatcher implements Matcher {
  readonly #progress: Progress
  readonly #requests = new MessageQueue()
  readonly #early = new MessageQueue()
  #outOfStep = false

  constructor(progress: Progress) {
    this.#progress = progress
  }

  /** The oldest request without a response, whole or not: the one that the next response answers. */
  oldest(): Message | undefined {
    for (let n = 0; ; n++) {
      const request = this.#requests.at(n)
      if (request === undefined || request.partner === null) return request
    }
  }

  get waiting(): number {
    return this.#requests.length
  }

  /** A request of which only the beginning has been seen. `accept` follows when it is whole. */
  open(request: Message): void {
    this.#requests.push(request)
  }

  accept(message: Message, sink: PairSink): void {
    message.done = true
    if (message.role === Role.OneWay) sink.pair(message, null)
    else if (message.role === Role.Request) this.#acceptRequest(message, sink)
    else this.#acceptResponse(message, sink)
  }

  lost(): void {
    if (this.#requests.length > 0 || this.#early.length > 0) this.#outOfStep = true
  }

  close(sink: PairSink): void {
    for (let m = this.#requests.shift(); m !== undefined; m = this.#requests.shift()) sink.pair(m, m.partner)
    this.#flushEarly(sink)
  }

  #acceptRequest(request: Message, sink: PairSink): void {
    if (this.#early.length > 0 && !this.#isOpen(request)) {
      sink.pair(request, this.#early.shift() ?? null)
      return
    }
    if (!this.#isOpen(request)) this.#requests.push(request)
    this.#settle(sink)
    if (this.#requests.length > MAX_WAITING) {
      const oldest = this.#requests.shift()
      if (oldest !== undefined) sink.pair(oldest, oldest.partner)
    }
  }

  /** `open` and `accept` of one request follow each other: an open request is always the newest. */
  #isOpen(request: Message): boolean {
    return this.#requests.length > 0 && this.#requests.at(this.#requests.length - 1) === request
  }

  #acceptResponse(response: Message, sink: PairSink): void {
    if (this.#outOfStep) this.#dropUnanswered(response, sink)
    const request = this.oldest()
    if (request === undefined) {
      if (this.#progress.stalled(Side.Client) && this.#early.length < MAX_WAITING) this.#early.push(response)
      else {
        this.#flushEarly(sink)
        sink.pair(null, response)
      }
      return
    }
    request.partner = response
    this.#settle(sink)
  }

  /** After a loss: requests whose response was lost are those with a later request already sent before `response`. */
  #dropUnanswered(response: Message, sink: PairSink): void {
    for (;;) {
      const first = this.#requests.at(0)
      const second = this.#requests.at(1)
      if (first === undefined || second === undefined || second.lastPacket >= response.firstPacket) break
      this.#requests.shift()
      sink.pair(first, first.partner)
      response.inferred = true
    }
  }

  /** Emits the pairs at the front that are whole. */
  #settle(sink: PairSink): void {
    for (let m = this.#requests.at(0); m !== undefined && m.done && m.partner !== null; m = this.#requests.at(0)) {
      this.#requests.shift()
      sink.pair(m, m.partner)
    }
    if (this.#requests.length === 0) this.#outOfStep = false
  }

  #flushEarly(sink: PairSink): void {
    for (let m = this.#early.shift(); m !== undefined; m = this.#early.shift()) sink.pair(null, m)
  }
}
