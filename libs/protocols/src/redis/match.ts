import type { Matcher, PairSink, Progress } from '../contract/matcher.ts'
import { type Message, Role } from '../contract/message.ts'
import { InOrderMatcher } from '../matching/in-order.ts'
import { SUBSCRIBER_VERBS } from './constants.ts'
import { RedisMessage } from './types.ts'

/**
 * Pairs by order. What Redis adds: whether a pub/sub array answers a command or stands alone depends on the command
 * that waits.
 */
export class RedisMatcher implements Matcher {
  readonly #inOrder: InOrderMatcher
  /** Confirmations still to come for a SUBSCRIBE of several channels, of which the first was its response. */
  #confirmations = 0
  #confirming = ''
  /** Requests that the queue gave up: their responses must not be taken for those of later ones. */
  #givenUp = 0
  /** Losses that are not known yet to lie within one value. */
  #losses = 0

  constructor(progress: Progress) {
    this.#inOrder = new InOrderMatcher(progress)
  }

  accept(message: Message, sink: PairSink): void {
    // A message that the loss has cut began before it: its place in the order is certain.
    if (this.#losses > 0 && message.partial === '') this.#outOfStep()
    if (message instanceof RedisMessage) this.#assignRole(message)
    if (message.role === Role.Response && this.#givenUp > 0) {
      this.#givenUp--
      message.done = true
      sink.pair(null, message)
      return
    }
    const waiting = this.#inOrder.waiting
    this.#inOrder.accept(message, sink)
    if (message.role === Role.Request && waiting > 0 && this.#inOrder.waiting === waiting) this.#givenUp++
  }

  lost(): void {
    this.#losses++
  }

  /** The loss announced last lay within one value: no message is missing. */
  keepStep(): void {
    if (this.#losses > 0) this.#losses--
  }

  #outOfStep(): void {
    this.#losses = 0
    this.#confirmations = 0
    this.#givenUp = 0
    this.#inOrder.lost()
  }

  close(sink: PairSink): void {
    this.#inOrder.close(sink)
  }

  #assignRole(message: RedisMessage): void {
    if (message.confirmation) this.#assignConfirmation(message)
    else if (message.maybePush) {
      const waiting = this.#waitingVerb()
      if (waiting === '' || SUBSCRIBER_VERBS.has(waiting)) message.role = Role.OneWay
      else message.verb = ''
    }
  }

  #assignConfirmation(message: RedisMessage): void {
    const oldest = this.#inOrder.oldest()
    if (this.#confirmations > 0 && this.#confirming === message.verb) {
      this.#confirmations--
      message.role = Role.OneWay
    } else if (oldest instanceof RedisMessage && oldest.verb === message.verb) {
      this.#confirming = message.verb
      this.#confirmations = Math.max(0, oldest.elements - 2)
    } else if (oldest === undefined || message.unasked) message.role = Role.OneWay
  }

  #waitingVerb(): string {
    const oldest = this.#inOrder.oldest()
    return oldest instanceof RedisMessage ? oldest.verb : ''
  }
}
