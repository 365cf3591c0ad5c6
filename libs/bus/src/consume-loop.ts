import type { ConsumeOptions, Consumer, Delivery, Handler, Message } from './bus.ts'

/** A message as an adapter has claimed it: the store's own side of settling. */
export interface Claim extends Message {
  working(): void
  ack(): Promise<void>
  nak(delayMs: number): Promise<void>
}

/** Where an adapter's messages come from. */
export interface Source {
  /** Takes the next message that is due, or null. */
  claim(): Claim | null | Promise<Claim | null>
  /** `wake` is called when `claim` may have something, until the returned function is called. */
  subscribe(wake: () => void): () => void
}

/** Wait before a store that failed is asked again. */
const RETRY_STORE_MS = 1000

const DEFAULTS = { concurrency: 1, leaseMs: 30_000, maxDeliveries: 5 }

/** What all adapters share: concurrency, leases, retries, dead letters, stopping. */
export class ConsumeLoop implements Consumer {
  readonly #source: Source
  readonly #handler: Handler
  readonly #options: ConsumeOptions & typeof DEFAULTS
  readonly #running = new Set<Running>()
  readonly #unsubscribe: () => void
  #stopping = false
  #claiming = false
  #again = false

  constructor(source: Source, handler: Handler, options: ConsumeOptions) {
    this.#source = source
    this.#handler = handler
    this.#options = { ...DEFAULTS, ...options }
    this.#unsubscribe = source.subscribe(() => void this.#fill())
    void this.#fill()
  }

  async stop(graceMs = 5000): Promise<void> {
    this.#stopping = true
    this.#unsubscribe()
    for (const running of this.#running) running.abort.abort(new Error('the consumer stops'))
    const done = Promise.all([...this.#running].map((running) => running.done))
    const grace = Promise.withResolvers<void>()
    const timer = setTimeout(grace.resolve, graceMs)
    await Promise.race([done, grace.promise])
    clearTimeout(timer)
    await Promise.all([...this.#running].map((running) => running.handBack()))
  }

  /** Claims until there is nothing to claim or no slot free. Only one runs at a time; `#again` repeats it. */
  async #fill(): Promise<void> {
    this.#again = true
    if (this.#claiming) return
    this.#claiming = true
    try {
      while (this.#again && !this.#stopping && this.#running.size < this.#options.concurrency) {
        this.#again = false
        const claim = await this.#source.claim()
        if (claim === null) continue
        this.#again = true
        this.#start(claim)
      }
    } catch {
      // The store failed: a full disk, a lost connection.
      setTimeout(() => void this.#fill(), RETRY_STORE_MS).unref()
    } finally {
      this.#claiming = false
    }
  }

  #start(claim: Claim): void {
    const running = new Running(claim, this.#options.leaseMs)
    this.#running.add(running)
    if (this.#stopping) running.abort.abort(new Error('the consumer stops'))
    running.done = this.#process(running)
      .catch(() => {
        // Settling failed: the lease runs out and the message comes again.
      })
      .finally(() => {
        running.end()
        this.#running.delete(running)
        void this.#fill()
      })
  }

  async #process(running: Running): Promise<void> {
    const { claim } = running
    const { maxDeliveries } = this.#options
    if (claim.attempt > maxDeliveries) {
      const reason = `Its worker died or did not answer in ${maxDeliveries} deliveries.`
      await running.settle(() => this.#bury(claim, reason))
      return
    }
    try {
      await this.#handler(this.#delivery(running))
      await running.settle(() => claim.nak(0))
    } catch (error) {
      await running.settle(() => this.#failed(running, error))
    }
  }

  async #failed(running: Running, error: unknown): Promise<void> {
    const { claim, abort } = running
    if (abort.signal.aborted) return claim.nak(0)
    if (claim.attempt >= this.#options.maxDeliveries) {
      return this.#bury(claim, error instanceof Error ? error.message : String(error))
    }
    this.#options.onRetry?.(claim, error)
    const delay = this.#options.retryDelayMs ?? ((attempt) => Math.min(1000 * 2 ** (attempt - 1), 30_000))
    return claim.nak(delay(claim.attempt))
  }

  async #bury(claim: Claim, reason: string): Promise<void> {
    await this.#options.onDeadLetter(claim, reason)
    await claim.ack()
  }

  #delivery(running: Running): Delivery {
    const { claim } = running
    return {
      queue: claim.queue,
      body: claim.body,
      sequence: claim.sequence,
      attempt: claim.attempt,
      signal: running.abort.signal,
      text: () => Buffer.from(claim.body.buffer, claim.body.byteOffset, claim.body.byteLength).toString('utf8'),
      working: () => running.working(),
      ack: () => running.settle(() => claim.ack()),
      nak: (delayMs = 0) => running.settle(() => claim.nak(delayMs)),
      term: (reason) => running.settle(() => this.#bury(claim, reason)),
    }
  }
}

/** One message at work: its lease, and the rule that it is settled once. */
class Running {
  readonly claim: Claim
  readonly abort = new AbortController()
  done: Promise<void> = Promise.resolve()
  readonly #leaseMs: number
  #timer: NodeJS.Timeout
  #settled: Promise<void> | null = null

  constructor(claim: Claim, leaseMs: number) {
    this.claim = claim
    this.#leaseMs = leaseMs
    this.#timer = this.#arm()
  }

  working(): void {
    if (this.#settled !== null || this.abort.signal.aborted) return
    try {
      this.claim.working()
    } catch {
      // Not extended: the lease runs out, which is what the signal will say.
      return
    }
    clearTimeout(this.#timer)
    this.#timer = this.#arm()
  }

  /** The first settlement counts; later ones wait for it. */
  settle(how: () => Promise<void>): Promise<void> {
    this.#settled ??= how()
    return this.#settled
  }

  end(): void {
    clearTimeout(this.#timer)
  }

  /** Gives it to the next consumer, whatever its handler does from now on. */
  handBack(): Promise<void> {
    this.end()
    return this.settle(() => this.claim.nak(0))
  }

  #arm(): NodeJS.Timeout {
    return setTimeout(() => this.abort.abort(new Error('the lease has run out')), this.#leaseMs)
  }
}
