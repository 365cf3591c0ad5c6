import { setTimeout as delay } from 'node:timers/promises'

import type { MessageInitShape } from '@bufbuild/protobuf'
import { AppError } from '@hindwire/service-kit/app-error.ts'

import type { RpcClient } from './client.ts'
import type { BatchSchema, Ingest } from './gen/hindwire/v1/ingest_pb.ts'

export interface BatchWriterOptions {
  /** Batches sent and not yet acknowledged. More hide the store's latency, and hold their bytes in memory. */
  readonly window?: number
  /** Bytes of those; one batch may always be under way. */
  readonly windowBytes?: number
  /** Fails when no acknowledgement has come for so long while one is due, ms. */
  readonly stallMs?: number
  /** Breaks everything off. */
  readonly signal?: AbortSignal
}

export type BatchInit = MessageInitShape<typeof BatchSchema> & {
  readonly token: string
  readonly rows: number
  readonly block: Uint8Array
}

/**
 * Streams batches to the ingest service: no more than a window of them unacknowledged, in order. When the connection
 * or the service goes away, it connects again and repeats what was not acknowledged; tokens make that change nothing.
 */
export class BatchWriter {
  readonly #client: Pick<RpcClient<typeof Ingest>, 'write'>
  readonly #window: number
  readonly #windowBytes: number
  readonly #stallMs: number
  readonly #stop: AbortSignal
  readonly #running: Promise<void>
  readonly #local = new AbortController()
  readonly #unacked: BatchInit[] = []
  #unackedBytes = 0
  #finished = false
  #failure: AppError | null = null
  #changed = Promise.withResolvers<void>()
  #lastAck = Date.now()
  #batches = 0
  #rows = 0

  constructor(client: Pick<RpcClient<typeof Ingest>, 'write'>, options: BatchWriterOptions = {}) {
    this.#client = client
    this.#window = options.window ?? 4
    this.#windowBytes = options.windowBytes ?? 32 * 1024 * 1024
    this.#stallMs = options.stallMs ?? 60_000
    this.#stop =
      options.signal === undefined ? this.#local.signal : AbortSignal.any([options.signal, this.#local.signal])
    this.#stop.addEventListener('abort', () => this.#wake(), { once: true })
    this.#running = this.#run().catch((error: unknown) => {
      this.#failure = error instanceof AppError ? error : new AppError('internal', 500, String(error), { cause: error })
      this.#wake()
    })
  }

  /**
   * Takes a batch; resolves when there is room for it in the window, so that awaiting it is the back-pressure. The
   * block must not be changed afterwards.
   * @throws AppError what ingest refused a batch with; `ingest_stalled`; `cancelled`
   */
  async write(batch: BatchInit): Promise<void> {
    while (this.#failure === null && !this.#stop.aborted && this.#isFull(batch)) await this.#changed.promise
    this.#throwIfOver()
    if (this.#finished) throw new Error('write after finish')
    if (this.#unacked.length === 0) this.#lastAck = Date.now()
    this.#unacked.push(batch)
    this.#unackedBytes += batch.block.byteLength
    this.#wake()
  }

  /** Resolves when every batch is acknowledged: its rows are stored. */
  async finish(): Promise<{ batches: number; rows: number }> {
    this.#finished = true
    this.#wake()
    await this.#running
    this.#throwIfOver()
    return { batches: this.#batches, rows: this.#rows }
  }

  /** Breaks off; what was not acknowledged may or may not be stored. */
  async abort(): Promise<void> {
    this.#local.abort()
    await this.#running
  }

  /** Acknowledged so far. */
  get acknowledged(): { batches: number; rows: number } {
    return { batches: this.#batches, rows: this.#rows }
  }

  #isFull(next: BatchInit): boolean {
    if (this.#unacked.length === 0) return false
    return this.#unacked.length >= this.#window || this.#unackedBytes + next.block.byteLength > this.#windowBytes
  }

  #throwIfOver(): void {
    if (this.#failure !== null) throw this.#failure
    if (this.#stop.aborted) throw new AppError('cancelled', 499, 'Writing was broken off.')
  }

  #wake(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }

  async #run(): Promise<void> {
    const watchdog = setInterval(() => this.#checkStall(), Math.min(1000, this.#stallMs))
    try {
      for (let wait = 50; !this.#isDone(); wait = Math.min(wait * 2, 5000)) {
        const before = this.#batches
        const error = await this.#session()
        if (error === null || this.#failure !== null || this.#stop.aborted) continue
        if (error.status !== 503) throw error
        if (this.#batches > before) wait = 50
        await delay(wait, null, { signal: this.#stop }).catch(() => null)
      }
    } finally {
      clearInterval(watchdog)
    }
  }

  #isDone(): boolean {
    return this.#stop.aborted || this.#failure !== null || (this.#finished && this.#unacked.length === 0)
  }

  /** One stream, from the first unacknowledged batch on. Returns the error that ended it. */
  async #session(): Promise<AppError | null> {
    const over = new AbortController()
    try {
      const signal = AbortSignal.any([this.#stop, over.signal])
      while (this.#unacked.length === 0 && !this.#isDone()) await this.#changed.promise
      if (this.#isDone()) return null
      for await (const ack of this.#client.write(this.#source(over.signal), { signal, waitForReady: true })) {
        this.#acknowledge(ack.token)
      }
      return this.#isDone() ? null : new AppError('unavailable', 503, 'The ingest service ended the stream early.')
    } catch (error) {
      return error instanceof AppError ? error : new AppError('internal', 500, 'Writing failed.', { cause: error })
    } finally {
      over.abort()
      this.#wake()
    }
  }

  async *#source(over: AbortSignal): AsyncGenerator<BatchInit> {
    const sent = new Set<BatchInit>()
    while (!over.aborted && !this.#isDone()) {
      const next = this.#unacked.find((batch) => !sent.has(batch))
      if (next !== undefined) {
        sent.add(next)
        yield next
      } else if (this.#finished) return
      else await this.#changed.promise
      for (const batch of sent) if (!this.#unacked.includes(batch)) sent.delete(batch)
    }
  }

  #acknowledge(token: string): void {
    const batch = this.#unacked[0]
    if (batch?.token !== token) {
      const text = `Ingest acknowledged ${token}, but ${batch?.token ?? 'nothing'} was due.`
      throw new AppError('protocol_error', 500, text)
    }
    this.#unacked.shift()
    this.#unackedBytes -= batch.block.byteLength
    this.#batches += 1
    this.#rows += batch.rows
    this.#lastAck = Date.now()
    this.#wake()
  }

  #checkStall(): void {
    if (this.#unacked.length === 0 || Date.now() - this.#lastAck < this.#stallMs) return
    const text = `The ingest service has acknowledged nothing for ${Math.round(this.#stallMs / 1000)} s.`
    this.#failure ??= new AppError('ingest_stalled', 503, text)
    this.#local.abort()
  }
}
