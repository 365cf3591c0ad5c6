import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'

import { AppError } from '@hindwire/service-kit/app-error.ts'

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS messages (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    queue TEXT NOT NULL,
    body BLOB NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    leased INTEGER NOT NULL DEFAULT 0,
    due INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS messages_by_queue ON messages (queue, sequence);
  CREATE TABLE IF NOT EXISTS published (
    queue TEXT NOT NULL,
    id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    PRIMARY KEY (queue, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS published_by_expiry ON published (expires);
  CREATE TABLE IF NOT EXISTS pairs (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    revision INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  INSERT OR IGNORE INTO counters VALUES ('revision', 0);
  PRAGMA user_version = 1;
`

/** SQLite's primary result codes (https://www.sqlite.org/rescode.html). */
const Result = { Busy: 5, IoError: 10, Corrupt: 11, Full: 13, CannotOpen: 14, NotADatabase: 26 } as const

export type Statements<T> = { readonly [name in keyof T]: StatementSync }

/**
 * The one file that holds bus and job state of an embedded Hindwire. One process has it open at a time, which the file
 * lock makes sure of; it ends with the process, also on kill -9.
 */
export class SqliteDatabase {
  readonly #db: DatabaseSync
  readonly path: string
  #closed = false

  /**
   * Opens or creates it, with its directory.
   * @throws AppError `data_in_use` when another process has it, `no_space`, `database_unusable`
   */
  constructor(path: string) {
    this.path = path
    mkdirSync(dirname(path), { recursive: true })
    this.#db = guard(path, () => new DatabaseSync(path, { timeout: 0 }))
    try {
      guard(path, () => {
        this.#db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
        const version = this.#db.prepare('PRAGMA user_version').get()?.['user_version']
        if (typeof version === 'number' && version > 1) throw tooNew(path)
        this.#db.exec(SCHEMA)
      })
    } catch (error) {
      this.#db.close()
      throw error
    }
  }

  /** Statements that can be run many times, inside `do` or `transaction`. */
  prepareAll<T extends Readonly<Record<string, string>>>(sql: T): Statements<T> {
    const entries = Object.entries(sql).map(([name, text]) => [name, guard(this.path, () => this.#db.prepare(text))])
    return Object.fromEntries(entries) as Statements<T>
  }

  /** Runs single statements. @throws AppError `bus_closed`, `no_space`, `database_unusable` */
  do<T>(work: () => T): T {
    if (this.#closed) throw new AppError('bus_closed', 503, 'Hindwire is shutting down.')
    return guard(this.path, work)
  }

  /** Runs `work` in one transaction: all of it is on disk afterwards, or nothing. */
  transaction<T>(work: () => T): T {
    return this.do(() => {
      this.#db.exec('BEGIN IMMEDIATE')
      try {
        const result = work()
        this.#db.exec('COMMIT')
        return result
      } catch (error) {
        if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
        throw error
      }
    })
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#db.close()
  }
}

function guard<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw translate(path, error)
  }
}

function translate(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return error
  const options = { cause: error, details: { file: path, reason: error.message } }
  switch (error.errcode & 0xff) {
    case Result.Busy:
      return new AppError(
        'data_in_use',
        503,
        `Another Hindwire uses ${path}. Stop it, or choose another data directory.`,
        options,
      )
    case Result.Full:
    case Result.IoError:
      return new AppError('no_space', 503, `Cannot write ${path}: the disk is full or fails. Free some space.`, options)
    case Result.Corrupt:
    case Result.CannotOpen:
    case Result.NotADatabase:
      return new AppError('database_unusable', 500, `Cannot use ${path}: ${error.message}.`, options)
    default:
      return error
  }
}

function tooNew(path: string): AppError {
  return new AppError('database_unusable', 500, `${path} was written by a newer Hindwire. Update this one.`)
}
