import type { Matcher, PairSink, Progress } from '../contract/matcher.ts'
import { type Message, Role } from '../contract/message.ts'
import { ByIdMatcher } from '../matching/by-id.ts'
import { MsgFlag } from './constants.ts'
import { MAX_EXHAUSTS } from './limits.ts'
import { MongodbMessage } from './types.ts'

/**
 * Pairs by requestID and responseTo. What MongoDB adds: of a stream of replies to one request (exhaust), the first is
 * its response; each further one answers the reply before it, and stands alone.
 */
export class MongodbMatcher implements Matcher {
  readonly #byId: ByIdMatcher
  /** The request of a stream of replies, by the requestID of its latest reply. */
  readonly #exhausts = new Map<number, MongodbMessage | null>()

  constructor(progress: Progress) {
    this.#byId = new ByIdMatcher(progress)
  }

  accept(message: Message, sink: PairSink): void {
    if (message instanceof MongodbMessage && message.role === Role.Response) this.#follow(message)
    this.#byId.accept(message, sink)
  }

  lost(): void {
    this.#byId.lost()
  }

  close(sink: PairSink): void {
    this.#byId.close(sink)
    this.#exhausts.clear()
  }

  #follow(reply: MongodbMessage): void {
    const origin = this.#exhausts.get(reply.responseTo)
    if (origin !== undefined) {
      this.#exhausts.delete(reply.responseTo)
      reply.role = Role.OneWay
      reply.follows = true
      reply.origin = origin
    }
    if ((reply.flags & MsgFlag.MoreToCome) === 0) return
    const request = origin ?? this.#byId.request(reply.responseTo)
    this.#exhausts.set(reply.requestId, request instanceof MongodbMessage ? request : null)
    if (this.#exhausts.size <= MAX_EXHAUSTS) return
    for (const oldest of this.#exhausts.keys()) {
      this.#exhausts.delete(oldest)
      return
    }
  }
}
