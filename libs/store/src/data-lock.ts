/**
 * One Hindwire per data directory. The lock is an open exclusive transaction on an empty SQLite file, that is, a
 * lock of the kernel on that file: it ends with its process however that ends, so there are no stale locks to tell
 * from live ones, and a process number used again means nothing. The number in `hindwire.pid` is only for the message.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { StoreError } from './store-error.ts'

export interface DataLock {
  readonly directory: string
  release(): void
}

const SQLITE_BUSY = 5

/** What a failed file operation on the data directory means for its owner. */
export function dataDirectoryError(directory: string, error: unknown): StoreError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const text = error instanceof Error ? error.message : String(error)
  if (code === 'ENOSPC' || code === 'EDQUOT' || /full/u.test(text))
    return new StoreError('disk_full', `the disk of the data directory ${directory} is full: free space`, error)
  if (code === 'EACCES' || code === 'EPERM') return denied(directory, 'this user may not write there', error)
  if (code === 'EROFS') return denied(directory, 'its file system is read-only', error)
  if (code === 'ENOTDIR' || code === 'EEXIST') return denied(directory, 'a part of the path is a file', error)
  return denied(directory, text, error)
}

function denied(directory: string, why: string, cause: unknown): StoreError {
  const message = `cannot use the data directory ${directory}: ${why}; choose another with --data`
  return new StoreError('data_directory', message, cause)
}

function holder(pidFile: string): string {
  try {
    return `process ${readFileSync(pidFile, 'utf8').trim()}`
  } catch {
    return 'another process'
  }
}

function openExclusively(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    // No journal file: nothing is ever written.
    database.exec('PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/**
 * Makes the directory and takes its lock, without waiting.
 * @throws StoreError `data_directory` when another process has it or it cannot be written, `disk_full`
 */
export function lockDataDirectory(directory: string): DataLock {
  const pidFile = join(directory, 'hindwire.pid')
  let database: DatabaseSync
  try {
    mkdirSync(directory, { recursive: true })
    database = openExclusively(join(directory, 'hindwire.lock'))
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) {
      const advice = 'stop it or choose another with --data'
      const message = `the data directory ${directory} is in use by ${holder(pidFile)}; ${advice}`
      throw new StoreError('data_directory', message, error)
    }
    throw dataDirectoryError(directory, error)
  }
  try {
    writeFileSync(pidFile, `${process.pid}\n`)
  } catch (error) {
    database.close()
    throw dataDirectoryError(directory, error)
  }
  let held = true
  return {
    directory,
    release() {
      if (!held) return
      held = false
      rmSync(pidFile, { force: true })
      database.close()
    },
  }
}
