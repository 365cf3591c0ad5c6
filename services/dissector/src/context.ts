import type { Bus } from '@hindwire/bus/bus.ts'
import type { Jobs } from '@hindwire/bus/jobs.ts'
import type { RpcClient } from '@hindwire/rpc/client.ts'
import type { Ingest } from '@hindwire/rpc/gen/hindwire/v1/ingest_pb.ts'
import type { Logger } from '@hindwire/service-kit/logger.ts'
import type { SnapshotStore } from '@hindwire/snapshots/snapshot-store.ts'

/** What the dissector's handlers work with. */
export interface DissectorContext {
  readonly bus: Bus
  readonly jobs: Jobs
  readonly snapshots: SnapshotStore
  readonly ingest: RpcClient<typeof Ingest>
  /** Of the store that the rows are for. */
  readonly schemaVersion: string
  /** Shards dissected at the same time, each in a thread of its own. */
  readonly workers: number
  readonly logger: Logger
}
