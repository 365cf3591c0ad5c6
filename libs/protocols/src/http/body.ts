/** Collects the content of one message up to a limit, and counts the rest. */
export class BodyCollector {
  readonly #limit: number
  bytes: Uint8Array = new Uint8Array(0)
  length = 0
  /** Whole size, with what was not kept. */
  size = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  add(source: Uint8Array, start: number, end: number): void {
    this.size += end - start
    const take = Math.min(end - start, this.#limit - this.length)
    if (take <= 0) return
    if (this.length + take > this.bytes.length) {
      const grown = new Uint8Array(Math.min(this.#limit, Math.max(1024, (this.length + take) * 2)))
      grown.set(this.bytes.subarray(0, this.length))
      this.bytes = grown
    }
    this.bytes.set(source.subarray(start, start + take), this.length)
    this.length += take
  }

  /** Bytes that are lost: they count, but nothing stands for them. */
  skip(length: number): void {
    this.size += length
  }
}
