import type { Delivery } from '@hindwire/bus/bus.ts'
import { hasEnded, type Job } from '@hindwire/bus/job.ts'
import { type DissectCommand, Queue, type ShardItem } from '@hindwire/bus/queues.ts'

import type { DissectorContext } from '../context.ts'

/** Below this size a thread of its own costs more than it brings, bytes per shard. */
const SMALLEST_SHARD = 8 << 20

/**
 * Plans a dissection: looks at the snapshot, decides on the number of shards, and publishes one work item each. Safe to
 * repeat: the plan is written once, and items have names that the bus knows duplicates by.
 */
export async function planDissection(context: DissectorContext, delivery: Delivery): Promise<void> {
  const command = JSON.parse(delivery.text()) as DissectCommand
  const { jobs } = context
  let job = await jobs.find(command.snapshot, command.name)
  if (job === null || job.id !== command.id || hasEnded(job.status)) return delivery.ack()
  if (job.status === 'pending') job = await jobs.transition(job, 'downloading')
  if (job.status === 'downloading') {
    const shards = Math.max(1, Math.min(context.workers, Math.floor(job.bytes / SMALLEST_SHARD)))
    job = await jobs.transition(job, 'running', { shards })
  }
  await publishShards(context, job)
  context.logger.info({ snapshot: job.snapshot, name: job.name, shards: job.shards }, 'dissection planned')
  return delivery.ack()
}

async function publishShards(context: DissectorContext, job: Job): Promise<void> {
  const { id, snapshot, name, attempt, shards } = job
  for (let shard = 0; shard < shards; shard++) {
    const item: ShardItem = { id, snapshot, name, attempt, shard, shards }
    await context.bus.publish(Queue.Shards, JSON.stringify(item), { dedupId: `${id}/${attempt}/${shard}` })
  }
}
