import { checkName } from '@hindwire/service-kit/check-name.ts'

import type { StoredValue } from './job-store.ts'
import type { Job, JobRef, ShardProgress, Stage } from './job.ts'

/*
 * Where jobs are in the job store:
 *
 *     counter.dissection                                              number of the newest dissection
 *     dissection.<snapshot>.<name>.record                             the job
 *     dissection.<snapshot>.<name>.shard.<attempt>.<stage>.<number>   progress of a work item
 */

export const COUNTER = 'counter.dissection'

const RECORD = 'record'

/** A job with the progress of its work items. */
export interface Found {
  readonly job: Job
  readonly shards: ShardProgress[]
}

/** Puts records and the progress of their running attempt together. */
export function gather(values: Iterable<StoredValue>): Found[] {
  const jobs = new Map<string, Found>()
  const shards: { readonly of: string; readonly attempt: number; readonly stored: StoredValue }[] = []
  for (const stored of values) {
    const [, snapshot, name, kind, attempt] = stored.key.split('.')
    const of = `${snapshot}.${name}`
    if (kind === RECORD) jobs.set(of, { job: parse(stored), shards: [] })
    else shards.push({ of, attempt: Number(attempt), stored })
  }
  for (const { of, attempt, stored } of shards) {
    const found = jobs.get(of)
    if (found?.job.attempt === attempt) found.shards.push(JSON.parse(stored.value) as ShardProgress)
  }
  return [...jobs.values()]
}

/** A name as one token of a key: dots separate tokens, and `=` stands in no name. */
function token(what: string, name: string): string {
  checkName(what, name)
  return name.replaceAll('.', '=')
}

export function prefixOf(snapshot: string, name: string): string {
  return `dissection.${token('snapshot', snapshot)}.${token('dissection', name)}.`
}

export function recordKey(snapshot: string, name: string): string {
  return prefixOf(snapshot, name) + RECORD
}

export function parse(stored: StoredValue): Job {
  return JSON.parse(stored.value) as Job
}

/** Key of a work item's progress. */
export function shardKey(ref: JobRef & { readonly attempt: number }, stage: Stage, shard: number): string {
  return `${prefixOf(ref.snapshot, ref.name)}shard.${ref.attempt}.${stage}.${shard}`
}

/** Prefix of all jobs of a snapshot, or of all. */
export function snapshotPrefix(snapshot?: string): string {
  return snapshot === undefined ? 'dissection.' : `dissection.${token('snapshot', snapshot)}.`
}
