import type { Matcher, PairSink, Progress } from '../contract/matcher.ts'
import { type Message, Role } from '../contract/message.ts'
import { InOrderMatcher } from '../matching/in-order.ts'
import { SUBSCRIBER_VERBS } from './constants.ts'
import { MAX_WAITING } from './limits.ts'
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

  constructor(progress: Progress) {
    this.#inOrder = new InOrderMatcher(progress, MAX_WAITING)
  }

  accept(message: Message, sink: PairSink): void {
    if (message instanceof RedisMessage) this.#assignRole(message)
    this.#inOrder.accept(message, sink)
  }

  lost(): void {
    this.#confirmations = 0
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
