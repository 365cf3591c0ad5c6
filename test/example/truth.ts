/** Counts of calls by what they are about, e.g. by status. */
type Counts = Record<string, number>

/** What the generator knows of the capture: the test compares it with what the dissection finds. */
export class Truth {
  packets = 0
  /** Segments sent twice, captured in the wrong order, or missed by the capture. */
  resent = 0
  swapped = 0
  missed = 0
  resets = 0
  /** HTTP calls by server and status; `none` where no response came. */
  readonly http: Record<string, Counts> = {}
  /** DNS calls by response code; `none` where no response came. */
  readonly dns: Counts = {}
  /** Redis calls by command. */
  readonly redis: Counts = {}
  /** Redis errors by code. */
  readonly redisErrors: Counts = {}

  httpCall(service: string, status: number | 'none'): void {
    add((this.http[service] ??= {}), String(status))
  }

  dnsCall(rcode: string): void {
    add(this.dns, rcode)
  }

  redisCall(command: string, error: string): void {
    add(this.redis, command)
    if (error !== '') add(this.redisErrors, error)
  }

  /** Plain data, keys sorted. */
  report(): object {
    const http = Object.fromEntries(Object.entries(sorted(this.http)).map(([name, counts]) => [name, sorted(counts)]))
    const { packets, resent, swapped, missed, resets } = this
    return {
      packets,
      tcp: { resent, swapped, missed, resets },
      calls: {
        http: Object.values(this.http).reduce((all, each) => all + sum(each), 0),
        dns: sum(this.dns),
        redis: sum(this.redis),
      },
      http,
      dns: sorted(this.dns),
      redis: sorted(this.redis),
      redisErrors: sorted(this.redisErrors),
    }
  }
}

function add(counts: Counts, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1
}

function sum(counts: Counts): number {
  return Object.values(counts).reduce((all, each) => all + each, 0)
}

function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
