import { Flow, type FlowKey } from './flow.ts'
import type { StreamLimits } from './limits.ts'

/** Which time-out applies to a flow; each class is a list in order of last use. */
export const FlowClass = { Datagram: 0, Tcp: 1, TcpClosed: 2 } as const
export type FlowClass = (typeof FlowClass)[keyof typeof FlowClass]

/** A flow moves to the front of its list at most once in this time (µs): order within a second does not matter. */
const TOUCH_INTERVAL = 1_000_000
/** Packets may be this much older than the newest one (several interfaces) without losing their flow, µs. */
const DISORDER = 10_000_000
const INITIAL_BUCKETS = 1 << 12

/**
 * All live flows by canonical 5-tuple: a hash table chained through the flows themselves, and three lists by age.
 * Time is packet time only: whether a packet continues a flow depends on that flow's packets alone, so that the result
 * is the same for any number of shards; the sweep merely frees memory earlier.
 */
export class FlowTable {
  readonly #limits: StreamLimits
  readonly #finished: (flow: Flow) => void
  #buckets: (Flow | null)[] = emptyBuckets(INITIAL_BUCKETS)
  #mask = INITIAL_BUCKETS - 1
  #size = 0
  readonly #newest: (Flow | null)[] = [null, null, null]
  readonly #oldest: (Flow | null)[] = [null, null, null]
  readonly #timeouts: readonly [number, number, number]
  /** Flows ended early because the table was full. */
  evicted = 0

  /** `finished` is called once for every flow, when it expires, is evicted, replaced or the capture ends. */
  constructor(limits: StreamLimits, finished: (flow: Flow) => void) {
    this.#limits = limits
    this.#finished = finished
    this.#timeouts = [limits.datagramTimeout, limits.tcpTimeout, limits.closedTimeout]
  }

  get size(): number {
    return this.#size
  }

  find(key: FlowKey): Flow | null {
    let flow = this.#buckets[key.hash & this.#mask] as Flow | null
    while (flow !== null && !key.matches(flow)) flow = flow.chain
    return flow
  }

  /** True when a packet of that time no longer continues the flow. */
  isExpired(flow: Flow, time: number): boolean {
    return time - flow.lastTime > (this.#timeouts[flow.list] as number)
  }

  add(key: FlowKey, id: number, time: number, list: FlowClass): Flow {
    if (this.#size >= this.#limits.maxFlows) this.#evictOne()
    if (this.#size >= this.#buckets.length) this.#grow()
    const flow = new Flow(key, id, time)
    const bucket = flow.hash & this.#mask
    flow.chain = this.#buckets[bucket] as Flow | null
    this.#buckets[bucket] = flow
    flow.list = list
    this.#pushNewest(flow)
    this.#size++
    return flow
  }

  touch(flow: Flow, time: number): void {
    if (time > flow.lastTime) flow.lastTime = time
    if (time - flow.touched > TOUCH_INTERVAL) {
      flow.touched = time
      if (flow.newer !== null) {
        this.#unlink(flow)
        this.#pushNewest(flow)
      }
    }
  }

  /** Moves a flow to another class, e.g. when its connection closes. */
  reclassify(flow: Flow, list: FlowClass): void {
    if (flow.list === list) return
    this.#unlink(flow)
    flow.list = list
    flow.touched = flow.lastTime
    this.#pushNewest(flow)
  }

  /** Ends flows that no packet can continue any more. `now`: the newest packet time seen, µs. */
  sweep(now: number): void {
    for (let list = 0; list < 3; list++) {
      const before = now - (this.#timeouts[list] as number) - TOUCH_INTERVAL - DISORDER
      for (let flow = this.#oldest[list] as Flow | null; flow !== null && flow.touched < before;) {
        const next: Flow | null = flow.newer
        this.finish(flow)
        flow = next
      }
    }
  }

  /** Ends one flow. */
  finish(flow: Flow): void {
    this.#remove(flow)
    this.#finished(flow)
  }

  /** Ends all flows, in the order of their first packets. */
  finishAll(): void {
    const flows: Flow[] = []
    for (let list = 0; list < 3; list++) {
      for (let flow = this.#oldest[list] as Flow | null; flow !== null; flow = flow.newer) flows.push(flow)
    }
    flows.sort((x, y) => x.id - y.id)
    for (const flow of flows) this.finish(flow)
  }

  #evictOne(): void {
    const flow = this.#oldest[FlowClass.TcpClosed] ?? this.#oldest[FlowClass.Datagram] ?? this.#oldest[FlowClass.Tcp]
    if (flow === null || flow === undefined) return
    this.evicted++
    this.finish(flow)
  }

  #remove(flow: Flow): void {
    const bucket = flow.hash & this.#mask
    let at = this.#buckets[bucket] as Flow | null
    if (at === flow) this.#buckets[bucket] = flow.chain
    else {
      while (at !== null && at.chain !== flow) at = at.chain
      if (at !== null) at.chain = flow.chain
    }
    flow.chain = null
    this.#unlink(flow)
    this.#size--
  }

  #pushNewest(flow: Flow): void {
    const list = flow.list
    const head = this.#newest[list] as Flow | null
    flow.older = head
    flow.newer = null
    if (head === null) this.#oldest[list] = flow
    else head.newer = flow
    this.#newest[list] = flow
  }

  #unlink(flow: Flow): void {
    const { newer, older, list } = flow
    if (newer === null) this.#newest[list] = older
    else newer.older = older
    if (older === null) this.#oldest[list] = newer
    else older.newer = newer
    flow.newer = null
    flow.older = null
  }

  #grow(): void {
    const old = this.#buckets
    this.#buckets = emptyBuckets(old.length * 2)
    this.#mask = this.#buckets.length - 1
    for (const first of old) {
      for (let flow = first; flow !== null;) {
        const next: Flow | null = flow.chain
        const bucket = flow.hash & this.#mask
        flow.chain = this.#buckets[bucket] as Flow | null
        this.#buckets[bucket] = flow
        flow = next
      }
    }
  }
}

function emptyBuckets(count: number): (Flow | null)[] {
  return Array.from({ length: count }, () => null)
}
