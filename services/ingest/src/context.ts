import type { Logger } from '@hindwire/service-kit/logger.ts'
import type { Metrics } from '@hindwire/service-kit/metrics.ts'
import type { Store } from '@hindwire/store/store.ts'

/** What the handlers of ingest work with. */
export interface IngestContext {
  readonly store: Store
  readonly logger: Logger
  readonly metrics: Metrics
  /** Where it listens: `unix:/path` or `host:port`. */
  readonly address: string
  /** Inserts under way at the same time, over all streams. Each holds its block in memory, here and in ClickHouse. */
  readonly maxInserts: number
}
