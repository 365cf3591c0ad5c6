import type { JobRef } from './job.ts'

/** Work queues, and what their messages say (JSON). */
export const Queue = {
  /** Commands: plan a dissection. */
  Dissections: 'dissections',
  /** Work items: dissect one shard. */
  Shards: 'shards',
} as const

/** A dissection that waits to be planned. The job record has the rest. */
export type DissectCommand = JobRef

/** One shard of a planned dissection. */
export interface ShardItem extends JobRef {
  readonly attempt: number
  readonly shard: number
  readonly shards: number
}
