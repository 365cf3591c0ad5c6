import { AppError } from '@hindwire/service-kit/app-error.ts'

import { type Bus, type ConsumeOptions, type Consumer, type Handler, MAX_BODY_BYTES } from './bus.ts'
import type { Published, PublishOptions, QueueStats } from './bus.ts'
import { type Claim, ConsumeLoop } from './consume-loop.ts'
import type { SqliteDatabase, Statements } from './sqlite-database.ts'

const QUEUE = /^[a-z][a-z0-9_-]{0,63}$/
/** As `duplicate_window` of a JetStream stream. */
const DEDUP_WINDOW_MS = 120_000
/** setTimeout takes no longer ones. */
const MAX_TIMER_MS = 2 ** 31 - 1

const SQL = {
  release: 'UPDATE messages SET leased = 0, due = 0 WHERE leased = 1',
  forget: 'DELETE FROM published WHERE expires <= ?',
  seen: 'SELECT sequence FROM published WHERE queue = ? AND id = ?',
  insert: 'INSERT INTO messages (queue, body, due) VALUES (?, ?, ?) RETURNING sequence',
  remember: 'INSERT INTO published (queue, id, sequence, expires) VALUES (?, ?, ?, ?)',
  claim: `UPDATE messages SET attempts = attempts + 1, leased = 1, due = :until WHERE sequence =
    (SELECT sequence FROM messages WHERE queue = :queue AND due <= :now ORDER BY sequence LIMIT 1)
    RETURNING sequence, body, attempts`,
  extend: 'UPDATE messages SET due = ? WHERE sequence = ? AND attempts = ? AND leased = 1',
  remove: 'DELETE FROM messages WHERE sequence = ?',
  giveBack: 'UPDATE messages SET leased = 0, due = ? WHERE sequence = ? AND attempts = ? AND leased = 1',
  next: 'SELECT min(due) AS due FROM messages WHERE queue = ?',
  stats: `SELECT count(*) FILTER (WHERE leased = 0 OR due <= :now) AS waiting,
    count(*) FILTER (WHERE leased = 1 AND due > :now) AS leased FROM messages WHERE queue = :queue`,
}

/**
 * The bus on SQLite. Messages wait in the file; consumers of this process are woken by calls, not by polling, and by
 * one timer per queue for delays and leases. Leases that a dead process held are released at opening.
 */
export class SqliteBus implements Bus {
  readonly #db: SqliteDatabase
  readonly #sql: Statements<typeof SQL>
  readonly #wakers = new Map<string, Set<() => void>>()
  readonly #timers = new Map<string, NodeJS.Timeout>()
  readonly #consumers = new Set<Consumer>()
  readonly #dedupWindowMs: number

  constructor(db: SqliteDatabase, options: { readonly dedupWindowMs?: number } = {}) {
    this.#db = db
    this.#dedupWindowMs = options.dedupWindowMs ?? DEDUP_WINDOW_MS
    this.#sql = db.prepareAll(SQL)
    db.do(() => this.#sql.release.run())
  }

  async publish(queue: string, body: Uint8Array | string, options: PublishOptions = {}): Promise<Published> {
    checkQueue(queue)
    const bytes = typeof body === 'string' ? Buffer.from(body) : body
    if (bytes.byteLength > MAX_BODY_BYTES) {
      throw new AppError('too_large', 413, `A message of ${bytes.byteLength} bytes is too large for the bus.`)
    }
    const published = this.#db.transaction(() => this.#insert(queue, bytes, options.dedupId))
    if (!published.duplicate) this.#wake(queue)
    return published
  }

  async consume(queue: string, handler: Handler, options: ConsumeOptions): Promise<Consumer> {
    checkQueue(queue)
    const leaseMs = options.leaseMs ?? 30_000
    const loop = new ConsumeLoop(
      { claim: () => this.#claim(queue, leaseMs), subscribe: (wake) => this.#subscribe(queue, wake) },
      handler,
      options,
    )
    this.#consumers.add(loop)
    return {
      stop: async (graceMs) => {
        this.#consumers.delete(loop)
        await loop.stop(graceMs)
      },
    }
  }

  async stats(queue: string): Promise<QueueStats> {
    checkQueue(queue)
    const row = this.#db.do(() => this.#sql.stats.get({ queue, now: Date.now() }))
    return { waiting: Number(row?.['waiting'] ?? 0), leased: Number(row?.['leased'] ?? 0) }
  }

  async close(graceMs?: number): Promise<void> {
    const consumers = [...this.#consumers]
    this.#consumers.clear()
    await Promise.all(consumers.map((consumer) => consumer.stop(graceMs)))
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
  }

  #insert(queue: string, body: Uint8Array, dedupId: string | undefined): Published {
    const now = Date.now()
    this.#sql.forget.run(now)
    const seen = dedupId === undefined ? undefined : this.#sql.seen.get(queue, dedupId)
    if (seen !== undefined) return { sequence: Number(seen['sequence']), duplicate: true }
    const sequence = Number(this.#sql.insert.get(queue, body, now)?.['sequence'])
    if (dedupId !== undefined) this.#sql.remember.run(queue, dedupId, sequence, now + this.#dedupWindowMs)
    return { sequence, duplicate: false }
  }

  #claim(queue: string, leaseMs: number): Claim | null {
    const now = Date.now()
    const row = this.#db.do(() => this.#sql.claim.get({ queue, now, until: now + leaseMs }))
    this.#arm(queue)
    if (row === undefined) return null
    const sequence = Number(row['sequence'])
    const attempt = Number(row['attempts'])
    return {
      queue,
      sequence,
      attempt,
      body: row['body'] as Uint8Array,
      working: () => {
        this.#db.do(() => this.#sql.extend.run(Date.now() + leaseMs, sequence, attempt))
      },
      ack: async () => {
        this.#db.do(() => this.#sql.remove.run(sequence))
      },
      nak: async (delayMs) => {
        this.#db.do(() => this.#sql.giveBack.run(Date.now() + delayMs, sequence, attempt))
        this.#wake(queue)
      },
    }
  }

  #subscribe(queue: string, wake: () => void): () => void {
    const wakers = this.#wakers.get(queue) ?? new Set()
    this.#wakers.set(queue, wakers.add(wake))
    return () => wakers.delete(wake)
  }

  #wake(queue: string): void {
    for (const wake of this.#wakers.get(queue) ?? []) wake()
  }

  /** Wakes the queue's consumers when its next message falls due: a delay or a lease runs out. */
  #arm(queue: string): void {
    const due = this.#db.do(() => this.#sql.next.get(queue))?.['due']
    clearTimeout(this.#timers.get(queue))
    this.#timers.delete(queue)
    if (typeof due !== 'number') return
    const wait = Math.min(Math.max(due - Date.now(), 1), MAX_TIMER_MS)
    this.#timers.set(queue, setTimeout(() => this.#wake(queue), wait).unref())
  }
}

function checkQueue(queue: string): void {
  if (!QUEUE.test(queue)) throw new AppError('invalid_queue', 500, `${JSON.stringify(queue)} is no name for a queue.`)
}
