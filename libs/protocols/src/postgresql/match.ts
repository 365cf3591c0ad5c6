import type { Matcher, PairSink, Progress } from '../contract/matcher.ts'
import { type Message, Role } from '../contract/message.ts'
import { InOrderMatcher } from '../matching/in-order.ts'
import { MAX_WAITING } from './limits.ts'
import { Kind, PostgresqlRequest, PostgresqlResponse } from './types.ts'

/**
 * Pairs by order. What PostgreSQL adds: behind an error the server passes over everything up to the next Sync, so that
 * the other requests of that batch are never answered; they get a response that says so.
 */
export class PostgresqlMatcher implements Matcher {
  readonly #inOrder: InOrderMatcher
  /** The batch in which an error has occurred; −1 none. */
  #failedBatch = -1
  #failure: PostgresqlResponse | null = null

  constructor(progress: Progress) {
    this.#inOrder = new InOrderMatcher(progress, MAX_WAITING)
  }

  /** The request that the next response answers, where known. */
  oldest(): PostgresqlRequest | null {
    const oldest = this.#inOrder.oldest()
    return oldest instanceof PostgresqlRequest ? oldest : null
  }

  accept(message: Message, sink: PairSink): void {
    if (message instanceof PostgresqlResponse) {
      const answered = message.role === Role.Response ? this.oldest() : null
      this.#inOrder.accept(message, sink)
      if (message.error === null || answered === null || answered.batch < 0) return
      this.#failedBatch = answered.batch
      this.#failure = message
      for (let next = this.oldest(); next?.batch === this.#failedBatch; next = this.oldest()) {
        this.#inOrder.accept(skippedBecauseOf(message, next), sink)
      }
      return
    }
    this.#inOrder.accept(message, sink)
    if (!(message instanceof PostgresqlRequest) || this.#failure === null) return
    if (message.batch !== this.#failedBatch || message.kind === Kind.Query) this.#failure = null
    else this.#inOrder.accept(skippedBecauseOf(this.#failure, message), sink)
  }

  lost(): void {
    this.#failure = null
    this.#failedBatch = -1
    this.#inOrder.lost()
  }

  close(sink: PairSink): void {
    this.#inOrder.close(sink)
  }
}

/** Stamped with the error that was the reason; with the request itself, where that came later. */
function skippedBecauseOf(failure: PostgresqlResponse, request: PostgresqlRequest): PostgresqlResponse {
  const response = new PostgresqlResponse(Role.Response)
  response.skipped = true
  response.side = failure.side
  const later = request.lastPacket > failure.firstPacket
  response.firstPacket = later ? request.lastPacket : failure.firstPacket
  response.firstTime = later ? request.lastTime : failure.firstTime
  response.lastPacket = later ? request.lastPacket : failure.lastPacket
  response.lastTime = later ? request.lastTime : failure.lastTime
  return response
}
