import type { JobOptions } from '@hindwire/bus/job.ts'
import { protocols } from '@hindwire/protocols/registry.ts'
import { AppError } from '@hindwire/service-kit/app-error.ts'
import { checkName } from '@hindwire/service-kit/check-name.ts'
import type { Snapshot } from '@hindwire/snapshots/snapshot-store.ts'
import { z } from 'zod'

import type { GatewayContext } from '../context.ts'
import { publishCommand } from '../dissections/clean-up.ts'
import { noQuery } from '../http/parse-query.ts'
import { route, type RouteRequest } from '../http/route.ts'
import { callOptions } from '../query-call.ts'

/** Largest body that may be asked for: a row with more is no longer a row. */
const MAX_BODY_BYTES = 16 * 2 ** 20

const body = z.strictObject({
  snapshot: z.string(),
  name: z.string(),
  protocols: z.array(z.string()).min(1).max(100).optional(),
  kfl: z.string().max(65_536).optional(),
  max_body_bytes: z.int().min(0).max(MAX_BODY_BYTES).optional(),
})
type Body = z.infer<typeof body>

export const createDissection = route({
  method: 'POST',
  path: '/mcp/dissections',
  description: 'Starts a dissection of a snapshot. Its result is the database <snapshot>/<name>.',
  query: noQuery,
  body,
  async handle(request, context) {
    const { snapshot: snapshotName, name } = request.body
    const { jobs, snapshots } = context
    checkName('dissection', name)
    const options = await optionsOf(request, context)
    checkReady(await snapshots.get(snapshotName))
    // Frozen first: what is dissected is what the job was made for.
    const snapshot = await snapshots.freeze(snapshotName)
    const files = snapshot.files.length
    const bytes = snapshot.files.reduce((sum, file) => sum + file.bytes, 0)
    const job = await jobs.create({ snapshot: snapshotName, name, options, files, bytes })
    try {
      await publishCommand(context, job)
    } catch (error) {
      await jobs.remove(job)
      throw error
    }
    return { status: 202, json: { success: true, snapshot: snapshotName, name, status: job.status } }
  },
})

function checkReady({ name, status, files }: Snapshot): void {
  if (status !== 'completed') {
    const text = `The snapshot "${name}" is still being recorded. Dissect it when its status is completed.`
    throw new AppError('snapshot_in_progress', 409, text, { details: { status } })
  }
  if (files.length === 0) {
    const text = `The snapshot "${name}" has no capture files yet. PUT /mcp/snapshots/${name}/captures/<file> adds one.`
    throw new AppError('snapshot_empty', 409, text)
  }
}

async function optionsOf(request: RouteRequest<unknown, Body>, { query }: GatewayContext): Promise<JobOptions> {
  const { protocols: wanted, kfl, max_body_bytes: maxBodyBytes } = request.body
  const known = protocols.map((protocol) => protocol.name)
  const unknown = wanted?.find((name) => !known.includes(name))
  if (unknown !== undefined) {
    const text = `There is no protocol ${JSON.stringify(unknown.slice(0, 80))}. Known are ${known.join(', ')}.`
    throw new AppError('unknown_protocol', 400, text, { details: { known } })
  }
  if (kfl !== undefined && kfl.trim() !== '') await checkFilter(kfl, request, query)
  return {
    ...(wanted === undefined ? {} : { protocols: wanted }),
    ...(kfl === undefined ? {} : { kfl }),
    ...(maxBodyBytes === undefined ? {} : { maxBodyBytes }),
  }
}

/** A filter that does not compile is to fail here, not in a worker later. */
async function checkFilter(
  kfl: string,
  request: RouteRequest<unknown, unknown>,
  query: GatewayContext['query'],
): Promise<void> {
  const { json } = await query.kflExplain({ kfl }, callOptions(request))
  const { valid, errors = [] } = JSON.parse(Buffer.from(json).toString()) as Explained
  const [first] = errors
  if (valid || first === undefined) return
  const message = first.message.endsWith('?') ? first.message : `${first.message}.`
  const text = `The filter is not right, at line ${first.line}, column ${first.column}: ${message}`
  throw new AppError('kfl_error', 422, text, { details: { errors } })
}

interface Explained {
  readonly valid: boolean
  readonly errors?: readonly { readonly message: string; readonly line: number; readonly column: number }[]
}
