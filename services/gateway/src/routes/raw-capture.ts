import { noQuery } from '../http/parse-query.ts'
import { route } from '../http/route.ts'

/** Without capture agents, nothing is being recorded. */
export const rawCapture = route({
  method: 'GET',
  path: '/mcp/raw-capture',
  description: 'Whether capture agents record raw packets.',
  query: noQuery,
  handle: async () => ({ json: { enabled: false, session_id: null } }),
})
