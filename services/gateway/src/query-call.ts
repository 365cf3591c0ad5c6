import type { CallOptions } from '@hindwire/rpc/client.ts'

import type { RouteRequest } from './http/route.ts'

/** Beyond the 30 s that one query may take in the store: the answer to that is the better error. */
const DEADLINE_MS = 60_000

/** Options of a call to the query service on behalf of a request: it ends when the asker goes away. */
export function callOptions({ signal, requestId }: Pick<RouteRequest<unknown, unknown>, 'signal' | 'requestId'>) {
  return { signal, deadlineMs: DEADLINE_MS, metadata: { 'x-request-id': requestId } } satisfies CallOptions
}
