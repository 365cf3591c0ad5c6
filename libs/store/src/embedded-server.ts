/**
 * The embedded ClickHouse: the real engine in a child process, over HTTP on loopback, supervised. It keeps its port
 * and passwords over restarts, so that clients carry on after a crash.
 */
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { resolveLibchdb } from 'chdb/libchdb'

import type { StoreConnections, StoreLog } from './connection.ts'
import { dataDirectoryError, lockDataDirectory } from './data-lock.ts'
import type { DataLock } from './data-lock.ts'
import {
  defaultEngineMemory,
  defaultQueryLimits,
  engineFiles,
  newPassword,
  writeEngineConfig,
} from './embedded-config.ts'
import type { EngineFiles, EngineSettings, QueryLimits } from './embedded-config.ts'
import { launchEngine, untilReady } from './embedded-process.ts'
import type { EngineProcess } from './embedded-process.ts'
import { StoreError } from './store-error.ts'

export interface EmbeddedOptions {
  /** Hindwire's data directory: it is locked, and the engine lives in `clickhouse` below it. */
  readonly dataDir: string
  readonly log?: StoreLog
  readonly database?: string
  /** Default: a free one. */
  readonly port?: number
  /** Bytes that the whole engine may take. Default: a third of the machine's, 1 to 8 GiB. */
  readonly memory?: number
  readonly limits?: Partial<QueryLimits>
  /** Opening many partitions takes a while (8 s for 20,000). Default 60 s. */
  readonly startTimeoutMs?: number
}

export interface EmbeddedUser {
  readonly name: string
  readonly password: string
}

export interface EmbeddedServer {
  readonly url: string
  readonly users: { readonly rw: EmbeddedUser; readonly ro: EmbeddedUser }
  readonly connections: StoreConnections
  /** The engine's process at present. */
  pid(): number
  /** Stops the engine and frees the data directory. May be called more than once. */
  stop(): Promise<void>
  /** Resolves to null after stop(), or to the error when the engine crashed too often; never rejects. */
  readonly exited: Promise<StoreError | null>
}

/** Crashes in a row, each within CRASH_WINDOW_MS of its start, after which the supervisor gives up. */
const MAX_CRASHES = 5
const CRASH_WINDOW_MS = 60_000
const FIRST_BACKOFF_MS = 100
const START_TIMEOUT_MS = 60_000
/** Another program may take the free port before the engine does. */
const PORT_ATTEMPTS = 3
/** How long an engine whose parent was killed may take to let go of its files. */
const LEFTOVER_MS = 10_000

const PORT_TAKEN = /Address already in use/u
const LEFTOVER = /Cannot lock file/u

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0))
    })
  })
}

function findLibrary(): string {
  try {
    return resolveLibchdb().path
  } catch (error) {
    const platform = `${process.platform}-${process.arch}`
    const message =
      `there is no embedded ClickHouse for this platform (${platform}) or its package is not installed: ` +
      `run npm ci with optional packages on linux (glibc) or macOS, x64 or arm64, or give the address of a server`
    throw new StoreError('engine', message, error)
  }
}

class Supervisor implements EmbeddedServer {
  readonly url: string
  readonly users: EmbeddedServer['users']
  readonly connections: StoreConnections
  readonly exited: Promise<StoreError | null>
  readonly #library: string
  readonly #files: EngineFiles
  readonly #port: number
  readonly #startTimeoutMs: number
  readonly #log: StoreLog
  readonly #lock: DataLock
  readonly #finish: (error: StoreError | null) => void
  readonly #stopping = new AbortController()
  #engine: EngineProcess | null = null
  #stopped: Promise<void> | null = null
  /** In a row. */
  #crashes = 0

  constructor(
    library: string,
    files: EngineFiles,
    port: number,
    settings: EngineSettings,
    lock: DataLock,
    options: EmbeddedOptions,
  ) {
    this.#library = library
    this.#files = files
    this.#port = port
    this.#lock = lock
    this.#startTimeoutMs = options.startTimeoutMs ?? START_TIMEOUT_MS
    this.#log = options.log ?? (() => {})
    this.url = `http://127.0.0.1:${port}`
    this.users = { rw: settings.rw, ro: settings.ro }
    const { url } = this
    const { database, rw, ro } = settings
    this.connections = {
      rw: { url, database, username: rw.name, password: rw.password },
      ro: { url, database, username: ro.name, password: ro.password },
    }
    const { promise, resolve } = Promise.withResolvers<StoreError | null>()
    this.exited = promise
    this.#finish = resolve
  }

