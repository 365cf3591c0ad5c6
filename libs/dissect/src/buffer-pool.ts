const SMALLEST = 2048
/** Buffers kept for reuse per size: 64 MiB of the smallest ones would be too many, a few hundred are plenty. */
const KEPT = 256
const LARGEST_KEPT = 256 << 10

/** Buffers of power-of-two sizes for units that span segments. */
export class BufferPool {
  readonly #free = new Map<number, Uint8Array[]>()

  /** A buffer of at least `size` bytes, twice as large as needed so that a growing unit is not copied each time. */
  take(size: number): Uint8Array {
    let capacity = SMALLEST
    while (capacity < size) capacity *= 2
    return this.#free.get(capacity)?.pop() ?? new Uint8Array(capacity)
  }

  give(buffer: Uint8Array): void {
    if (buffer.length > LARGEST_KEPT) return
    const free = this.#free.get(buffer.length)
    if (free === undefined) this.#free.set(buffer.length, [buffer])
    else if (free.length < KEPT) free.push(buffer)
  }
}
