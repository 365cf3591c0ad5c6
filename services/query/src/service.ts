import { buildCatalogue } from '@hindwire/entries/build-catalogue.ts'
import { protocols } from '@hindwire/protocols/registry.ts'
import { Query } from '@hindwire/rpc/gen/hindwire/v1/query_pb.ts'
import type { CallContext } from '@hindwire/rpc/serve-call.ts'
import { RpcServer } from '@hindwire/rpc/server.ts'
import { AppError } from '@hindwire/service-kit/app-error.ts'

import { DEFAULT_LIMITS, type QueryContext } from './context.ts'
import { calls } from './handlers/calls.ts'
import { databases } from './handlers/databases.ts'
import { kflExplain } from './handlers/kfl-explain.ts'
import { kflSchema } from './handlers/kfl-schema.ts'
import { withQueryErrors } from './query-error.ts'

export interface QueryService {
  /** For clients. */
  readonly address: string
  /** Takes no more calls, and lets running ones finish for so long, ms. */
  stop(graceMs?: number): Promise<void>
}

/** Catalogue and limits have defaults: those of the registry, and DEFAULT_LIMITS. */
export type QueryOptions = Omit<QueryContext, 'catalogue' | 'limits'> & Partial<QueryContext>

/** Below what a gRPC message may be. */
const MAX_JSON_BYTES = 60 * 2 ** 20

/** Serves hindwire.v1.Query. */
export async function startQuery(options: QueryOptions): Promise<QueryService> {
  const context = { catalogue: buildCatalogue(protocols), limits: DEFAULT_LIMITS, ...options }
  const { logger, metrics } = context
  const seconds = metrics.histogram('query_seconds', 'Time to answer a question.', ['call'])
  /** Runs one call: its answer as JSON, its errors as AppErrors, its time in the metrics. */
  const answer = async (name: string, work: () => Promise<object>): Promise<{ json: Uint8Array }> => {
    const end = seconds.startTimer({ call: name })
    try {
      const json = Buffer.from(JSON.stringify(await withQueryErrors(work)))
      if (json.byteLength <= MAX_JSON_BYTES) return { json }
      throw new AppError('result_too_large', 413, 'The answer is too large. Ask for fewer calls or fewer fields.')
    } finally {
      end()
    }
  }
  const server = new RpcServer({ onError: (error, method) => logger.error({ err: error, method }, 'call failed') })
  server.add(Query, {
    calls: (request, call: CallContext) => answer('calls', () => calls(context, request, call)),
    databases: () => answer('databases', () => databases(context)),
    kflSchema: () => answer('kfl_schema', async () => kflSchema(context)),
    kflExplain: (request, call) => answer('kfl_explain', () => kflExplain(context, request, call)),
  })
  const address = await server.listen(context.address)
  logger.info({ address }, 'listening')
  return { address, stop: (graceMs) => server.stop(graceMs) }
}
