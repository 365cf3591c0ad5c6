/** Why a block could not be read: it is cut, or of a type that is not among the stored ones. */
export class BlockError extends Error {
  override readonly name = 'BlockError'
}

/** Reads the pieces of a Native block from its start to its end. @throws BlockError beyond the end */
export class NativeReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get ended(): boolean {
    return this.at >= this.#bytes.length
  }

  /** The next `length` bytes, not copied. */
  take(length: number): Uint8Array {
    const start = this.#skip(length)
    return this.#bytes.subarray(start, start + length)
  }

  varint(): number {
    let value = 0
    let scale = 1
    for (let i = 0; i < 8; i++) {
      const byte = this.u8()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      scale *= 128
    }
    throw new BlockError('a length in the block is too large')
  }

  /** A string with its length, as bytes. */
  string(): Uint8Array {
    return this.take(this.varint())
  }

  u8(): number {
    return this.#view.getUint8(this.#skip(1))
  }

  u16(): number {
    return this.#view.getUint16(this.#skip(2), true)
  }

  u32(): number {
    return this.#view.getUint32(this.#skip(4), true)
  }

  i32(): number {
    return this.#view.getInt32(this.#skip(4), true)
  }

  /** Exact up to 2^53. */
  u64(): number {
    const low = this.u32()
    return low + this.u32() * 0x1_0000_0000
  }

  /** Exact between -2^53 and 2^53. */
  i64(): number {
    const low = this.u32()
    return low + this.i32() * 0x1_0000_0000
  }

  f64(): number {
    return this.#view.getFloat64(this.#skip(8), true)
  }

  #skip(length: number): number {
    const start = this.at
    if (start + length > this.#bytes.length) throw new BlockError('the block is cut')
    this.at = start + length
    return start
  }
}
