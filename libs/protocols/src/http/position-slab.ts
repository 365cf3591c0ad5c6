const SLAB = 1 << 14

/** Shared Int32Arrays for the field positions of kept heads: a copy of a few numbers and no allocation per message. */
export class PositionSlab {
  array = new Int32Array(0)
  #used = 0

  /** Copies the first `count` numbers of `source`; returns their offset in `this.array`. */
  copy(source: Int32Array, count: number): number {
    if (this.#used + count > this.array.length) {
      this.array = new Int32Array(Math.max(SLAB, count))
      this.#used = 0
    }
    const at = this.#used
    for (let i = 0; i < count; i++) this.array[at + i] = source[i] as number
    this.#used = at + count
    return at
  }
}
