import type { Matcher, PairSink, Progress } from '../contract/matcher.ts'
import { type Message, Role } from '../contract/message.ts'
import { ByIdMatcher } from '../matching/by-id.ts'
import { MAX_REMEMBERED_IDS } from './limits.ts'
import { DnsMessage } from './types.ts'

/**
 * By ID and question. What the shared matcher cannot know: answers without a question (FORMERR, further messages of a
 * zone transfer, every mDNS response) answer the last query with their ID, and mDNS responses are mostly nobody's.
 */
export class DnsMatcher implements Matcher {
  readonly #byId: ByIdMatcher
  /** Pairing key of the last query with a transaction ID. */
  readonly #keys = new Map<number, number>()

  constructor(progress: Progress) {
    this.#byId = new ByIdMatcher(progress)
  }

  accept(message: Message, sink: PairSink): void {
    if (message instanceof DnsMessage) {
      if (!message.isResponse) this.#remember(message)
      else if (message.sections.questions === 0) message.id = this.#keys.get(message.transaction) ?? message.id
      if (message.isResponse && message.dialect === 'mdns' && !this.#isAnswer(message)) {
        message.role = Role.OneWay
        message.done = true
        sink.pair(null, message)
        return
      }
    }
    this.#byId.accept(message, sink)
  }

  lost(): void {
    this.#byId.lost()
  }

  close(sink: PairSink): void {
    this.#byId.close(sink)
    this.#keys.clear()
  }

  #remember(query: DnsMessage): void {
    if (this.#keys.size >= MAX_REMEMBERED_IDS) this.#keys.clear()
    this.#keys.set(query.transaction, query.id)
  }

  /** An mDNS response that the side asked has sent, not an announcement of the one that asks. */
  #isAnswer(response: DnsMessage): boolean {
    const request = this.#byId.request(response.id)
    return request !== undefined && request.side !== response.side
  }
}
