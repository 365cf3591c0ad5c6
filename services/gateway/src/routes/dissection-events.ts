import { Readable } from 'node:stream'

import type { JobStatusObject } from '@hindwire/bus/job-status.ts'
import { hasEnded } from '@hindwire/bus/job.ts'

import { eventStream, type ServerEvent } from '../http/event-stream.ts'
import { noQuery } from '../http/parse-query.ts'
import { param, route } from '../http/route.ts'

/** Id of the last event. A browser that connects again with it is told that there is nothing more. */
const LAST = 'end'

export const dissectionEvents = route({
  method: 'GET',
  path: '/mcp/dissections/:snapshot/:name/events',
  description: 'Server-Sent Events with the status at each change; ends when the dissection has ended.',
  query: noQuery,
  isStream: true,
  async handle(request, { jobs, settings }) {
    const { koa, signal } = request
    const snapshot = param(request, 'snapshot')
    const name = param(request, 'name')
    const { status } = await jobs.status(snapshot, name)
    if (koa.get('Last-Event-ID') === LAST && hasEnded(status)) {
      koa.status = 204
      return { written: true }
    }
    const events = toEvents(jobs.watch(snapshot, name, signal))
    koa.status = 200
    koa.set('Content-Type', 'text/event-stream')
    koa.set('Cache-Control', 'no-store')
    koa.set('X-Accel-Buffering', 'no')
    koa.body = Readable.from(eventStream(events, settings.heartbeatMs, signal), { objectMode: false })
    return { written: true }
  },
})

async function* toEvents(changes: AsyncIterable<JobStatusObject>): AsyncGenerator<ServerEvent> {
  for await (const data of changes) yield hasEnded(data.status) ? { id: LAST, data } : { data }
}
