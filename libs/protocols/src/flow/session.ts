import type { Link, Session } from '../contract/session.ts'
import { Outcome } from '../contract/session.ts'

/** Flows have no bytes of their own: whatever is parsed with this is refused. */
export function openNothing(link: Link): Session {
  return {
    matcher: { accept: () => {}, lost: () => {}, close: () => {} },
    parse: () => {
      link.reason = 'a flow has no messages'
      return Outcome.Invalid
    },
    gap: () => false,
    resync: () => -1,
    end: () => false,
  }
}
