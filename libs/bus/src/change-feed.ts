import type { Change } from './job-store.ts'

/**
 * Changes on their way to a reader. While it is away, at most the last change of each key waits, so that a slow reader
 * costs bounded memory.
 */
export class ChangeFeed implements AsyncIterableIterator<Change> {
  readonly #waiting = new Map<string, Change>()
  readonly #onEnd: () => void
  readonly #signal: AbortSignal | undefined
  #wake = Promise.withResolvers<void>()
  #ended = false
  readonly #abort = () => this.#end()

  /** @param onEnd called once, when no more changes are wanted */
  constructor(onEnd: () => void, signal?: AbortSignal) {
    this.#onEnd = onEnd
    this.#signal = signal
    signal?.addEventListener('abort', this.#abort, { once: true })
    if (signal?.aborted === true) this.#ended = true
  }

  push(change: Change): void {
    const key = change.kind === 'current' ? '' : change.key
    this.#waiting.delete(key)
    this.#waiting.set(key, change)
    this.#wake.resolve()
  }

  async next(): Promise<IteratorResult<Change, undefined>> {
    for (;;) {
      if (this.#ended) return { done: true, value: undefined }
      const first = this.#waiting.entries().next()
      if (first.done !== true) {
        this.#waiting.delete(first.value[0])
        return { done: false, value: first.value[1] }
      }
      this.#wake = Promise.withResolvers()
      await this.#wake.promise
    }
  }

  async return(): Promise<IteratorResult<Change, undefined>> {
    this.#end()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#waiting.clear()
    this.#signal?.removeEventListener('abort', this.#abort)
    this.#onEnd()
    this.#wake.resolve()
  }
}
