/** Query as a process of its own. */
import { Lifecycle } from '@hindwire/service-kit/lifecycle.ts'
import { createLogger } from '@hindwire/service-kit/logger.ts'
import { Metrics } from '@hindwire/service-kit/metrics.ts'
import { openClient } from '@hindwire/store/client.ts'

import { queryConfig, queryHelp } from './config.ts'
import { type QueryService, startQuery } from './service.ts'

async function main(): Promise<number> {
  const config = queryConfig()
  const logger = createLogger({ service: 'query', level: config.logLevel })
  const store = openClient({
    url: config.clickhouseUrl,
    database: config.clickhouseDatabase,
    username: config.clickhouseReadUser,
    password: config.clickhouseReadPassword ?? '',
  })
  let service: QueryService | null = null
  const lifecycle = new Lifecycle({ logger }).add('store', { stop: () => store.close() }).add('query', {
    async start() {
      service = await startQuery({
        store,
        logger,
        metrics: new Metrics(),
        address: config.queryAddress,
        limits: { executionTime: config.queryMaxSeconds, resultBytes: config.queryMaxResultBytes },
      })
    },
    stop: () => service?.stop(),
  })
  return lifecycle.run()
}

if (process.argv.includes('--help')) console.log(queryHelp())
else process.exitCode = await main()
