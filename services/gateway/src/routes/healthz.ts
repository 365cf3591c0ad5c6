import { noQuery } from '../http/parse-query.ts'
import { route } from '../http/route.ts'

export const healthz = route({
  method: 'GET',
  path: '/healthz',
  description: 'Answers while the process is alive.',
  query: noQuery,
  isPublic: true,
  handle: async () => ({ json: { status: 'ok' } }),
})
