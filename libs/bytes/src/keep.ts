/** Size of a slab. Small enough that one long-lived piece does not hold much else in memory. */
const SLAB_BYTES = 64 * 1024

/** Ranges above this get an array of their own: they would waste the rest of a slab. */
const LARGEST_SHARED = SLAB_BYTES / 4

/**
 * Copies small ranges into shared arrays, so that keeping a piece of a packet costs a copy and no allocation. A slab's
 * array is freed by the collector when nobody refers to it any more; it is never reused while somebody does.
 *
 *     const start = slab.copy(bytes, from, to)
 *     const kept = slab.bytes // the array that holds it, from `start`; read it before the next copy
 */
export class Slab {
  /** Holds the range that was copied last. */
  bytes: Uint8Array = new Uint8Array(0)
  #shared: Uint8Array = new Uint8Array(0)
  #used = 0

  /** Copies source[start, end) and returns its offset in `this.bytes`. */
  copy(source: Uint8Array, start: number, end: number): number {
    const length = end - start
    if (length > LARGEST_SHARED) {
      this.bytes = source.slice(start, end)
      return 0
    }
    if (this.#used + length > this.#shared.length) {
      this.#shared = new Uint8Array(SLAB_BYTES)
      this.#used = 0
    }
    const shared = this.#shared
    const at = this.#used
    // A loop beats `set(subarray)` for short pieces: it makes no view.
    if (length <= 64) for (let i = 0; i < length; i++) shared[at + i] = source[start + i]!
    else shared.set(source.subarray(start, end), at)
    this.#used = at + length
    this.bytes = shared
    return at
  }
}

export interface KeptBytes {
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
}

const common = new Slab()

/** Copies bytes[start, end) to memory that stays, sharing slabs with all callers of the process. */
export function keep(bytes: Uint8Array, start: number, end: number): KeptBytes {
  const at = common.copy(bytes, start, end)
  return { bytes: common.bytes, start: at, end: at + (end - start) }
}
