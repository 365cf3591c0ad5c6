import { Ingest } from '@hindwire/rpc/gen/hindwire/v1/ingest_pb.ts'
import { RpcServer } from '@hindwire/rpc/server.ts'

import type { IngestContext } from './context.ts'
import { drop } from './handlers/drop.ts'
import { seal } from './handlers/seal.ts'
import { status } from './handlers/status.ts'
import { BatchInserter } from './handlers/write.ts'
import { InsertSlots } from './insert-slots.ts'
import { OpenDissections } from './open-dissections.ts'

export interface IngestService {
  /** For clients. */
  readonly address: string
  /** Takes no more calls, and lets running ones finish for so long, ms. */
  stop(graceMs?: number): Promise<void>
}

/** Serves hindwire.v1.Ingest. The store must be migrated already. */
export async function startIngest(context: IngestContext): Promise<IngestService> {
  const dissections = new OpenDissections(context.store)
  const inserter = new BatchInserter(context, new InsertSlots(context.maxInserts), dissections)
  const server = new RpcServer({
    onError: (error, method) => context.logger.error({ err: error, method }, 'call failed'),
  }).add(Ingest, {
    write: (batches, call) => inserter.write(batches, call),
    seal: (request) => seal(context, dissections, request),
    drop: (request) => drop(context, dissections, request),
    status: (request) => status(context, request),
  })
  const address = await server.listen(context.address)
  context.logger.info({ address }, 'listening')
  return { address, stop: (graceMs) => server.stop(graceMs) }
}
