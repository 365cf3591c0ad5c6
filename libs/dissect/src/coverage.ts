/** What became of a packet. Every packet is in exactly one bucket, and the buckets add up to the packet count. */
export const bucketNames = [
  'dissected',
  'transport_only',
  'unknown_protocol',
  'encrypted',
  'duplicate',
  'retransmission',
  'gap_lost',
  'truncated',
  'malformed',
  'unsupported_link',
  'unsupported_network',
  'not_selected',
] as const
export type BucketName = (typeof bucketNames)[number]

export const Bucket = {
  /** Its payload became part of a message. */
  Dissected: 0,
  /** Handshakes, pure acknowledgements, keep-alives: nothing to dissect. */
  TransportOnly: 1,
  /** Payload that no protocol recognised. */
  UnknownProtocol: 2,
  Encrypted: 3,
  /** The same packet captured twice. */
  Duplicate: 4,
  /** Only bytes that an earlier packet had brought. */
  Retransmission: 5,
  /** Payload that could not be read because bytes before it were lost. */
  GapLost: 6,
  /** Cut by the snapshot length before anything could be read. */
  Truncated: 7,
  /** Headers or messages that contradict their specification. */
  Malformed: 8,
  UnsupportedLink: 9,
  UnsupportedNetwork: 10,
  /** Of a protocol that the dissection was told to leave out. */
  NotSelected: 11,
} as const
export type Bucket = (typeof Bucket)[keyof typeof Bucket]

/** Example packets kept per bucket. */
const MAX_EXAMPLES = 3

/** JSON form of the ledger; examples are packet ordinals in the snapshot. */
export interface CoverageReport {
  readonly packets: number
  readonly buckets: Readonly<Record<BucketName, number>>
  readonly examples: Readonly<Partial<Record<BucketName, readonly number[]>>>
  /** Dissected packets by protocol. */
  readonly protocols: Readonly<Record<string, number>>
}

/** The ledger of one dissection (or of one shard of it). */
export class Coverage {
  packets = 0
  /** Bucket of the latest `add`. */
  latest: Bucket = Bucket.TransportOnly
  readonly #counts = new Float64Array(bucketNames.length)
  readonly #examples: number[][] = bucketNames.map(() => [])
  readonly #protocols = new Map<string, number>()

  add(bucket: Bucket, ordinal: number): void {
    this.latest = bucket
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1
    const examples = this.#examples[bucket] as number[]
    if (examples.length < MAX_EXAMPLES || ordinal < (examples[MAX_EXAMPLES - 1] as number))
      keepExample(examples, ordinal)
  }

  /** Adds to the packets that a protocol has dissected; `add` counts them in their bucket. */
  addProtocol(name: string, packets: number): void {
    this.#protocols.set(name, (this.#protocols.get(name) ?? 0) + packets)
  }

  report(): CoverageReport {
    const buckets = Object.fromEntries(bucketNames.map((name, at) => [name, this.#counts[at]])) as Record<
      BucketName,
      number
    >
    const examples: Partial<Record<BucketName, number[]>> = {}
    for (const [at, name] of bucketNames.entries()) {
      const list = this.#examples[at] as number[]
      if (list.length > 0) examples[name] = [...list]
    }
    const protocols = Object.fromEntries([...this.#protocols].sort(([x], [y]) => (x < y ? -1 : 1)))
    return { packets: this.packets, buckets, examples, protocols }
  }
}

/** The first packets by number, not by when they were booked: packets behind a hole are booked late. */
function keepExample(examples: number[], ordinal: number): void {
  let at = examples.length
  while (at > 0 && (examples[at - 1] as number) > ordinal) at--
  examples.splice(at, 0, ordinal)
  if (examples.length > MAX_EXAMPLES) examples.pop()
}

/** Adds up the ledgers of shards; the order does not matter. */
export function mergeCoverage(reports: readonly CoverageReport[]): CoverageReport {
  const buckets = Object.fromEntries(bucketNames.map((name) => [name, 0])) as Record<BucketName, number>
  const examples: Partial<Record<BucketName, number[]>> = {}
  const protocols: Record<string, number> = {}
  let packets = 0
  for (const report of reports) {
    packets += report.packets
    for (const name of bucketNames) {
      buckets[name] += report.buckets[name]
      const more = report.examples[name]
      if (more !== undefined)
        examples[name] = [...(examples[name] ?? []), ...more].sort((x, y) => x - y).slice(0, MAX_EXAMPLES)
    }
    for (const [name, count] of Object.entries(report.protocols)) protocols[name] = (protocols[name] ?? 0) + count
  }
  return { packets, buckets, examples, protocols }
}
