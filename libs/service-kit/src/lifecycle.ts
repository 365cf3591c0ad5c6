import { AppError } from './app-error.ts'
import type { Logger } from './logger.ts'

/** A part of a process: a server, a connection, a consumer. */
export interface Part {
  start?(): Promise<void> | void
  /** Lets go of what `start` took; also called when the process could not start as a whole. */
  stop?(): Promise<void> | void
}

export interface LifecycleOptions {
  readonly logger: Logger
  /** Time for all parts to stop together, ms. Below the 10 s (Docker) or 30 s (Kubernetes) until SIGKILL. */
  readonly stopMs?: number
  /** Told why the process could not start, in place of the log: for commands that people run. */
  readonly onStartFailure?: (error: unknown) => void
}

const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const

/**
 * Starts the parts of a process in the order in which they were added, and stops them in reverse: what came last
 * depends on what came first.
 */
export class Lifecycle {
  readonly #logger: Logger
  readonly #stopMs: number
  readonly #onStartFailure: ((error: unknown) => void) | undefined
  readonly #parts: { readonly name: string; readonly part: Part }[] = []
  readonly #started: { readonly name: string; readonly part: Part }[] = []
  readonly #stopRequested = Promise.withResolvers<void>()
  #stopping: Promise<boolean> | null = null

  constructor(options: LifecycleOptions) {
    this.#logger = options.logger
    this.#stopMs = options.stopMs ?? 8000
    this.#onStartFailure = options.onStartFailure
  }

  add(name: string, part: Part): this {
    this.#parts.push({ name, part })
    return this
  }

  /** @throws what a part's start threw, after stopping those that had started */
  async start(): Promise<void> {
    for (const entry of this.#parts) {
      if (this.#stopping !== null) return
      try {
        await entry.part.start?.()
      } catch (error) {
        await this.stop()
        throw error
      }
      this.#started.push(entry)
      this.#logger.debug({ part: entry.name }, 'started')
    }
  }

  /**
   * Stops everything, in reverse. A part that fails to stop does not keep the others from it.
   * @returns true when all parts stopped properly and in time
   */
  stop(): Promise<boolean> {
    this.#stopRequested.resolve()
    this.#stopping ??= this.#stopAll()
    return this.#stopping
  }

  /** Asks `run` to end, without waiting for it. */
  requestStop(): void {
    this.#stopRequested.resolve()
  }

  /**
   * The life of a process: starts, waits for SIGINT, SIGTERM or `requestStop`, stops. A second signal exits at once.
   * @returns the exit code: 0, or 1 when it did not start or stop properly
   */
  async run(): Promise<number> {
    const release = this.#handleSignals()
    try {
      await this.start()
      await this.#stopRequested.promise
      return (await this.stop()) ? 0 : 1
    } catch (error) {
      if (this.#onStartFailure !== undefined) {
        this.#onStartFailure(error)
        return 1
      }
      // A sentence for what the user can mend (a taken port, a wrong path); the stack for what is ours.
      this.#logger.fatal({ err: error }, error instanceof AppError ? 'cannot start' : 'cannot start: unexpected error')
      return 1
    } finally {
      release()
    }
  }

  async #stopAll(): Promise<boolean> {
    const late = Promise.withResolvers<'late'>()
    const timer = setTimeout(() => late.resolve('late'), this.#stopMs)
    let proper = true
    for (const { name, part } of this.#started.reverse()) {
      const stopped = Promise.resolve()
        .then(() => part.stop?.())
        .then(
          () => 'stopped' as const,
          (error: unknown) => {
            this.#logger.error({ err: error, part: name }, 'did not stop properly')
            return 'failed' as const
          },
        )
      const how = await Promise.race([stopped, late.promise])
      if (how === 'late') this.#logger.error({ part: name }, 'did not stop in time')
      proper &&= how === 'stopped'
    }
    clearTimeout(timer)
    return proper
  }

  #handleSignals(): () => void {
    let signalled = false
    const handlers = Object.entries(SIGNALS).map(([signal, code]) => {
      const handler = () => {
        if (signalled) process.exit(code)
        signalled = true
        this.#logger.info({ signal }, 'stopping; once more to stop at once')
        this.#stopRequested.resolve()
      }
      process.on(signal, handler)
      return () => process.off(signal, handler)
    })
    return () => {
      for (const release of handlers) release()
    }
  }
}
