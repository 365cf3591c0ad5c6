import { noQuery } from '../http/parse-query.ts'
import { route } from '../http/route.ts'
import { callOptions } from '../query-call.ts'

export const kflSchema = route({
  method: 'GET',
  path: '/mcp/kfl/schema',
  description: 'The variables of the filter language, with type, protocol, description and example.',
  query: noQuery,
  handle: async (request, { query }) => ({ json: (await query.kflSchema({}, callOptions(request))).json }),
})
