/** What both capture readers keep of the window they were given. `skip` may reach beyond it. */
export class Window {
  bytes: Uint8Array = new Uint8Array(0)
  view: DataView = new DataView(new ArrayBuffer(0))
  /** Index in `bytes` of the first byte that is not consumed. */
  position = 0
  end = 0
  /** The file ends at `end`. */
  final = false
  /** File offset of index 0 of `bytes`. */
  base = 0
  /** Bytes to be stepped over that this window does not hold. */
  #owed = 0

  /** Takes a new window: its first byte stands in the file where `position` stood. */
  begin(bytes: Uint8Array, start: number, end: number, final: boolean): void {
    this.base += this.position - start
    if (bytes !== this.bytes) {
      this.bytes = bytes
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    this.position = start
    this.end = end
    this.final = final
    if (this.#owed > 0) this.skip(this.#owed)
  }

  /** Steps over bytes, of following windows too where this one ends before. */
  skip(count: number): void {
    const here = Math.min(count, this.end - this.position)
    this.position += here
    this.#owed = count - here
  }

  get available(): number {
    return this.end - this.position
  }

  /** File offset of the next byte. */
  get offset(): number {
    return this.base + this.position
  }
}
