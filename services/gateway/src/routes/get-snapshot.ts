import { noQuery } from '../http/parse-query.ts'
import { param, route } from '../http/route.ts'
import { snapshotDetail } from '../snapshot-answer.ts'

export const getSnapshot = route({
  method: 'GET',
  path: '/mcp/snapshots/:name',
  description: 'A snapshot with its files.',
  query: noQuery,
  handle: async (request, { snapshots }) => ({ json: snapshotDetail(await snapshots.get(param(request, 'name'))) }),
})
