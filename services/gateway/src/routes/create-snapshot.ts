import { AppError } from '@hindwire/service-kit/app-error.ts'
import { checkName } from '@hindwire/service-kit/check-name.ts'
import { z } from 'zod'

import { noQuery } from '../http/parse-query.ts'
import { route } from '../http/route.ts'

const DURATION = /^(\d+(ms|s|m|h|d))+$/

const body = z.strictObject({
  name: z.string(),
  duration: z.string().regex(DURATION, 'must be a time such as 30m').optional(),
  start: z.int().nonnegative().optional(),
  end: z.int().nonnegative().optional(),
  nodes: z.array(z.string()).max(1000).optional(),
})

export const createSnapshot = route({
  method: 'POST',
  path: '/mcp/snapshots',
  description: "Cuts a snapshot from the capture agents' ring buffers: the last `duration`, or from `start` to `end`.",
  query: noQuery,
  body,
  async handle({ body: { name, duration, start, end } }, { snapshots }) {
    checkName('snapshot', name)
    const byTimes = start !== undefined && end !== undefined && start < end
    if (
      (duration === undefined) === (start === undefined && end === undefined) ||
      (duration === undefined && !byTimes)
    ) {
      throw new AppError('invalid_body', 400, 'Give either "duration", or "start" and a later "end", in ms since 1970.')
    }
    const existing = (await snapshots.list()).some((snapshot) => snapshot.name === name)
    if (existing) {
      throw new AppError('snapshot_exists', 409, `There is a snapshot "${name}" already. Choose another name.`)
    }
    const text =
      'No capture agent is connected, so there is nothing to cut a snapshot from. Upload capture files instead: ' +
      `PUT /mcp/snapshots/${name}/captures/<file>.`
    throw new AppError('no_capture_agent', 409, text)
  },
})
