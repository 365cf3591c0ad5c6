import { noQuery } from '../http/parse-query.ts'
import { route } from '../http/route.ts'
import { snapshotItem } from '../snapshot-answer.ts'

export const listSnapshots = route({
  method: 'GET',
  path: '/mcp/snapshots',
  description: 'All snapshots.',
  query: noQuery,
  handle: async (_request, { snapshots }) => ({ json: { snapshots: (await snapshots.list()).map(snapshotItem) } }),
})
