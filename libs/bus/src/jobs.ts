import { AppError } from '@hindwire/service-kit/app-error.ts'

import { COUNTER, type Found, gather, parse, prefixOf, recordKey, shardKey, snapshotPrefix } from './job-records.ts'
import { addUp, type JobListItem, type JobStatusObject, progressOf, toListItem, toStatusObject } from './job-status.ts'
import type { JobStore, StoredValue } from './job-store.ts'
import {
  hasEnded,
  type Job,
  type JobPatch,
  type JobRef,
  type JobStatus,
  MAX_ERRORS,
  newJob,
  type ShardProgress,
  step,
} from './job.ts'

/** Attempts of one compare-and-set loop: far more than there can be writers of one job. */
const MAX_RACES = 100

/**
 * Dissection jobs: their records, their states, and how far they are. All of Hindwire's processes share them through
 * the job store; every change is a compare-and-set, so that no two of them overwrite each other.
 *
 * Errors are AppErrors: `invalid_name` (400), `unknown_dissection` (404), `dissection_exists`, `wrong_state` (409).
 */
export class Jobs {
  readonly #store: JobStore

  constructor(store: JobStore) {
    this.#store = store
  }

  /** A new job in `pending`, with a number that was never used before. */
  async create(given: Pick<Job, 'snapshot' | 'name' | 'options' | 'files' | 'bytes'>): Promise<Job> {
    const key = recordKey(given.snapshot, given.name)
    await this.#refuseExisting(key, given)
    const job = newJob({ ...given, id: await this.#nextId() }, given, new Date())
    try {
      await this.#store.create(key, JSON.stringify(job))
    } catch (error) {
      if (!isConflict(error)) throw error
      await this.#refuseExisting(key, given)
      throw error
    }
    return job
  }

  async get(snapshot: string, name: string): Promise<Job> {
    const job = await this.find(snapshot, name)
    if (job === null || job.deleting) throw unknownDissection(snapshot, name)
    return job
  }

  /** Also one that is being deleted; null when there is none. */
  async find(snapshot: string, name: string): Promise<Job | null> {
    const stored = await this.#store.get(recordKey(snapshot, name))
    return stored === null ? null : parse(stored)
  }

  /** By snapshot and name; those that are being deleted are left out. */
  async list(snapshot?: string): Promise<Job[]> {
    return (await this.#all(snapshot)).map(({ job }) => job).filter((job) => !job.deleting)
  }

  /** `GET /mcp/dissections`. */
  async listItems(snapshot?: string): Promise<JobListItem[]> {
    const all = await this.#all(snapshot)
    return all.filter(({ job }) => !job.deleting).map(({ job, shards }) => toListItem(job, shards))
  }

  /** Jobs that have something to be removed: failed and cancelled ones not cleaned up, and those being deleted. */
  async listDue(): Promise<Job[]> {
    return (await this.#all()).map(({ job }) => job).filter((job) => job.cleanupDue || job.deleting)
  }

  async status(snapshot: string, name: string): Promise<JobStatusObject> {
    const [found] = await this.#under(prefixOf(snapshot, name))
    if (found === undefined || found.job.deleting) throw unknownDissection(snapshot, name)
    return toStatusObject(found.job, found.shards)
  }

  /**
   * Moves a job on. An end also stores what was done (`totals`), and forgets the progress of single work items.
   * @throws AppError `wrong_state`; `unknown_dissection` also when the name now belongs to another job
   */
  async transition(ref: JobRef, to: JobStatus, patch: JobPatch = {}): Promise<Job> {
    const end = hasEnded(to) ? await this.#result(ref) : {}
    const job = await this.#change(ref, (job) => step(job, to, { ...end, ...patch }, new Date()))
    if (hasEnded(to) || to === 'pending') await this.#forgetShards(ref)
    return job
  }

  /** Changes facts of a job without changing its state. */
  async patch(ref: JobRef, patch: JobPatch): Promise<Job> {
    const { error, ...changes } = patch
    const errors = (job: Job) => (error === undefined ? job.errors : [...job.errors, error].slice(-MAX_ERRORS))
    return this.#change(ref, (job) => ({ ...job, ...changes, errors: errors(job) }))
  }

  /** Ends an active job as `cancelled`; workers learn of it through `cancellation`. */
  async cancel(snapshot: string, name: string): Promise<Job> {
    return this.transition(await this.get(snapshot, name), 'cancelled')
  }

  /** Takes a job from users' sight, cancelled when it was active. Its rows are dropped, then `remove` is called. */
  async requestDelete(snapshot: string, name: string): Promise<Job> {
    const ref = await this.get(snapshot, name)
    return this.#change(ref, (job) => {
      const ended = hasEnded(job.status) ? job : step(job, 'cancelled', {}, new Date())
      return { ...ended, deleting: true }
    })
  }

  /** Its rows and files are gone. */
  async markClean(ref: JobRef): Promise<void> {
    await this.#change(ref, (job) => ({ ...job, cleanupDue: false }))
  }

  /** Forgets the job: the name is free again. Removing what is gone succeeds. */
  async remove(ref: JobRef): Promise<void> {
    const stored = await this.#store.get(recordKey(ref.snapshot, ref.name))
    if (stored === null || parse(stored).id !== ref.id) return
    await this.#forgetShards(ref)
    await this.#store.delete(stored.key, stored.revision)
  }

  /** Says how far a work item is. Of an attempt that is over, nothing is kept. */
  async report(ref: JobRef & { readonly attempt: number }, progress: ShardProgress): Promise<void> {
    const job = await this.find(ref.snapshot, ref.name)
    if (job === null || job.id !== ref.id || job.attempt !== ref.attempt || hasEnded(job.status)) return
    const { stage, shard } = progress
    await this.#store.put(shardKey(ref, stage, shard), JSON.stringify(progress))
  }

  /** Progress of the work items of a job that has not ended, by stage and number. */
  async shards(ref: JobRef): Promise<ShardProgress[]> {
    const [found] = await this.#under(prefixOf(ref.snapshot, ref.name))
    return found?.job.id === ref.id ? found.shards : []
  }

  /** The status object now and at each change, until the job has ended or is gone. For Server-Sent Events. */
  async *watch(snapshot: string, name: string, signal?: AbortSignal): AsyncGenerator<JobStatusObject> {
    await this.get(snapshot, name)
    const values = new Map<string, StoredValue>()
    let current = false
    let last = ''
    for await (const change of this.#store.watch(prefixOf(snapshot, name), signal === undefined ? {} : { signal })) {
      if (change.kind === 'current') current = true
      else if (change.kind === 'put') values.set(change.key, change)
      else values.delete(change.key)
      if (!current) continue
      const [found] = gather(values.values())
      if (found === undefined || found.job.deleting) return
      const status = toStatusObject(found.job, found.shards)
      const text = JSON.stringify(status)
      if (text !== last) yield status
      last = text
      if (hasEnded(found.job.status)) return
    }
  }

  /**
   * A signal that is aborted when work on this attempt has become pointless: the job was cancelled, deleted, failed,
   * completed or started over. Close it when the work is done.
   */
  cancellation(ref: JobRef & { readonly attempt: number }): { readonly signal: AbortSignal; close(): void } {
    const work = new AbortController()
    const watch = this.#store.watch(prefixOf(ref.snapshot, ref.name))
    const close = () => void watch.return?.()
    const key = recordKey(ref.snapshot, ref.name)
    const follow = async () => {
      let seen: Job | null = null
      for await (const change of watch) {
        if (change.kind === 'put' && change.key === key) seen = parse(change)
        if (change.kind === 'delete' && change.key === key) seen = null
        if (change.kind !== 'current' && change.key !== key) continue
        if (seen?.id === ref.id && seen.attempt === ref.attempt && !hasEnded(seen.status)) continue
        work.abort(new AppError('cancelled', 499, `The dissection is ${seen?.status ?? 'gone'}.`))
        return
      }
    }
    follow().catch((error: unknown) => work.abort(error))
    return { signal: work.signal, close }
  }

  async #nextId(): Promise<number> {
    for (let i = 0; i < MAX_RACES; i += 1) {
      const stored = await this.#store.get(COUNTER)
      const id = stored === null ? 1 : Number(stored.value) + 1
      try {
        if (stored === null) await this.#store.create(COUNTER, String(id))
        else await this.#store.update(COUNTER, String(id), stored.revision)
        return id
      } catch (error) {
        if (!isConflict(error)) throw error
      }
    }
    throw tooManyRaces()
  }

  async #change(ref: JobRef, how: (job: Job) => Job): Promise<Job> {
    for (let i = 0; i < MAX_RACES; i += 1) {
      const stored = await this.#store.get(recordKey(ref.snapshot, ref.name))
      const job = stored === null ? null : parse(stored)
      if (stored === null || job?.id !== ref.id) throw unknownDissection(ref.snapshot, ref.name)
      const changed = how(job)
      try {
        await this.#store.update(stored.key, JSON.stringify(changed), stored.revision)
        return changed
      } catch (error) {
        if (!isConflict(error)) throw error
      }
    }
    throw tooManyRaces()
  }

