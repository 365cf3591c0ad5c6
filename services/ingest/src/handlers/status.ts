import { type StatusRequest, StatusResponse_State as State } from '@hindwire/rpc/gen/hindwire/v1/ingest_pb.ts'

import type { IngestContext } from '../context.ts'
import { withIngestErrors } from '../ingest-error.ts'

const STATES = { absent: State.ABSENT, open: State.OPEN, sealed: State.SEALED, dropped: State.ABSENT } as const

export function status({ store }: IngestContext, { dissection }: StatusRequest) {
  return withIngestErrors(async () => {
    const state = await store.dissectionState(dissection)
    const visible = state === 'open' || state === 'sealed'
    const rows = visible ? (await store.countEntries(dissection)).entryCount : 0
    return { state: STATES[state], rows: BigInt(rows), schemaVersion: store.schemaVersion }
  })
}
