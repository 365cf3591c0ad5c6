import { Queue } from '@hindwire/bus/queues.ts'
import { HealthChecks } from '@hindwire/service-kit/health-checks.ts'

import type { GatewayContext } from './context.ts'

/** What the gateway cannot do without. The store is reached through ingest, which asks it. */
export function readiness({ bus, ingest, query, snapshots }: GatewayContext): HealthChecks {
  return new HealthChecks()
    .add('bus', async () => {
      await bus.stats(Queue.Dissections)
    })
    .add('query', async (signal) => {
      await query.databases({}, { signal })
    })
    .add('store', async (signal) => {
      await ingest.status({ dissection: 0 }, { signal })
    })
    .add('snapshots', async () => {
      await snapshots.list()
    })
}
