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
 * it, and the pair is marked as inferred where another request waited too. No response answers a request that began
 * after it.
 */
export class InOrderMatcher implements Matcher {
  readonly #progress: Progress
  readonly #maxWaiting: number
  readonly #requests = new MessageQueue()
  readonly #early = new MessageQueue()
  /** Requests that were given up: as many responses are still to come for them, before those of the waiting ones. */
  #givenUp = 0
  /** Messages were lost while others waited. */
  #outOfStep = false
  /** Messages were lost while nothing waited: of several requests at once, the first may take another one's response. */
  #doubtful = false
  /** That has happened: what is paired until nothing waits is likely, not certain. */
  #mixed = false

  constructor(progress: Progress, maxWaiting = MAX_WAITING) {
    this.#progress = progress
    this.#maxWaiting = maxWaiting
  }

  /**
   * The request, whole or not, that the next response answers: the oldest without one; after a loss, the newest.
   * Undefined when none waits, or when the next response is for a request that was given up.
   */
  oldest(): Message | undefined {
    if (this.#givenUp > 0) return undefined
    if (this.#outOfStep) {
      const newest = this.#requests.at(this.#requests.length - 1)
      return newest === undefined || newest.partner === null ? newest : undefined
    }
    return this.#unanswered()
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
    this.#givenUp = 0
    if (this.#requests.length > 0 || this.#early.length > 0) this.#outOfStep = true
    else this.#doubtful = true
  }

  close(sink: PairSink): void {
    for (let m = this.#requests.shift(); m !== undefined; m = this.#requests.shift()) sink.pair(m, m.partner)
    this.#flushEarly(sink)
  }

  #unanswered(): Message | undefined {
    for (let n = 0; ; n++) {
      const request = this.#requests.at(n)
      if (request === undefined || request.partner === null) return request
    }
  }

  #acceptRequest(request: Message, sink: PairSink): void {
    if (!this.#isOpen(request)) this.#requests.push(request)
    if (request.partner === null && this.#early.length > 0) this.#takeEarly(request, sink)
    this.#settle(sink)
    if (this.#requests.length <= this.#maxWaiting) return
    const oldest = this.#requests.shift()
    if (oldest === undefined) return
    sink.pair(oldest, oldest.partner)
    if (oldest.partner === null) this.#givenUp++
  }

  /** `open` and `accept` of one request follow each other: an open request is always the newest. */
  #isOpen(request: Message): boolean {
    return this.#requests.length > 0 && this.#requests.at(this.#requests.length - 1) === request
  }

  /** Gives a request the first response that came before it was read and was not sent before it. */
  #takeEarly(request: Message, sink: PairSink): void {
    for (let response = this.#early.shift(); response !== undefined; response = this.#early.shift()) {
      if (!canAnswer(response, request)) {
        sink.pair(null, response)
        continue
      }
      if (this.#outOfStep) response.inferred = true
      request.partner = response
      return
    }
  }

  #acceptResponse(response: Message, sink: PairSink): void {
    if (this.#givenUp > 0) {
      this.#givenUp--
      sink.pair(null, response)
      return
    }
    if (this.#outOfStep) this.#dropUnanswered(response, sink)
    const request = this.#unanswered()
    const queued = this.#early.length > 0
    if (request !== undefined && !queued && canAnswer(response, request)) {
      if (this.#doubtful && this.#requests.length > 1) this.#mixed = true
      if (this.#mixed) response.inferred = true
      request.partner = response
      this.#settle(sink)
      return
    }
    // Behind others that wait for an open request, or for the requests that the hole holds back.
    const waits = (queued && request !== undefined) || (request === undefined && this.#progress.stalled(Side.Client))
    if (waits && this.#early.length < this.#maxWaiting) this.#early.push(response)
    else {
      this.#flushEarly(sink)
      sink.pair(null, response)
    }
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
    if (this.#requests.length > 0) return
    this.#outOfStep = false
    this.#doubtful = false
    this.#mixed = false
  }

  #flushEarly(sink: PairSink): void {
    for (let m = this.#early.shift(); m !== undefined; m = this.#early.shift()) sink.pair(null, m)
  }
}

/** A response cannot answer a request that began after it. An open request has no packet yet: it began before. */
function canAnswer(response: Message, request: Message): boolean {
  return request.firstPacket <= response.firstPacket || response.firstPacket === 0
}
