/** The gateway as a process of its own. */
import { join } from 'node:path'

import { Jobs } from '@hindwire/bus/jobs.ts'
import { SqliteBus } from '@hindwire/bus/sqlite-bus.ts'
import { SqliteDatabase } from '@hindwire/bus/sqlite-database.ts'
import { SqliteJobStore } from '@hindwire/bus/sqlite-job-store.ts'
import { connect } from '@hindwire/rpc/client.ts'
import { Ingest } from '@hindwire/rpc/gen/hindwire/v1/ingest_pb.ts'
import { Query } from '@hindwire/rpc/gen/hindwire/v1/query_pb.ts'
import { Lifecycle } from '@hindwire/service-kit/lifecycle.ts'
import { createLogger } from '@hindwire/service-kit/logger.ts'
import { Metrics } from '@hindwire/service-kit/metrics.ts'
import { DirectoryStore } from '@hindwire/snapshots/directory-store.ts'

import { gatewayHelp, gatewayProcessConfig, gatewaySettings } from './config.ts'
import { type GatewayService, startGateway } from './service.ts'

async function main(): Promise<number> {
  const config = gatewayProcessConfig()
  const settings = gatewaySettings()
  const logger = createLogger({ service: 'gateway', level: config.logLevel })
  const database = new SqliteDatabase(join(config.data, 'state.sqlite'))
  const bus = new SqliteBus(database)
  const store = new SqliteJobStore(database)
  const query = connect(Query, config.queryAddress)
  const ingest = connect(Ingest, config.ingestAddress)
  let service: GatewayService | null = null
  const lifecycle = new Lifecycle({ logger })
    .add('state', {
      async stop() {
        await bus.close()
        await store.close()
        database.close()
      },
    })
    .add('clients', {
      stop() {
        query.close()
        ingest.close()
      },
    })
    .add('gateway', {
      async start() {
        const snapshots = await DirectoryStore.open(join(config.data, 'snapshots'))
        const jobs = new Jobs(store)
        service = await startGateway({
          bus,
          jobs,
          snapshots,
          query,
          ingest,
          logger,
          metrics: new Metrics(),
          settings,
        })
      },
      stop: () => service?.stop(),
    })
  return lifecycle.run()
}

if (process.argv.includes('--help')) console.log(gatewayHelp())
else process.exitCode = await main()
