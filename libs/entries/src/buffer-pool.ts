/** Buffers of blocks that were sent. More than this many at once are given to the collector. */
const KEPT = 4
/** Blocks of one run are of similar size: with some room over, the buffer of one will do for most others. */
const ROOM = 1.25

/** Memory for blocks. Fresh pages cost more than everything else that is done with a block, so buffers come back. */
export class BufferPool {
  readonly #free: ArrayBuffer[] = []

  /** `size` bytes of any content, at the start of a buffer of their own. */
  take(size: number): Uint8Array<ArrayBuffer> {
    const at = this.#free.findIndex(({ byteLength }) => byteLength >= size)
    const [free] = at < 0 ? [] : this.#free.splice(at, 1)
    const buffer = free ?? Buffer.allocUnsafeSlow(Math.ceil(size * ROOM)).buffer
    return new Uint8Array(buffer, 0, size)
  }

  give(buffer: ArrayBuffer): void {
    // A detached buffer is one that another thread has taken over.
    if (buffer.byteLength === 0 || buffer.detached) return
    if (this.#free.length === KEPT) this.#free.shift()
    this.#free.push(buffer)
  }
}
