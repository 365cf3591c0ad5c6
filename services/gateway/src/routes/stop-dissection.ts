import { cleanUp } from '../dissections/clean-up.ts'
import { noQuery } from '../http/parse-query.ts'
import { param, route } from '../http/route.ts'

export const stopDissection = route({
  method: 'POST',
  path: '/mcp/dissections/:snapshot/:name/stop',
  description: 'Cancels a dissection; its rows are removed.',
  query: noQuery,
  async handle(request, context) {
    const snapshot = param(request, 'snapshot')
    const name = param(request, 'name')
    const job = await context.jobs.cancel(snapshot, name)
    try {
      await cleanUp(context, job)
    } catch (error) {
      // It is cancelled all the same, and its rows cannot be seen; they are removed later.
      context.logger.warn({ err: error, snapshot, name }, 'rows of a cancelled dissection could not be removed yet')
    }
    return { json: { success: true, snapshot, name, status: job.status } }
  },
})
