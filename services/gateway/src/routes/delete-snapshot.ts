import { removeDissection } from '../dissections/clean-up.ts'
import { noQuery } from '../http/parse-query.ts'
import { param, route } from '../http/route.ts'

export const deleteSnapshot = route({
  method: 'DELETE',
  path: '/mcp/snapshots/:name',
  description: 'Deletes a snapshot, its files and its dissections.',
  query: noQuery,
  async handle(request, context) {
    const name = param(request, 'name')
    await context.snapshots.get(name)
    const dissections = await context.jobs.list(name)
    await Promise.all(dissections.map((job) => removeDissection(context, name, job.name)))
    await context.snapshots.delete(name)
    return { json: { success: true, name } }
  },
})
