import { z } from 'zod'

import { noQuery } from '../http/parse-query.ts'
import { route } from '../http/route.ts'
import { callOptions } from '../query-call.ts'

export const kflExplain = route({
  method: 'POST',
  path: '/mcp/kfl/explain',
  description: 'What a filter means: its normal form or what is wrong with it, its SQL, and what each clause matches.',
  query: noQuery,
  body: z.strictObject({ kfl: z.string(), db: z.string().optional() }),
  async handle(request, { query }) {
    const { kfl, db = '' } = request.body
    return { json: (await query.kflExplain({ kfl, db }, callOptions(request))).json }
  },
})
