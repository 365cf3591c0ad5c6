import type { SealRequest } from '@hindwire/rpc/gen/hindwire/v1/ingest_pb.ts'
import { AppError } from '@hindwire/service-kit/app-error.ts'
import { checkName } from '@hindwire/service-kit/check-name.ts'

import type { IngestContext } from '../context.ts'
import { withIngestErrors } from '../ingest-error.ts'
import type { OpenDissections } from '../open-dissections.ts'

/** Makes the rows of a dissection visible, when they are all there. */
export function seal(context: IngestContext, dissections: OpenDissections, request: SealRequest) {
  const { store } = context
  const { dissection, snapshot, name, expectedRows } = request
  checkName('snapshot', snapshot)
  checkName('dissection', name)
  return withIngestErrors(async () => {
    await dissections.close(dissection)
    // One without any rows was never written to.
    const state = await store.registerDissection(dissection)
    if (state === 'dropped') {
      throw new AppError('dissection_dropped', 409, `The dissection ${snapshot}/${name} was deleted.`)
    }
    const stored = BigInt((await store.countEntries(dissection)).entryCount)
    if (expectedRows !== undefined && expectedRows !== stored) {
      const text = `${stored} rows of ${snapshot}/${name} are stored, but ${expectedRows} were written. It stays hidden.`
      const details = { stored: Number(stored), expected: Number(expectedRows) }
      throw new AppError('row_count_mismatch', 409, text, { details })
    }
    const counts = await store.sealDissection(dissection, { snapshot, name })
    const { entryCount, firstTs, lastTs, protocolCounts } = counts
    const times = entryCount === 0 ? {} : { firstTimeUs: BigInt(firstTs), lastTimeUs: BigInt(lastTs) }
    const byProtocol = Object.entries(protocolCounts).map(([key, rows]) => [key, BigInt(rows)] as const)
    context.logger.info({ dissection, snapshot, name, rows: entryCount }, 'sealed')
    void merge(context, dissection)
    return { rows: BigInt(entryCount), ...times, rowsByProtocol: Object.fromEntries(byProtocol) }
  })
}

/** Nobody waits for it: the rows can be queried as they are, and more quickly afterwards. */
async function merge({ store, logger }: IngestContext, dissection: number): Promise<void> {
  try {
    await store.mergeDissection(dissection)
  } catch (error) {
    // It was deleted meanwhile, or the service stops: then there is nothing to be made faster.
    logger.debug({ err: error, dissection }, 'parts were not merged')
  }
}
