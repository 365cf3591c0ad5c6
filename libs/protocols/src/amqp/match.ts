import { u16be } from '@hindwire/bytes/endian.ts'

import type { Matcher, PairSink, Progress } from '../contract/matcher.ts'
import { type Message, Role, type Side } from '../contract/message.ts'
import { Id } from './constants.ts'
import { MAX_WAITING } from './limits.ts'
import { AmqpMessage } from './types.ts'

/**
 * Pairs synchronous methods with their replies, by channel and in its order; either side may ask. A channel that the
 * server closes because of a method is the answer to that method.
 */
export class AmqpMatcher implements Matcher {
  readonly #progress: Progress
  /** Requests without an answer, oldest first, by channel and side. */
  readonly #waiting = new Map<number, AmqpMessage[]>()
  readonly #early: AmqpMessage[] = []
  /** Channels that were closed as an answer: their close-ok answers nothing else. */
  readonly #closed = new Set<number>()
  #count = 0

  constructor(progress: Progress) {
    this.#progress = progress
  }

  accept(message: Message, sink: PairSink): void {
    if (!(message instanceof AmqpMessage)) return
    const { before } = message
    if (before !== null) {
      message.before = null
      this.accept(before, sink)
    }
    message.done = true
    if (message.methodId === Id.ChannelClose && this.#answersFailed(message, sink)) return
    if (message.role === Role.OneWay) sink.pair(message, null)
    else if (message.role === Role.Request) this.#ask(message, sink)
    else this.#answer(message, sink)
  }

  /** Channels and methods pair on both sides of a loss. */
  lost(): void {}

  close(sink: PairSink): void {
    const left = [...this.#waiting.values()].flat().sort((x, y) => x.firstPacket - y.firstPacket)
    for (const request of left) sink.pair(request, null)
    for (const response of this.#early) sink.pair(null, response)
    this.#waiting.clear()
    this.#early.length = 0
    this.#count = 0
  }

  #ask(request: AmqpMessage, sink: PairSink): void {
    const early = this.#early.findIndex((response) => answers(response, request) && isLater(response, request))
    if (early >= 0) {
      const [response] = this.#early.splice(early, 1)
      sink.pair(request, response ?? null)
      return
    }
    const key = keyOf(request.channel, request.side)
    const queue = this.#waiting.get(key)
    if (queue === undefined) this.#waiting.set(key, [request])
    else queue.push(request)
    if (++this.#count <= MAX_WAITING) return
    for (const [oldest, requests] of this.#waiting) {
      sink.pair(this.#take(oldest, requests, 0, sink), null)
      return
    }
  }

  #answer(response: AmqpMessage, sink: PairSink): void {
    const key = keyOf(response.channel, (1 - response.side) as Side)
    const queue = this.#waiting.get(key)
    const at = queue?.findIndex((request) => answers(response, request)) ?? -1
    if (queue !== undefined && at >= 0) {
      sink.pair(this.#take(key, queue, at, sink), response)
    } else if (this.#closed.delete(response.channel)) {
      response.role = Role.OneWay
      sink.pair(response, null)
    } else if (this.#progress.stalled((1 - response.side) as Side) && this.#early.length < MAX_WAITING) {
      this.#early.push(response)
    } else sink.pair(null, response)
  }

  /** Takes the n-th request; those before it were answered by what was lost, or never. */
  #take(key: number, queue: AmqpMessage[], n: number, sink: PairSink): AmqpMessage | null {
    const taken = queue.splice(0, n + 1)
    this.#count -= taken.length
    if (queue.length === 0) this.#waiting.delete(key)
    for (const request of taken.slice(0, n)) sink.pair(request, null)
    return taken[n] ?? null
  }

  /** channel.close names the method that failed, as its last four bytes. */
  #answersFailed(close: AmqpMessage, sink: PairSink): boolean {
    if (close.end - close.start < 6) return false
    const failed = u16be(close.bytes, close.end - 4) * 0x1_0000 + u16be(close.bytes, close.end - 2)
    const key = keyOf(close.channel, (1 - close.side) as Side)
    const queue = this.#waiting.get(key)
    const at = failed === 0 ? -1 : (queue?.findIndex(({ methodId }) => methodId === failed) ?? -1)
    if (queue === undefined || at < 0) return false
    this.#closed.add(close.channel)
    close.role = Role.Response
    sink.pair(this.#take(key, queue, at, sink), close)
    return true
  }
}

function keyOf(channel: number, side: Side): number {
  return channel * 2 + side
}

function answers(response: AmqpMessage, request: AmqpMessage): boolean {
  return (
    response.channel === request.channel &&
    response.side !== request.side &&
    request.method?.replies.includes(response.method?.name ?? '') === true
  )
}

function isLater(response: AmqpMessage, request: AmqpMessage): boolean {
  return response.firstPacket >= request.firstPacket
}
