export interface CheckResult {
  readonly ok: boolean
  readonly ms: number
  /** Why it is not. */
  readonly error?: string
}

export interface HealthReport {
  readonly ok: boolean
  readonly checks: Readonly<Record<string, CheckResult>>
}

/** What `GET /readyz` asks: every part that a service cannot do without, each with a time limit. */
export class HealthChecks {
  readonly #checks = new Map<
    string,
    { readonly check: (signal: AbortSignal) => Promise<void>; readonly timeoutMs: number }
  >()

  /** @param check resolves when the part can be used, and throws otherwise */
  add(name: string, check: (signal: AbortSignal) => Promise<void>, timeoutMs = 2000): this {
    this.#checks.set(name, { check, timeoutMs })
    return this
  }

  /** Runs all checks at once; never throws. */
  async run(): Promise<HealthReport> {
    const names = [...this.#checks.keys()].sort()
    const results = await Promise.all(names.map((name) => this.#one(name)))
    const checks = Object.fromEntries(names.map((name, i) => [name, results[i] ?? { ok: false, ms: 0 }]))
    return { ok: results.every((result) => result.ok), checks }
  }

  async #one(name: string): Promise<CheckResult> {
    const entry = this.#checks.get(name)
    if (entry === undefined) return { ok: false, ms: 0, error: 'no such check' }
    const start = performance.now()
    const late = Promise.withResolvers<never>()
    const abort = new AbortController()
    const timer = setTimeout(() => {
      late.reject(new Error(`no answer in ${entry.timeoutMs} ms`))
      abort.abort()
    }, entry.timeoutMs)
    try {
      await Promise.race([entry.check(abort.signal), late.promise])
      return { ok: true, ms: elapsed(start) }
    } catch (error) {
      return { ok: false, ms: elapsed(start), error: error instanceof Error ? error.message : String(error) }
    } finally {
      clearTimeout(timer)
    }
  }
}

function elapsed(start: number): number {
  return Math.round(performance.now() - start)
}
