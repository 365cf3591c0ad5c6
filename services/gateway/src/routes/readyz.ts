import type { HealthChecks } from '@hindwire/service-kit/health-checks.ts'

import { noQuery } from '../http/parse-query.ts'
import { type Route, route } from '../http/route.ts'

export function readyzRoute(checks: HealthChecks): Route {
  return route({
    method: 'GET',
    path: '/readyz',
    description: 'Whether bus, store and query can be reached.',
    query: noQuery,
    isPublic: true,
    async handle() {
      const { ok, checks: results } = await checks.run()
      return { status: ok ? 200 : 503, json: { status: ok ? 'ready' : 'not ready', checks: results } }
    },
  })
}
