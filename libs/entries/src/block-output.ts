/**
 * The bytes of a finished block, of a size known beforehand. Words are written in the machine's order, which is little
 * endian, as Native wants it, on every machine that Node 26 runs on but s390x.
 */
export class BlockOutput {
  readonly bytes: Uint8Array<ArrayBuffer>
  #at = 0
  /** Room to gather the words of a column before they are copied to where they go, which need not be aligned. */
  readonly scratch: ArrayBuffer

  /** @param bytes of the block's size */
  constructor(bytes: Uint8Array<ArrayBuffer>, scratch: ArrayBuffer) {
    this.bytes = bytes
    this.scratch = scratch
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#at
  }

  varint(value: number): void {
    let rest = value
    while (rest > 0x7f) {
      this.bytes[this.#at++] = (rest & 0x7f) | 0x80
      rest = Math.floor(rest / 128)
    }
    this.bytes[this.#at++] = rest
  }

  /** An ASCII string with its length. */
  name(text: string): void {
    this.varint(text.length)
    for (let i = 0; i < text.length; i++) this.bytes[this.#at++] = text.charCodeAt(i)
  }

  u64(value: number): void {
    let rest = value
    for (let i = 0; i < 8; i++) {
      this.bytes[this.#at++] = rest % 256
      rest = Math.floor(rest / 256)
    }
  }

  copy(bytes: Uint8Array, length: number): void {
    this.bytes.set(bytes.subarray(0, length), this.#at)
    this.#at += length
  }

  /** The first `length` bytes of the scratch. */
  copyScratch(length: number): void {
    this.bytes.set(new Uint8Array(this.scratch, 0, length), this.#at)
    this.#at += length
  }
}
