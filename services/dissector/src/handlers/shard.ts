import type { Delivery } from '@hindwire/bus/bus.ts'
import { hasEnded, type Job, type ShardProgress } from '@hindwire/bus/job.ts'
import type { ShardItem } from '@hindwire/bus/queues.ts'
import { BatchWriter } from '@hindwire/rpc/batch-writer.ts'
import { runShard } from '@hindwire/runner/run-shard.ts'
import type { ShardReport, ShardTask } from '@hindwire/runner/shard-task.ts'
import { AppError } from '@hindwire/service-kit/app-error.ts'

import type { DissectorContext } from '../context.ts'
import { completeIfDone } from './complete.ts'

/** Progress is written to the job store at most this often, ms. */
const REPORT_INTERVAL = 200

/**
 * Dissects one shard and writes its rows. Everything about it is deterministic, batches and their tokens included, so
 * that doing it again after a crash changes nothing.
 */
export async function dissectShardItem(context: DissectorContext, delivery: Delivery): Promise<void> {
  const item = JSON.parse(delivery.text()) as ShardItem
  const job = await context.jobs.find(item.snapshot, item.name)
  if (job === null || job.id !== item.id || job.attempt !== item.attempt || hasEnded(job.status)) return delivery.ack()
  const done = (await context.jobs.shards(job)).some((shard) => shard.shard === item.shard && shard.done)
  if (!done) {
    const cancellation = context.jobs.cancellation(job)
    const signal = AbortSignal.any([cancellation.signal, delivery.signal])
    try {
      await work(context, job, item, delivery, signal)
    } catch (error) {
      if (cancellation.signal.aborted) return await withdraw(context, job, delivery)
      throw error
    } finally {
      cancellation.close()
    }
  }
  await completeIfDone(context, item)
  return delivery.ack()
}

async function work(
  context: DissectorContext,
  job: Job,
  item: ShardItem,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<void> {
  const task = await makeTask(context, job, item)
  const writer = new BatchWriter(context.ingest, { signal })
  const bytes = { read: 0, reported: 0 }
  const heartbeat = setInterval(() => delivery.working(), 5000)
  try {
    const report = await runShard(
      task,
      {
        block: (block, sequence) =>
          writer.write({
            dissection: item.id,
            token: `${item.id}/${item.shard}/${sequence}`,
            schemaVersion: context.schemaVersion,
            rows: block.rows,
            block: block.bytes,
          }),
        progress(progress) {
          bytes.read = progress.bytes
          const now = Date.now()
          if (now - bytes.reported < REPORT_INTERVAL) return
          bytes.reported = now
          const sofar = {
            stage: 'dissect',
            shard: item.shard,
            done: false,
            protocolCounts: {},
            coverage: {},
            errors: [],
          } as const
          context.jobs.report(job, { ...sofar, ...shareOf(progress, item) }).catch(() => null)
        },
      },
      signal,
    )
    await writer.finish()
    await context.jobs.report(job, finalProgress(report, item))
  } catch (error) {
    await writer.abort()
    throw error
  } finally {
    clearInterval(heartbeat)
  }
}

async function makeTask(context: DissectorContext, job: Job, item: ShardItem): Promise<ShardTask> {
  const { snapshots } = context
  const snapshot = await snapshots.get(job.snapshot)
  const files = []
  for (const { name, node, packets } of snapshot.files) {
    const path = await snapshots.localPath(job.snapshot, name)
    if (path === null) throw new AppError('no_local_files', 500, 'This snapshot store has no local files to dissect.')
    files.push({ path, name, node, packets })
  }
  const resolution = await snapshots.getResolution(job.snapshot)
  const { protocols, kfl, maxBodyBytes } = job.options
  return {
    files,
    shard: item.shard,
    shards: item.shards,
    dissection: item.id,
    now: Date.parse(job.createdAt),
    ...(resolution === null ? {} : { resolution }),
    ...(protocols === undefined ? {} : { protocols }),
    ...(kfl === undefined ? {} : { kfl }),
    ...(maxBodyBytes === undefined ? {} : { maxBodyBytes }),
  }
}

/** Every shard reads all files: its share of the snapshot's bytes is what the progress adds up to. */
function shareOf<T extends { readonly bytes: number }>(progress: T, item: ShardItem): T {
  return { ...progress, bytes: Math.floor(progress.bytes / item.shards) }
}

function finalProgress(report: ShardReport, item: ShardItem): ShardProgress {
  const bytes = report.files.reduce((sum, file) => sum + file.bytes, 0)
  // What is wrong with a file is the same for every shard: the first one says it.
  const problems = item.shard === 0 ? report.files : []
  return {
    stage: 'dissect',
    shard: item.shard,
    done: true,
    bytes: Math.floor(bytes / item.shards),
    packets: report.coverage.packets,
    entries: report.entries,
    protocolCounts: Object.fromEntries(
      Object.entries(report.protocols).map(([name, counts]) => [name, counts.entries]),
    ),
    coverage: report.coverage.buckets,
    errors: problems.flatMap((file) => file.problems.map((message) => ({ file: file.name, message }))),
  }
}

/** The job was cancelled or deleted meanwhile: what this shard wrote goes, and its item with it. */
async function withdraw(context: DissectorContext, job: Job, delivery: Delivery): Promise<void> {
  await context.ingest.drop({ dissection: job.id })
  context.logger.info({ snapshot: job.snapshot, name: job.name }, 'dissection withdrawn')
  return delivery.ack()
}
