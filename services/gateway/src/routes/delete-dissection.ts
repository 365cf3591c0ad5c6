import { removeDissection } from '../dissections/clean-up.ts'
import { noQuery } from '../http/parse-query.ts'
import { param, route } from '../http/route.ts'

export const deleteDissection = route({
  method: 'DELETE',
  path: '/mcp/dissections/:snapshot/:name',
  description: 'Deletes a dissection with its rows; one that runs is stopped first.',
  query: noQuery,
  async handle(request, context) {
    const snapshot = param(request, 'snapshot')
    const name = param(request, 'name')
    await removeDissection(context, snapshot, name)
    return { json: { success: true, snapshot, name } }
  },
})
