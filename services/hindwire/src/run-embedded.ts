import { dissectorConfig } from '@hindwire/dissector/config.ts'
import { gatewaySettings } from '@hindwire/gateway/config.ts'
import { Lifecycle } from '@hindwire/service-kit/lifecycle.ts'
import { type Logger, createLogger } from '@hindwire/service-kit/logger.ts'

import { commandConfig } from './config.ts'
import { Embedded } from './embedded.ts'

/** Options that `serve` and `start` share; they go before the environment. */
export interface ServeOptions {
  readonly data?: string
  readonly host?: string
  readonly port?: number
  readonly workers?: number
  readonly verbose?: boolean
}

export interface Running {
  readonly embedded: Embedded
  readonly logger: Logger
  /** Asks everything to stop. */
  readonly stop: () => void
}

/**
 * Runs all services until a signal, or until `then` asks to stop.
 * @param then what to do once everything is up; when it throws, everything stops and the error comes out
 */
export async function runEmbedded(options: ServeOptions, then: (running: Running) => Promise<void>): Promise<number> {
  const config = commandConfig()
  const level = options.verbose === true ? 'debug' : (config.logLevel ?? 'warn')
  const logger = createLogger({ service: 'hindwire', level })
  const gateway = gatewaySettings()
  const embedded = new Embedded({
    data: options.data ?? config.data,
    temporary: config.temporary,
    workers: options.workers ?? dissectorConfig().workers,
    maxInserts: config.ingestMaxInserts,
    gateway: { ...gateway, host: options.host ?? gateway.host, port: options.port ?? gateway.port },
    logger,
  })
  let failure: unknown = null
  const onStartFailure = (error: unknown): void => void (failure = error)
  const lifecycle = new Lifecycle({ logger, onStartFailure })
  embedded.addTo(lifecycle)
  const stop = (): void => lifecycle.requestStop()
  lifecycle.add('work', {
    start() {
      void watch(embedded.failed, (error) => {
        failure = error
        stop()
      })
      void then({ embedded, logger, stop }).catch((error: unknown) => {
        failure = error
        stop()
      })
    },
  })
  const code = await lifecycle.run()
  if (failure !== null) throw failure
  return code
}

async function watch(failed: Promise<Error | null>, onFailure: (error: Error) => void): Promise<void> {
  const error = await failed
  if (error !== null) onFailure(error)
}
