import type { Consumer, Message } from '@hindwire/bus/bus.ts'
import type { JobRef } from '@hindwire/bus/job.ts'
import { Queue } from '@hindwire/bus/queues.ts'

import type { DissectorContext } from './context.ts'
import { failJob } from './handlers/complete.ts'
import { planDissection } from './handlers/plan.ts'
import { dissectShardItem } from './handlers/shard.ts'

export interface DissectorService {
  /** Hands unfinished work back and stops. */
  stop(graceMs?: number): Promise<void>
}

/** Starts taking commands and shards. */
export async function startDissector(context: DissectorContext): Promise<DissectorService> {
  const onDeadLetter = async (message: Message, reason: string): Promise<void> => {
    const ref = JSON.parse(new TextDecoder().decode(message.body)) as JobRef
    await failJob(context, ref, `The dissection was given up after ${message.attempt} attempts: ${reason}`)
  }
  const onRetry = (message: Message, error: unknown): void => {
    context.logger.warn({ queue: message.queue, attempt: message.attempt, err: error }, 'work will be tried again')
  }
  const consumers: Consumer[] = [
    await context.bus.consume(Queue.Dissections, (delivery) => planDissection(context, delivery), {
      concurrency: 2,
      onDeadLetter,
      onRetry,
    }),
    await context.bus.consume(Queue.Shards, (delivery) => dissectShardItem(context, delivery), {
      concurrency: context.workers,
      onDeadLetter,
      onRetry,
    }),
  ]
  return {
    async stop(graceMs) {
      await Promise.all(consumers.map((consumer) => consumer.stop(graceMs)))
    },
  }
}
