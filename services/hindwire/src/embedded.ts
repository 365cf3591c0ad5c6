import { mkdtemp, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'

import { hasEnded } from '@hindwire/bus/job.ts'
import { Jobs } from '@hindwire/bus/jobs.ts'
import { SqliteBus } from '@hindwire/bus/sqlite-bus.ts'
import { SqliteDatabase } from '@hindwire/bus/sqlite-database.ts'
import { SqliteJobStore } from '@hindwire/bus/sqlite-job-store.ts'
import { type DissectorService, startDissector } from '@hindwire/dissector/service.ts'
import { buildCatalogue } from '@hindwire/entries/build-catalogue.ts'
import { type GatewayService, startGateway } from '@hindwire/gateway/service.ts'
import type { GatewaySettings } from '@hindwire/gateway/settings.ts'
import { type IngestService, startIngest } from '@hindwire/ingest/service.ts'
import { protocols } from '@hindwire/protocols/registry.ts'
import { DEFAULT_LIMITS } from '@hindwire/query/context.ts'
import { type QueryService, startQuery } from '@hindwire/query/service.ts'
import { connect } from '@hindwire/rpc/client.ts'
import { Ingest } from '@hindwire/rpc/gen/hindwire/v1/ingest_pb.ts'
import { Query } from '@hindwire/rpc/gen/hindwire/v1/query_pb.ts'
import type { Lifecycle } from '@hindwire/service-kit/lifecycle.ts'
import type { Logger } from '@hindwire/service-kit/logger.ts'
import { Metrics } from '@hindwire/service-kit/metrics.ts'
import { DirectoryStore } from '@hindwire/snapshots/directory-store.ts'
import { type EmbeddedServer, startEmbedded } from '@hindwire/store/embedded-server.ts'
import { type Store, openStore } from '@hindwire/store/store.ts'

export interface EmbeddedSettings {
  readonly data: string
  /** Directory for the sockets between the services. */
  readonly temporary: string
  readonly workers: number
  readonly maxInserts: number
  readonly gateway: GatewaySettings
  readonly logger: Logger
}

/**
 * All services in one process: ClickHouse as a child process, bus and job state in SQLite, gRPC over sockets. The parts
 * are started and stopped by the lifecycle, in order.
 */
export class Embedded {
  readonly #settings: EmbeddedSettings
  readonly #metrics = new Metrics()
  #engine: EmbeddedServer | null = null
  #store: Store | null = null
  #gateway: GatewayService | null = null

  constructor(settings: EmbeddedSettings) {
    this.#settings = settings
  }

  /** Address of the gateway; once started. */
  get address(): string {
    return started(this.#gateway).address
  }

  /** The database, for questions that the REST contract does not have. */
  get store(): Store {
    return started(this.#store)
  }

  /** Resolves when the database has crashed too often to go on. */
  get failed(): Promise<Error | null> {
    return started(this.#engine).exited
  }

  addTo(lifecycle: Lifecycle): void {
    const data = resolve(this.#settings.data)
    const { logger } = this.#settings
    const log = ({ level, message }: { level: 'info' | 'warn' | 'error'; message: string }): void => {
      // What goes well is of no interest to whoever opens a capture.
      if (level === 'info') logger.debug(message)
      else logger[level](message)
    }
    lifecycle
      .add('clickhouse', {
        start: async () => {
          this.#engine = await startEmbedded({ dataDir: data, log })
        },
        stop: () => this.#engine?.stop(),
      })
      .add('store', {
        start: async () => {
          const { connections } = started(this.#engine)
          this.#store = openStore({ connections, columns: buildCatalogue(protocols).columns.values(), log })
          await this.#store.migrate()
        },
        stop: () => this.#store?.close(),
      })
    this.#addServices(lifecycle, data)
  }

  #addServices(lifecycle: Lifecycle, data: string): void {
    const { logger, temporary, gateway, workers, maxInserts } = this.#settings
    const metrics = this.#metrics
    const database = new LateValue<SqliteDatabase>()
    const bus = new LateValue<SqliteBus>()
    const jobs = new LateValue<Jobs>()
    const sockets = new LateValue<string>()
    const ingest = new LateValue<IngestService>()
    const query = new LateValue<QueryService>()
    const dissector = new LateValue<DissectorService>()
    const clients = new LateValue<{ ingest: ReturnType<typeof ingestClient>; query: ReturnType<typeof queryClient> }>()
    const snapshots = new LateValue<DirectoryStore>()
    lifecycle
      .add('state', {
        start: async () => {
          const db = database.set(new SqliteDatabase(join(data, 'state.sqlite')))
          bus.set(new SqliteBus(db))
          jobs.set(new Jobs(new SqliteJobStore(db)))
          snapshots.set(await DirectoryStore.open(join(data, 'snapshots')))
          await this.#dropOrphans(jobs.value)
        },
        stop: async () => {
          await bus.value.close()
          database.value.close()
        },
      })
      .add('sockets', {
        start: async () => void sockets.set(await mkdtemp(join(temporary, 'hindwire-'))),
        stop: () => rm(sockets.value, { recursive: true, force: true }),
      })
      .add('ingest', {
        start: async () => {
          const address = `unix:${join(sockets.value, 'ingest')}`
          ingest.set(await startIngest({ store: started(this.#store), logger, metrics, address, maxInserts }))
        },
        stop: () => ingest.value.stop(),
      })
      .add('query', {
        start: async () => {
          const address = `unix:${join(sockets.value, 'query')}`
          const catalogue = buildCatalogue(protocols)
          const store = started(this.#store).ro
          query.set(await startQuery({ store, catalogue, logger, metrics, address, limits: DEFAULT_LIMITS }))
        },
        stop: () => query.value.stop(),
      })
      .add('clients', {
        start: () => void clients.set({ ingest: ingestClient(ingest.value), query: queryClient(query.value) }),
        stop: () => {
          clients.value.ingest.close()
          clients.value.query.close()
        },
      })
      .add('dissector', {
        start: async () => {
          const { schemaVersion } = started(this.#store)
          const context = {
            bus: bus.value,
            jobs: jobs.value,
            snapshots: snapshots.value,
            schemaVersion,
            workers,
            logger,
          }
          dissector.set(await startDissector({ ...context, ingest: clients.value.ingest }))
        },
        stop: () => dissector.value.stop(),
      })
      .add('gateway', {
        start: async () => {
          const context = { bus: bus.value, jobs: jobs.value, snapshots: snapshots.value, logger, metrics }
          this.#gateway = await startGateway({ ...context, ...clients.value, settings: gateway })
        },
        stop: () => this.#gateway?.stop(),
      })
  }

  /** Rows of deletions that a crash has interrupted. Those of jobs that go on now stay. */
  async #dropOrphans(jobs: Jobs): Promise<void> {
    const active = (await jobs.list()).filter((job) => !hasEnded(job.status))
    await started(this.#store).dropOrphans(active.map((job) => job.id))
  }
}

function ingestClient(service: IngestService) {
  return connect(Ingest, service.address)
}

function queryClient(service: QueryService) {
  return connect(Query, service.address)
}

function started<T>(part: T | null): T {
  if (part === null) throw new Error('not started')
  return part
}

/** A value that a part of the lifecycle makes when it starts, and that later parts use. */
class LateValue<T> {
  #value: T | undefined

  set(value: T): T {
    this.#value = value
    return value
  }

  get value(): T {
    if (this.#value === undefined) throw new Error('not started')
    return this.#value
  }
}
