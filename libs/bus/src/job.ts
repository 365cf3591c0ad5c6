import { AppError } from '@hindwire/service-kit/app-error.ts'

/** States of a dissection, in the words of the REST contract. */
export type JobStatus = 'pending' | 'downloading' | 'running' | 'uploading' | 'completed' | 'failed' | 'cancelled'

/**
 * The state machine. A snapshot of one shard skips `downloading`; an active job goes back to `pending` when its
 * coordinator died and it is started over.
 */
const NEXT: Readonly<Record<JobStatus, readonly JobStatus[]>> = {
  pending: ['downloading', 'running', 'failed', 'cancelled'],
  downloading: ['running', 'pending', 'failed', 'cancelled'],
  running: ['uploading', 'pending', 'failed', 'cancelled'],
  uploading: ['completed', 'pending', 'failed', 'cancelled'],
  completed: [],
  failed: [],
  cancelled: [],
}

export function hasEnded(status: JobStatus): boolean {
  return NEXT[status].length === 0
}

/** Optional members of the request that asks for a dissection. */
export interface JobOptions {
  /** Only these entry protocols. */
  readonly protocols?: readonly string[]
  /** Keep only entries that match. */
  readonly kfl?: string
  /** Largest stored body, bytes. */
  readonly maxBodyBytes?: number
}

/** Something that went wrong without ending the job, or that ended it. */
export interface JobError {
  readonly message: string
  readonly file?: string
  /** Byte in the file. */
  readonly offset?: number
}

/** Names one dissection: another one of the same name, later, has another id. */
export interface JobRef {
  readonly id: number
  readonly snapshot: string
  readonly name: string
}

export interface Job extends JobRef {
  readonly status: JobStatus
  readonly options: JobOptions
  /** From 1; raised when the job is started over. Work of an earlier attempt is void. */
  readonly attempt: number
  readonly files: number
  /** Size of the snapshot's files, bytes. */
  readonly bytes: number
  /** Work items of scatter and of dissection; 0 until they are planned. */
  readonly scatterChunks: number
  readonly shards: number
  readonly errors: readonly JobError[]
  /** What all work items did, once the job has ended. */
  readonly totals: Totals | null
  /** Time of the first and last entry, µs since 1970, once completed. */
  readonly firstTimeUs: number | null
  readonly lastTimeUs: number | null
  readonly createdAt: string
  readonly startedAt: string | null
  readonly endedAt: string | null
  /** Percentage at which the job ended. */
  readonly lastProgress: number
  /** Rows and files of it may still be there and are to be removed. */
  readonly cleanupDue: boolean
  /** Asked to go: gone for users, until its rows are dropped and `remove` is called. */
  readonly deleting: boolean
}

export type Stage = 'scatter' | 'dissect'

/** What work has been done, in numbers. */
export interface Totals {
  /** Bytes of scatter items read. */
  readonly scattered: number
  /** Bytes of dissection items read. */
  readonly dissected: number
  readonly packets: number
  readonly entries: number
  readonly protocolCounts: Readonly<Record<string, number>>
  /** Packets by what became of them. */
  readonly coverage: Readonly<Record<string, number>>
  readonly errors: readonly JobError[]
}

/** How far one work item is. Written whole each time; the last one counts. */
export interface ShardProgress {
  readonly stage: Stage
  /** From 0. */
  readonly shard: number
  readonly done: boolean
  readonly bytes: number
  readonly packets: number
  readonly entries: number
  readonly protocolCounts: Readonly<Record<string, number>>
  readonly coverage: Readonly<Record<string, number>>
  readonly errors: readonly JobError[]
}

/** Errors kept of one job: a capture with a million bad records must not become a million sentences. */
export const MAX_ERRORS = 100

/** What a transition may bring with it. */
export type JobPatch = Partial<
  Pick<Job, 'files' | 'bytes' | 'scatterChunks' | 'shards' | 'firstTimeUs' | 'lastTimeUs' | 'totals' | 'lastProgress'>
> & { readonly error?: JobError }

/**
 * The job after a step to another state.
 * @throws AppError `wrong_state` (409) for a step that the state machine does not have
 */
export function step(job: Job, to: JobStatus, patch: JobPatch, now: Date): Job {
  if (!NEXT[job.status].includes(to)) throw wrongState(job, to)
  const { error, ...changes } = patch
  const time = now.toISOString()
  const restarted = to === 'pending'
  return {
    ...job,
    ...changes,
    status: to,
    attempt: restarted ? job.attempt + 1 : job.attempt,
    scatterChunks: restarted ? 0 : (changes.scatterChunks ?? job.scatterChunks),
    shards: restarted ? 0 : (changes.shards ?? job.shards),
    errors: error === undefined ? job.errors : [...job.errors, error].slice(-MAX_ERRORS),
    startedAt: job.startedAt ?? (hasEnded(to) ? null : time),
    endedAt: hasEnded(to) ? time : null,
    cleanupDue: to === 'failed' || to === 'cancelled',
  }
}

function wrongState(job: Job, to: JobStatus): AppError {
  const text = hasEnded(job.status)
    ? `The dissection "${job.snapshot}/${job.name}" has ended already: it is ${job.status}.`
    : `The dissection "${job.snapshot}/${job.name}" is ${job.status} and cannot become ${to}.`
  return new AppError('wrong_state', 409, text, { details: { status: job.status, wanted: to } })
}

export function newJob(ref: JobRef, given: Pick<Job, 'options' | 'files' | 'bytes'>, now: Date): Job {
  return {
    id: ref.id,
    snapshot: ref.snapshot,
    name: ref.name,
    status: 'pending',
    options: given.options,
    attempt: 1,
    files: given.files,
    bytes: given.bytes,
    scatterChunks: 0,
    shards: 0,
    errors: [],
    totals: null,
    firstTimeUs: null,
    lastTimeUs: null,
    createdAt: now.toISOString(),
    startedAt: null,
    endedAt: null,
    lastProgress: 0,
    cleanupDue: false,
    deleting: false,
  }
}