  async #result(ref: JobRef): Promise<JobPatch> {
    const [found] = await this.#under(prefixOf(ref.snapshot, ref.name))
    if (found === undefined || found.job.totals !== null) return {}
    const totals = addUp(found.shards)
    return { totals, lastProgress: progressOf(found.job, totals) }
  }

  async #refuseExisting(key: string, { snapshot, name }: Pick<Job, 'snapshot' | 'name'>): Promise<void> {
    const stored = await this.#store.get(key)
    if (stored === null) return
    const { status, deleting } = parse(stored)
    const text = deleting
      ? `The dissection "${snapshot}/${name}" is still being deleted. Try again shortly.`
      : `There is a dissection "${snapshot}/${name}" already (${status}). Delete it, or choose another name.`
    throw new AppError('dissection_exists', 409, text, { details: { status } })
  }

  async #forgetShards(ref: JobRef): Promise<void> {
    const stored = await this.#store.list(`${prefixOf(ref.snapshot, ref.name)}shard.`)
    for (const { key } of stored) await this.#store.delete(key)
  }

  async #all(snapshot?: string): Promise<Found[]> {
    return this.#under(snapshotPrefix(snapshot))
  }

  async #under(prefix: string): Promise<Found[]> {
    return gather(await this.#store.list(prefix))
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof AppError && error.code === 'revision_conflict'
}

function unknownDissection(snapshot: string, name: string): AppError {
  return new AppError('unknown_dissection', 404, `There is no dissection "${snapshot}/${name}".`)
}

function tooManyRaces(): AppError {
  return new AppError('too_many_writers', 503, 'Too many writers change the same job. Try again.')
}
