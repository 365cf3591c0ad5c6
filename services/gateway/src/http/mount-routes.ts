import { AppError } from '@hindwire/service-kit/app-error.ts'
import { Router, type RouterMiddleware } from '@koa/router'
import type { Context, Middleware } from 'koa'

import type { GatewayContext } from '../context.ts'
import type { Access } from './access.ts'
import { parseQuery } from './parse-query.ts'
import { readJson } from './read-body.ts'
import { RequestLimit } from './request-limit.ts'
import type { Answer, Route } from './route.ts'

/** Answers `routes`, and whatever is none of them with the one error shape. */
export function mountRoutes(
  routes: readonly Route[],
  context: GatewayContext,
  access: Access,
  stopping: AbortSignal,
): Middleware {
  const router = new Router()
  const { maxRequests, maxEventStreams } = context.settings
  const requests = new RequestLimit(maxRequests, 'requests')
  const streams = new RequestLimit(maxEventStreams, 'event streams')
  for (const route of routes) {
    const handler = async (koa: Context) => {
      koa.state['route'] = route.path
      koa.state['isPublic'] = route.isPublic === true
      if (route.isPublic !== true) {
        access.check(koa)
        koa.res.once('close', (route.isStream === true ? streams : requests).enter())
      }
      await answer(route, koa, context, stopping)
    }
    router.register(route.path, [route.method], handler as RouterMiddleware)
  }
  const dispatch = router.routes() as unknown as Middleware
  return async (koa, next) => {
    // Every path answers under /api, too.
    if (koa.path === '/api' || koa.path.startsWith('/api/')) koa.path = koa.path.slice('/api'.length) || '/'
    await dispatch(koa, next)
    if (koa.state['route'] === undefined) refuse(koa, access, methodsOf(routes, router, koa.path))
  }
}

async function answer(route: Route, koa: Context, context: GatewayContext, stopping: AbortSignal): Promise<void> {
  const gone = new AbortController()
  koa.res.once('close', () => gone.abort())
  const query = parseQuery(route.query, koa.querystring)
  const { body: schema } = route
  const body = schema === undefined ? null : await readJson(koa.req, schema, context.settings.maxJsonBytes)
  const request = {
    params: (koa as Context & { params: Record<string, string> }).params,
    query,
    body,
    signal: AbortSignal.any([gone.signal, stopping]),
    requestId: String(koa.state['requestId']),
    koa,
  }
  send(koa, await route.handle(request, context))
}

function send(koa: Context, { status = 200, json, written }: Answer): void {
  if (written === true) return
  koa.status = status
  koa.type = 'application/json'
  koa.set('Cache-Control', 'no-store')
  koa.body =
    json instanceof Uint8Array ? Buffer.from(json.buffer, json.byteOffset, json.byteLength) : JSON.stringify(json)
}

function methodsOf(routes: readonly Route[], router: Router, path: string): readonly string[] {
  return routes.map(({ method }) => method).filter((method) => router.match(path, method).route)
}

/** @throws AppError `method_not_allowed` (405), `not_found` (404) */
function refuse(koa: Context, access: Access, methods: readonly string[]): void {
  access.check(koa)
  const allowed = [...new Set(methods)]
  if (allowed.length === 0) {
    const text = `There is nothing at ${JSON.stringify(koa.path.slice(0, 200))}. GET /mcp lists what there is.`
    throw new AppError('not_found', 404, text)
  }
  koa.set('Allow', allowed.join(', '))
  if (koa.method === 'OPTIONS') {
    koa.status = 204
    return
  }
  const text = `${koa.method} cannot be used here. Allowed: ${allowed.join(', ')}.`
  throw new AppError('method_not_allowed', 405, text, { details: { allowed } })
}
