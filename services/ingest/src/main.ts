/** Ingest as a process of its own. */
import { buildCatalogue } from '@hindwire/entries/build-catalogue.ts'
import { protocols } from '@hindwire/protocols/registry.ts'
import { Lifecycle } from '@hindwire/service-kit/lifecycle.ts'
import { createLogger } from '@hindwire/service-kit/logger.ts'
import { Metrics } from '@hindwire/service-kit/metrics.ts'
import { openStore } from '@hindwire/store/store.ts'

import { ingestConfig, ingestHelp } from './config.ts'
import { type IngestService, startIngest } from './service.ts'

async function main(): Promise<number> {
  const config = ingestConfig()
  const logger = createLogger({ service: 'ingest', level: config.logLevel })
  const connection = {
    url: config.clickhouseUrl,
    database: config.clickhouseDatabase,
    username: config.clickhouseUser,
    password: config.clickhousePassword ?? '',
  }
  const store = openStore({
    connections: { rw: connection, ro: connection },
    columns: buildCatalogue(protocols).columns.values(),
    log: ({ level, message }) => logger[level](message),
  })
  let service: IngestService | null = null
  const lifecycle = new Lifecycle({ logger })
    .add('store', {
      async start() {
        await store.migrate()
      },
      stop: () => store.close(),
    })
    .add('ingest', {
      async start() {
        const { ingestAddress: address, ingestMaxInserts: maxInserts } = config
        service = await startIngest({ store, logger, metrics: new Metrics(), address, maxInserts })
      },
      stop: () => service?.stop(),
    })
  return lifecycle.run()
}

if (process.argv.includes('--help')) console.log(ingestHelp())
else process.exitCode = await main()
