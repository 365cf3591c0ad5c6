import type { Bus } from '@hindwire/bus/bus.ts'
import type { Jobs } from '@hindwire/bus/jobs.ts'
import type { RpcClient } from '@hindwire/rpc/client.ts'
import type { Ingest } from '@hindwire/rpc/gen/hindwire/v1/ingest_pb.ts'
import type { Query } from '@hindwire/rpc/gen/hindwire/v1/query_pb.ts'
import type { Logger } from '@hindwire/service-kit/logger.ts'
import type { Metrics } from '@hindwire/service-kit/metrics.ts'
import type { SnapshotStore } from '@hindwire/snapshots/snapshot-store.ts'

import type { GatewaySettings } from './settings.ts'

/** What the gateway's handlers work with. */
export interface GatewayContext {
  readonly bus: Bus
  readonly jobs: Jobs
  readonly snapshots: SnapshotStore
  readonly query: RpcClient<typeof Query>
  readonly ingest: RpcClient<typeof Ingest>
  readonly logger: Logger
  readonly metrics: Metrics
  readonly settings: GatewaySettings
}
