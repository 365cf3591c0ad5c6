import { AppError } from '@hindwire/service-kit/app-error.ts'

import { ChangeFeed } from './change-feed.ts'
import { type Change, checkKey, checkPrefix, type JobStore, MAX_VALUE_BYTES, type StoredValue } from './job-store.ts'
import type { SqliteDatabase, Statements } from './sqlite-database.ts'

const SQL = {
  get: 'SELECT key, value, revision FROM pairs WHERE key = ?',
  list: 'SELECT key, value, revision FROM pairs WHERE key >= ? AND key < ? ORDER BY key',
  next: "UPDATE counters SET value = value + 1 WHERE name = 'revision' RETURNING value",
  put: `INSERT INTO pairs (key, value, revision) VALUES (?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, revision = excluded.revision`,
  remove: 'DELETE FROM pairs WHERE key = ?',
}

/** Job state on SQLite. Watchers are told by the writes of this process, which is the only one with the file open. */
export class SqliteJobStore implements JobStore {
  readonly #db: SqliteDatabase
  readonly #sql: Statements<typeof SQL>
  readonly #feeds = new Set<{ readonly prefix: string; readonly feed: ChangeFeed }>()

  constructor(db: SqliteDatabase) {
    this.#db = db
    this.#sql = db.prepareAll(SQL)
  }

  async get(key: string): Promise<StoredValue | null> {
    checkKey(key)
    return this.#db.do(() => this.#read(key))
  }

  async create(key: string, value: string): Promise<number> {
    return this.#write(key, value, (found) => found === null)
  }

  async update(key: string, value: string, revision: number): Promise<number> {
    return this.#write(key, value, (found) => found?.revision === revision)
  }

  async put(key: string, value: string): Promise<number> {
    return this.#write(key, value, () => true)
  }

  async delete(key: string, revision?: number): Promise<void> {
    checkKey(key)
    const deleted = this.#db.transaction(() => {
      const found = this.#read(key)
      if (revision !== undefined && found?.revision !== revision) throw conflict(key)
      if (found === null) return null
      this.#sql.remove.run(key)
      return this.#nextRevision()
    })
    if (deleted !== null) this.#tell(key, { kind: 'delete', key, revision: deleted })
  }

  async list(prefix: string): Promise<StoredValue[]> {
    checkPrefix(prefix)
    return this.#db.do(() => this.#readAll(prefix))
  }

  watch(prefix: string, options: { readonly signal?: AbortSignal } = {}): AsyncIterableIterator<Change> {
    checkPrefix(prefix)
    const entry = { prefix, feed: new ChangeFeed(() => this.#feeds.delete(entry), options.signal) }
    for (const stored of this.#db.do(() => this.#readAll(prefix))) entry.feed.push({ kind: 'put', ...stored })
    entry.feed.push({ kind: 'current' })
    if (options.signal?.aborted !== true) this.#feeds.add(entry)
    return entry.feed
  }

  async close(): Promise<void> {
    for (const { feed } of this.#feeds) await feed.return()
  }

  #write(key: string, value: string, allowed: (found: StoredValue | null) => boolean): number {
    checkKey(key)
    const bytes = Buffer.byteLength(value)
    if (bytes > MAX_VALUE_BYTES) throw new AppError('too_large', 413, `A state record of ${bytes} bytes is too large.`)
    const revision = this.#db.transaction(() => {
      if (!allowed(this.#read(key))) throw conflict(key)
      const next = this.#nextRevision()
      this.#sql.put.run(key, value, next)
      return next
    })
    this.#tell(key, { kind: 'put', key, value, revision })
    return revision
  }

  #nextRevision(): number {
    return Number(this.#sql.next.get()?.['value'])
  }

  #read(key: string): StoredValue | null {
    const row = this.#sql.get.get(key)
    return row === undefined ? null : toStored(row)
  }

  #readAll(prefix: string): StoredValue[] {
    // Above every character of keys, so that the range holds all keys that begin with the prefix.
    return this.#sql.list.all(prefix, `${prefix}\u{10ffff}`).map(toStored)
  }

  #tell(key: string, change: Change): void {
    for (const { prefix, feed } of this.#feeds) if (key.startsWith(prefix)) feed.push(change)
  }
}

function toStored(row: Record<string, unknown>): StoredValue {
  return { key: String(row['key']), value: String(row['value']), revision: Number(row['revision']) }
}

function conflict(key: string): AppError {
  return new AppError('revision_conflict', 409, `Someone else changed ${key} in between.`)
}