  pid(): number {
    return this.#engine?.pid ?? 0
  }

  /** Starts the engine and waits for it. @throws StoreError `engine` */
  async start(): Promise<void> {
    const leftoverUntil = performance.now() + LEFTOVER_MS
    for (;;) {
      const engine = launchEngine({ library: this.#library, files: this.#files, port: this.#port })
      this.#engine = engine
      const { name, password } = this.users.rw
      const timeoutMs = this.#startTimeoutMs
      try {
        await untilReady(engine, { url: this.url, user: name, password, timeoutMs, files: this.#files })
        void this.#watch(engine)
        return
      } catch (error) {
        const wait = error instanceof StoreError && LEFTOVER.test(error.message)
        if (!wait || performance.now() > leftoverUntil || this.#stopping.signal.aborted) throw error
        await sleep(FIRST_BACKOFF_MS, null, { signal: this.#stopping.signal })
      }
    }
  }

  /** Waits for the engine's end, and starts it again unless it was stopped. */
  async #watch(engine: EngineProcess): Promise<void> {
    const since = performance.now()
    const { how, output } = await engine.ended
    if (this.#stopping.signal.aborted) return
    this.#log({ level: 'error', message: `the ClickHouse engine ended (${how}); starting it again\n${output}`.trim() })
    const long = performance.now() - since > CRASH_WINDOW_MS
    await this.#restart(long ? 0 : this.#crashes)
  }

  async #restart(crashes: number): Promise<void> {
    this.#crashes = crashes + 1
    let last: unknown = null
    for (; this.#crashes <= MAX_CRASHES; this.#crashes++) {
      try {
        await sleep(FIRST_BACKOFF_MS * 2 ** (this.#crashes - 1), null, { signal: this.#stopping.signal })
        await this.start()
        this.#log({ level: 'info', message: `the ClickHouse engine answers again (process ${this.pid()})` })
        return
      } catch (error) {
        if (this.#stopping.signal.aborted) return
        last = error
        this.#log({ level: 'error', message: error instanceof Error ? error.message : String(error) })
      }
    }
    const reason = last instanceof Error ? `: ${last.message}` : `; see ${this.#files.output}`
    this.#lock.release()
    this.#finish(new StoreError('engine', `the ClickHouse engine crashed ${MAX_CRASHES} times in a row${reason}`))
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  async #stop(): Promise<void> {
    this.#stopping.abort()
    await this.#engine?.stop()
    this.#lock.release()
    this.#finish(null)
  }
}

/**
 * Starts the engine on its directory and waits until it answers.
 * @throws StoreError `data_directory` (in use, not writable), `disk_full`, `engine` (no library for the platform, the
 *   given port is taken, no answer in time: the sentence says which)
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const library = findLibrary()
  const lock = lockDataDirectory(options.dataDir)
  try {
    const files = engineFiles(join(lock.directory, 'clickhouse'))
    const memory = options.memory ?? defaultEngineMemory()
    const settings: EngineSettings = {
      database: options.database ?? 'hindwire',
      rw: { name: 'hindwire', password: newPassword() },
      ro: { name: 'hindwire_ro', password: newPassword() },
      memory,
      limits: { ...defaultQueryLimits(memory), ...options.limits },
    }
    try {
      writeEngineConfig(files, settings)
    } catch (error) {
      throw dataDirectoryError(options.dataDir, error)
    }
    return await startOnPort(library, files, settings, lock, options)
  } catch (error) {
    lock.release()
    throw error
  }
}

async function startOnPort(
  library: string,
  files: EngineFiles,
  settings: EngineSettings,
  lock: DataLock,
  options: EmbeddedOptions,
): Promise<EmbeddedServer> {
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort())
    const server = new Supervisor(library, files, port, settings, lock, options)
    try {
      await server.start()
      return server
    } catch (error) {
      if (!(error instanceof StoreError && PORT_TAKEN.test(error.message))) throw error
      if (options.port !== undefined)
        throw new StoreError('engine', `port ${port} of 127.0.0.1 is taken by another program: choose another`, error)
      if (attempt === PORT_ATTEMPTS) throw error
    }
  }
}
