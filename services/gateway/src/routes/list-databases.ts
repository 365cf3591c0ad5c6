import { noQuery } from '../http/parse-query.ts'
import { route } from '../http/route.ts'
import { callOptions } from '../query-call.ts'

export const listDatabases = route({
  method: 'GET',
  path: '/mcp/databases',
  description: 'What can be queried: realtime databases of nodes, and dissections.',
  query: noQuery,
  async handle(request, { query }) {
    return { json: (await query.databases({}, callOptions(request))).json }
  },
})
