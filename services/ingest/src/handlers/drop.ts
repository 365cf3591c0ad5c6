import type { DropRequest } from '@hindwire/rpc/gen/hindwire/v1/ingest_pb.ts'

import type { IngestContext } from '../context.ts'
import { withIngestErrors } from '../ingest-error.ts'
import type { OpenDissections } from '../open-dissections.ts'

/** Removes all rows of a dissection; what still arrives for it is refused from now on. */
export async function drop({ logger }: IngestContext, dissections: OpenDissections, { dissection }: DropRequest) {
  await withIngestErrors(() => dissections.drop(dissection))
  logger.info({ dissection }, 'dropped')
  return {}
}
