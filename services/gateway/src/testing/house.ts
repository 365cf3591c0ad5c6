/** A gateway with everything behind it, for tests: real services over unix sockets, and a dissector that is told what to do. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { Delivery } from '@hindwire/bus/bus.ts'
import type { Job, JobStatus } from '@hindwire/bus/job.ts'
import { Jobs } from '@hindwire/bus/jobs.ts'
import { type DissectCommand, Queue } from '@hindwire/bus/queues.ts'
import { SqliteBus } from '@hindwire/bus/sqlite-bus.ts'
import { SqliteDatabase } from '@hindwire/bus/sqlite-database.ts'
import { SqliteJobStore } from '@hindwire/bus/sqlite-job-store.ts'
import { buildCatalogue } from '@hindwire/entries/build-catalogue.ts'
import { startIngest } from '@hindwire/ingest/service.ts'
import { pcapFile } from '@hindwire/packets/capture-writer.ts'
import { protocols } from '@hindwire/protocols/registry.ts'
import { startQuery } from '@hindwire/query/service.ts'
import { BatchWriter } from '@hindwire/rpc/batch-writer.ts'
import { connect } from '@hindwire/rpc/client.ts'
import { Ingest } from '@hindwire/rpc/gen/hindwire/v1/ingest_pb.ts'
import { Query } from '@hindwire/rpc/gen/hindwire/v1/query_pb.ts'
import { dissectShard } from '@hindwire/runner/dissect-shard.ts'
import { createLogger } from '@hindwire/service-kit/logger.ts'
import { Metrics } from '@hindwire/service-kit/metrics.ts'
import { DirectoryStore } from '@hindwire/snapshots/directory-store.ts'
import { startTemporaryStore } from '@hindwire/store/temporary-store.ts'
import { TcpSession } from '@hindwire/testkit/tcp-session.ts'

import type { GatewayContext } from '../context.ts'
import { startGateway } from '../service.ts'
import { DEFAULT_SETTINGS, type GatewaySettings } from '../settings.ts'

export interface House {
  readonly address: string
  readonly context: GatewayContext
  /** Another gateway on the same services. */
  gateway(settings: Partial<GatewaySettings>): Promise<{ address: string; stop(graceMs?: number): Promise<void> }>
  /** Waits for the next command and takes its job to the states named, writing rows on the way to `completed`. */
  dissect(...states: readonly JobStatus[]): Promise<Job>
  stop(): Promise<void>
}

export async function openHouse(settings: Partial<GatewaySettings> = {}): Promise<House> {
  const dir = await mkdtemp(join(tmpdir(), 'hw-gateway-'))
  const columns = [...buildCatalogue(protocols).columns.values()]
  const temporary = await startTemporaryStore({ columns })
  const { store } = temporary
  const logger = createLogger({ service: 'gateway', level: 'silent' })
  const metrics = new Metrics({ runtime: false })
  const ingestService = await startIngest({ store, logger, metrics, address: `unix:${dir}/i.sock`, maxInserts: 2 })
  const queryService = await startQuery({ store: store.ro, logger, metrics, address: `unix:${dir}/q.sock` })
  const ingest = connect(Ingest, ingestService.address)
  const query = connect(Query, queryService.address)
  const database = new SqliteDatabase(join(dir, 'state.sqlite'))
  const bus = new SqliteBus(database)
  const jobs = new Jobs(new SqliteJobStore(database))
  const snapshots = await DirectoryStore.open(join(dir, 'snapshots'))
  const all = { ...DEFAULT_SETTINGS, port: 0, ...settings }
  const context: GatewayContext = { bus, jobs, snapshots, ingest, query, logger, metrics, settings: all }
  const service = await startGateway(context)
  const commands = new Commands()
  await bus.consume(Queue.Dissections, (delivery) => commands.take(delivery), { onDeadLetter: async () => {} })
  return {
    address: service.address,
    context,
    gateway: (changed) => startGateway({ ...context, settings: { ...all, ...changed } }),
    async dissect(...states) {
      let job = await commands.next(jobs)
      for (const state of states) {
        if (state === 'completed') await writeRows(context, store.schemaVersion, job)
        job = await jobs.transition(job, state)
      }
      return job
    },
    async stop() {
      await service.stop(1000)
      await bus.close(100)
      database.close()
      ingest.close()
      query.close()
      await queryService.stop(500)
      await ingestService.stop(500)
      await temporary.stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** Hands commands of the bus to whoever asks for the next one. */
class Commands {
  readonly #waiting: DissectCommand[] = []
  #arrived = Promise.withResolvers<void>()

  async take(delivery: Delivery): Promise<void> {
    this.#waiting.push(JSON.parse(delivery.text()) as DissectCommand)
    this.#arrived.resolve()
    await delivery.ack()
  }

  /** Commands of jobs that have been stopped or deleted meanwhile are left out, as a dissector leaves them out. */
  async next(jobs: Jobs): Promise<Job> {
    for (;;) {
      const command = this.#waiting.shift()
      const job = command === undefined ? null : await jobs.find(command.snapshot, command.name)
      if (job !== null && job.id === command?.id && job.status === 'pending') return job
      if (command !== undefined) continue
      this.#arrived = Promise.withResolvers()
      await this.#arrived.promise
    }
  }
}

async function writeRows({ snapshots, ingest, jobs }: GatewayContext, schemaVersion: string, job: Job): Promise<void> {
  const { id: dissection, snapshot, name, attempt } = job
  const files = []
  for (const file of (await snapshots.get(snapshot)).files) {
    files.push({ ...file, path: (await snapshots.localPath(snapshot, file.name)) ?? '' })
  }
  const writer = new BatchWriter(ingest)
  const report = await dissectShard(
    { files, shard: 0, shards: 1, dissection },
    {
      block: ({ bytes, rows }, sequence) =>
        writer.write({ dissection, token: `${dissection}/0/${sequence}`, schemaVersion, rows, block: bytes.slice() }),
    },
  )
  await writer.finish()
  await jobs.report(
    { ...job, attempt },
    {
      stage: 'dissect',
      shard: 0,
      done: true,
      bytes: job.bytes,
      packets: report.coverage.packets,
      entries: report.entries,
      protocolCounts: Object.fromEntries(Object.entries(report.protocols).map(([key, { entries }]) => [key, entries])),
      coverage: report.coverage.buckets,
      errors: [],
    },
  )
  await ingest.seal({ dissection, snapshot, name, expectedRows: BigInt(report.entries) })
}

/** A capture of HTTP calls, one per path. */
export function captureOf(...paths: readonly string[]): Buffer {
  const session = new TcpSession().open()
  for (const path of paths) {
    session.client(`GET ${path} HTTP/1.1\r\nhost: shop\r\n\r\n`)
    session.server('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
  }
  return pcapFile(session.close().frames)
}

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly json: Record<string, unknown>
}

/** One HTTP request; the answer must be JSON. */
export async function ask(
  address: string,
  call: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const [method = 'GET', path = '/'] = call.split(' ')
  const raw = body instanceof Uint8Array || typeof body === 'string'
  const response = await fetch(address + path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: raw ? (body as string) : JSON.stringify(body) }),
  })
  return { status: response.status, headers: response.headers, json: (await response.json()) as Reply['json'] }
}
