import { setTimeout as delay } from 'node:timers/promises'

export interface ServerEvent {
  readonly id?: string
  readonly data: unknown
}

/**
 * Server-Sent Events as text (https://html.spec.whatwg.org/multipage/server-sent-events.html), with a comment whenever
 * nothing has happened for `heartbeatMs`. Ends with its events, or when `signal` aborts.
 */
export async function* eventStream(
  events: AsyncIterator<ServerEvent>,
  heartbeatMs: number,
  signal: AbortSignal,
): AsyncGenerator<string> {
  try {
    let next = events.next()
    while (!signal.aborted) {
      const timer = new AbortController()
      const quiet = delay(heartbeatMs, 'quiet' as const, { signal: AbortSignal.any([signal, timer.signal]) })
      const event = await Promise.race([next, quiet.catch(() => 'stop' as const)])
      timer.abort()
      if (event === 'stop') return
      if (event === 'quiet') yield ': heartbeat\n\n'
      else if (event.done === true) return
      else {
        yield format(event.value)
        next = events.next()
      }
    }
  } finally {
    await events.return?.()
  }
}

function format({ id, data }: ServerEvent): string {
  return `${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`
}
