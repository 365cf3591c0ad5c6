import { noQuery } from '../http/parse-query.ts'
import { route } from '../http/route.ts'

/** Without capture agents, there are no ring buffers to have an oldest and a newest packet. */
export const dataBoundaries = route({
  method: 'GET',
  path: '/mcp/data-boundaries',
  description: 'Times of the oldest and the newest packet that the capture agents still have.',
  query: noQuery,
  handle: async () => ({ json: { cluster: { oldest_ts: null, newest_ts: null }, nodes: [] } }),
})
