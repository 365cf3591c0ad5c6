import { hasEnded, type Job } from '@hindwire/bus/job.ts'
import { type DissectCommand, Queue } from '@hindwire/bus/queues.ts'

import type { GatewayContext } from '../context.ts'

type Parts = Pick<GatewayContext, 'bus' | 'jobs' | 'ingest' | 'logger'>

/** Tells the dissectors that a job waits. Told twice, they plan it once. */
export async function publishCommand({ bus }: Parts, { id, snapshot, name, attempt }: Job): Promise<void> {
  const command: DissectCommand = { id, snapshot, name }
  await bus.publish(Queue.Dissections, JSON.stringify(command), { dedupId: `dissect/${id}/${attempt}` })
}

/** Removes the rows of a job that failed or was cancelled. Late rows are refused by ingest from then on. */
export async function cleanUp({ jobs, ingest }: Parts, job: Job): Promise<void> {
  await ingest.drop({ dissection: job.id })
  await jobs.markClean(job)
}

/**
 * Takes a dissection away: stopped when it runs, its rows dropped, its name free again. May be repeated after a failure
 * on the way.
 * @throws AppError `unknown_dissection` (404)
 */
export async function removeDissection(parts: Parts, snapshot: string, name: string): Promise<void> {
  const { jobs, ingest } = parts
  const found = await jobs.find(snapshot, name)
  const job = found?.deleting === true ? found : await jobs.requestDelete(snapshot, name)
  await ingest.drop({ dissection: job.id })
  await jobs.remove(job)
}

/** Finishes what a gateway that was killed has begun: removals, and commands that were not sent. */
export async function finishInterrupted(parts: Parts): Promise<void> {
  for (const job of await parts.jobs.list()) if (job.status === 'pending') await publishCommand(parts, job)
  await finishRemovals(parts)
}

/** Removes what is due: rows of jobs that were cancelled, failed or deleted while ingest was not there. */
export async function finishRemovals(parts: Parts): Promise<void> {
  for (const job of await parts.jobs.listDue()) {
    const { snapshot, name } = job
    try {
      if (job.deleting) await removeDissection(parts, snapshot, name)
      else if (hasEnded(job.status)) await cleanUp(parts, job)
    } catch (error) {
      parts.logger.warn({ err: error, snapshot, name }, 'rows of a dissection could not be removed; trying again later')
    }
  }
}
