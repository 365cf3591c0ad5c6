import { AppError } from '@hindwire/service-kit/app-error.ts'
import { z } from 'zod'

import { milliseconds, wholeNumber } from '../http/parse-query.ts'
import { route } from '../http/route.ts'
import { callOptions } from '../query-call.ts'

const query = z.strictObject({
  kfl: z.string().optional().describe('Filter; GET /mcp/kfl/schema lists its variables.'),
  limit: wholeNumber(1, 1000).default(100).describe('Calls in one answer, 1 to 1000; default 100.'),
  format: z.enum(['compact', 'full', 'raw']).default('compact').describe('compact (default), full or raw.'),
  group_by: z.enum(['node', 'ns', 'worker']).optional().describe('Groups of calls with figures, in place of calls.'),
  start: milliseconds().optional().describe('Only calls from this time on, ms since 1970.'),
  end: milliseconds().optional().describe('Only calls before this time, ms since 1970.'),
  db: z.string().optional().describe('Database <snapshot>/<dissection>; without it the realtime databases.'),
  cursor: z.string().optional().describe('next_cursor of the page before.'),
  order: z.enum(['asc', 'desc']).default('desc').describe('By time: asc, or desc (default).'),
  fields: z.string().optional().describe('Comma-separated members of a call that are wanted.'),
})

export const listCalls = route({
  method: 'GET',
  path: '/mcp/calls',
  description: 'Calls that match a filter, newest first.',
  query,
  async handle(request, { query: service }) {
    const { kfl, limit, format, group_by: groupBy, start, end, db, cursor, order, fields } = request.query
    if (start !== undefined && end !== undefined && start >= end) {
      throw new AppError('invalid_parameter', 400, 'The parameter "start" must be before "end".')
    }
    const selection = {
      db: db ?? '',
      kfl: kfl ?? '',
      ...(start === undefined ? {} : { startMs: BigInt(start) }),
      ...(end === undefined ? {} : { endMs: BigInt(end) }),
    }
    const page = { limit, cursor: cursor ?? '', order }
    const wanted = (fields ?? '').split(',').map((field) => field.trim())
    const calls = { selection, page, format, groupBy: groupBy ?? '', fields: wanted.filter((field) => field !== '') }
    return { json: (await service.calls(calls, callOptions(request))).json }
  },
})
