import { hasEnded, type Job, type JobError, MAX_ERRORS, type ShardProgress, type Totals } from './job.ts'

/** `GET /mcp/dissections/:snapshot/:name`, as REST answers it. */
export interface JobStatusObject {
  readonly snapshot: string
  readonly name: string
  readonly status: Job['status']
  /** Percent, whole. */
  readonly progress: number
  readonly stats: {
    readonly pcap_files: number
    readonly pcap_bytes: number
    readonly packets_processed: number
    readonly entries_created: number
    readonly protocol_counts: Readonly<Record<string, number>>
  }
  readonly coverage: Readonly<Record<string, number>>
  /** Sentences with file and byte. */
  readonly errors: readonly string[]
  readonly created_at: string
  readonly started_at?: string
  readonly ended_at?: string
}

/** An element of `GET /mcp/dissections`. */
export interface JobListItem {
  readonly snapshot: string
  readonly name: string
  readonly status: Job['status']
  readonly progress?: number
  readonly entry_count?: number
}

const NOTHING: Totals = {
  scattered: 0,
  dissected: 0,
  packets: 0,
  entries: 0,
  protocolCounts: {},
  coverage: {},
  errors: [],
}

/** The sum of all work items. Scatter counts bytes only: its packets are counted when they are dissected. */
export function addUp(shards: Iterable<ShardProgress>): Totals {
  const errors: JobError[] = []
  const protocolCounts: Record<string, number> = {}
  const coverage: Record<string, number> = {}
  const sum = { scattered: 0, dissected: 0, packets: 0, entries: 0 }
  for (const shard of shards) {
    for (const error of shard.errors) if (errors.length < MAX_ERRORS) errors.push(error)
    if (shard.stage === 'scatter') {
      sum.scattered += shard.bytes
      continue
    }
    sum.dissected += shard.bytes
    sum.packets += shard.packets
    sum.entries += shard.entries
    addTo(protocolCounts, shard.protocolCounts)
    addTo(coverage, shard.coverage)
  }
  return { ...sum, protocolCounts, coverage, errors }
}

function addTo(sum: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [key, count] of Object.entries(counts)) sum[key] = (sum[key] ?? 0) + count
}

/**
 * Percent done, by bytes read. Scatter is 30 of the 95 that reading takes; making rows visible takes the rest. 100 is
 * kept for completed.
 */
export function progressOf(job: Job, totals: Totals): number {
  if (job.status === 'completed') return 100
  if (hasEnded(job.status)) return job.lastProgress
  if (job.status === 'pending') return 0
  if (job.status === 'uploading') return 97
  const share = (bytes: number) => (job.bytes === 0 ? 0 : Math.min(1, bytes / job.bytes))
  const scatters = job.status === 'downloading' || job.scatterChunks > 0
  if (!scatters) return Math.floor(95 * share(totals.dissected))
  const scattered = job.status === 'running' ? 1 : share(totals.scattered)
  return Math.floor(30 * scattered + 65 * share(totals.dissected))
}

export function toStatusObject(job: Job, shards: Iterable<ShardProgress>): JobStatusObject {
  const totals = job.totals ?? addUp(shards)
  const errors = [...totals.errors, ...job.errors].slice(0, MAX_ERRORS)
  return {
    snapshot: job.snapshot,
    name: job.name,
    status: job.status,
    progress: progressOf(job, totals),
    stats: {
      pcap_files: job.files,
      pcap_bytes: job.bytes,
      packets_processed: totals.packets,
      entries_created: totals.entries,
      protocol_counts: totals.protocolCounts,
    },
    coverage: totals.coverage,
    errors: errors.map(sentence),
    created_at: job.createdAt,
    ...(job.startedAt === null ? {} : { started_at: job.startedAt }),
    ...(job.endedAt === null ? {} : { ended_at: job.endedAt }),
  }
}

export function toListItem(job: Job, shards: Iterable<ShardProgress>): JobListItem {
  const item = { snapshot: job.snapshot, name: job.name, status: job.status }
  if (job.status === 'completed') return { ...item, entry_count: (job.totals ?? NOTHING).entries }
  return hasEnded(job.status) ? item : { ...item, progress: progressOf(job, addUp(shards)) }
}

function sentence({ message, file, offset }: JobError): string {
  const where = [file ?? '', offset === undefined ? '' : `byte ${offset}`].filter((part) => part !== '')
  return where.length === 0 ? message : `${where.join(', ')}: ${message}`
}
