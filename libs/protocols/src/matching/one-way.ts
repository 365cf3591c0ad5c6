import type { Matcher, PairSink } from '../contract/matcher.ts'
import { type Message, Role } from '../contract/message.ts'

/** Every message stands alone (banners, publish-only protocols). */
export class OneWayMatcher implements Matcher {
  accept(message: Message, sink: PairSink): void {
    message.done = true
    if (message.role === Role.Response) sink.pair(null, message)
    else sink.pair(message, null)
  }

  lost(): void {}

  close(): void {}
}
