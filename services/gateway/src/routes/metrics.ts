import { noQuery } from '../http/parse-query.ts'
import { route } from '../http/route.ts'

export const metricsRoute = route({
  method: 'GET',
  path: '/metrics',
  description: 'Figures for Prometheus.',
  query: noQuery,
  async handle({ koa }, { metrics }) {
    const { contentType, text } = await metrics.render()
    koa.set('Content-Type', contentType)
    koa.body = text
    return { written: true }
  },
})
