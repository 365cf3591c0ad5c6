import type { Job, JobRef } from '@hindwire/bus/job.ts'
import type { ShardItem } from '@hindwire/bus/queues.ts'
import { AppError } from '@hindwire/service-kit/app-error.ts'

import type { DissectorContext } from '../context.ts'

/** The last shard that is done makes the rows visible and ends the job. Safe to repeat, and to race. */
export async function completeIfDone(context: DissectorContext, item: ShardItem): Promise<void> {
  const { jobs, ingest } = context
  let job = await jobs.find(item.snapshot, item.name)
  if (!isCurrent(job, item)) return
  const shards = await jobs.shards(job)
  if (shards.filter((shard) => shard.done).length < item.shards) return
  try {
    if (job.status === 'running') job = await jobs.transition(job, 'uploading')
    const packets = shards.reduce((sum, shard) => sum + shard.packets, 0)
    if (packets === 0 && shards.some((shard) => shard.errors.length > 0)) {
      await failJob(context, job, 'Nothing could be read of this snapshot.')
      return
    }
    const entries = shards.reduce((sum, shard) => sum + shard.entries, 0)
    const { id: dissection, snapshot, name } = job
    const sealed = await ingest.seal({ dissection, snapshot, name, expectedRows: BigInt(entries) })
    await jobs.transition(job, 'completed', {
      firstTimeUs: sealed.firstTimeUs === undefined ? null : Number(sealed.firstTimeUs),
      lastTimeUs: sealed.lastTimeUs === undefined ? null : Number(sealed.lastTimeUs),
    })
    context.logger.info({ snapshot, name, entries }, 'dissection completed')
  } catch (error) {
    // Another worker was faster, or the job was cancelled in between: then it is no longer ours to complete.
    if (!(error instanceof AppError) || error.code !== 'wrong_state') throw error
  }
}

function isCurrent(job: Job | null, item: ShardItem): job is Job {
  if (job === null || job.id !== item.id || job.attempt !== item.attempt) return false
  return job.status === 'running' || job.status === 'uploading'
}

/** Ends a job as failed, with the reason, and removes its rows. */
export async function failJob(context: DissectorContext, ref: JobRef, message: string): Promise<void> {
  const { jobs, ingest, logger } = context
  try {
    await jobs.transition(ref, 'failed', { error: { message } })
    logger.warn({ snapshot: ref.snapshot, name: ref.name, reason: message }, 'dissection failed')
  } catch (error) {
    if (!(error instanceof AppError) || (error.code !== 'wrong_state' && error.code !== 'unknown_dissection'))
      throw error
    return
  }
  await ingest.drop({ dissection: ref.id })
  await jobs.markClean(ref)
}
