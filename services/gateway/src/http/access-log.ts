import { randomUUID } from 'node:crypto'

import type { Logger } from '@hindwire/service-kit/logger.ts'
import type { Metrics } from '@hindwire/service-kit/metrics.ts'
import type { Context, Next } from 'koa'

const REQUEST_ID = /^[\w.-]{1,64}$/

/** Gives each request an id (the caller's own, where it has one), counts it, and writes a line when it is over. */
export function accessLog(logger: Logger, metrics: Metrics) {
  const labels = ['method', 'route', 'status'] as const
  const requests = metrics.counter('http_requests_total', 'Requests answered.', labels)
  const seconds = metrics.histogram('http_request_seconds', 'Time until the answer was sent.', ['route'])
  const open = metrics.gauge('http_requests_open', 'Requests that are being answered.')
  return async (koa: Context, next: Next): Promise<void> => {
    const started = performance.now()
    const given = koa.get('X-Request-Id')
    const requestId = REQUEST_ID.test(given) ? given : randomUUID()
    koa.state['requestId'] = requestId
    koa.set('X-Request-Id', requestId)
    const { method, path } = koa
    open.inc()
    koa.res.once('close', () => {
      open.dec()
      const ms = Math.round((performance.now() - started) * 10) / 10
      const route = String(koa.state['route'] ?? 'unknown')
      const status = koa.res.writableFinished ? koa.status : 499
      requests.inc({ method, route, status: String(status) })
      seconds.observe({ route }, ms / 1000)
      const fields = { request_id: requestId, method, path, status, ms }
      if (koa.state['isPublic'] === true) logger.debug(fields, 'request')
      else logger.info(fields, 'request')
    })
    await next()
  }
}
