import type { Catalogue } from '@hindwire/entries/catalogue.ts'
import type { Logger } from '@hindwire/service-kit/logger.ts'
import type { Metrics } from '@hindwire/service-kit/metrics.ts'
import type { StoreClient } from '@hindwire/store/client.ts'
import type { SelectLimits } from '@hindwire/store/select.ts'

/** Reads as the read-only user: a StoreClient of that user, or a Store. */
export type ReadStore = Pick<StoreClient, 'select'>

/** What the handlers of query work with. */
export interface QueryContext {
  readonly store: ReadStore
  readonly catalogue: Catalogue
  readonly logger: Logger
  readonly metrics: Metrics
  /** Where it listens: `unix:/path` or `host:port`. */
  readonly address: string
  readonly limits: QueryLimits
}

/** What one query may take; the read-only user's own limits in ClickHouse stand above these. */
export interface QueryLimits extends SelectLimits {
  readonly executionTime: number
  /** Bytes of one answer's rows: they are held in memory, here and in the gateway. */
  readonly resultBytes: number
}

export const DEFAULT_LIMITS: QueryLimits = { executionTime: 30, resultBytes: 24 * 2 ** 20 }
