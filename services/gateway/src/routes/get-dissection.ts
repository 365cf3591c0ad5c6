import { noQuery } from '../http/parse-query.ts'
import { param, route } from '../http/route.ts'

export const getDissection = route({
  method: 'GET',
  path: '/mcp/dissections/:snapshot/:name',
  description: 'How far a dissection is: status, progress, figures, coverage, errors.',
  query: noQuery,
  handle: async (request, { jobs }) => ({
    json: await jobs.status(param(request, 'snapshot'), param(request, 'name')),
  }),
})
