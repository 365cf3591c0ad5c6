import { z } from 'zod'

import { route } from '../http/route.ts'

export const listDissections = route({
  method: 'GET',
  path: '/mcp/dissections',
  description: 'All dissections, or those of one snapshot.',
  query: z.strictObject({ snapshot: z.string().optional().describe('Name of a snapshot.') }),
  handle: async ({ query }, { jobs }) => ({ json: { dissections: await jobs.listItems(query.snapshot) } }),
})
