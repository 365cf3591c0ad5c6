/** Bytes that strings are read from, as machine words. */
export class SourceBytes {
  /** The whole buffer behind the bytes used last. */
  view: DataView = new DataView(new ArrayBuffer(0))
  /** Where those bytes begin in it. */
  offset = 0
  #bytes: Uint8Array | null = null
  #buffer: ArrayBufferLike | null = null

  /**
   * Makes `bytes` those that are read. Calls come in runs with the same array (the headers of one message) and arrays in
   * runs on the same buffer, so this is mostly one comparison.
   */
  use(bytes: Uint8Array): void {
    if (bytes !== this.#bytes) this.#change(bytes)
  }

  /** Lets go of the buffer. */
  clear(): void {
    this.#bytes = null
    this.#buffer = null
    this.view = new DataView(new ArrayBuffer(0))
  }

  #change(bytes: Uint8Array): void {
    const { buffer } = bytes
    if (buffer !== this.#buffer) {
      this.#buffer = buffer
      this.view = new DataView(buffer)
    }
    this.#bytes = bytes
    this.offset = bytes.byteOffset
  }
}
