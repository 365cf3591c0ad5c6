import { u16be, u16le, u24be, u32be, u32le } from './endian.ts'

const TWO_32 = 0x1_0000_0000

/**
 * A cursor over bytes[start, end) that cannot leave it. A read that does not fit returns 0 (an empty range for
 * `take`), moves nothing and sets `overrun`, which stays set: a parser reads a whole structure and asks once at the
 * end. No method throws. One reader can be reused with `reset`.
 */
export class ByteReader {
  bytes: Uint8Array
  /** Index in `bytes` of the next byte. */
  position: number
  /** One past the last byte that may be read. */
  end: number
  /** A read did not fit. */
  overrun = false

  /** The range is cut to what `bytes` holds. */
  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes
    this.end = Math.max(0, Math.min(end, bytes.length))
    this.position = Math.max(0, Math.min(start, this.end))
  }

  reset(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes
    this.end = Math.max(0, Math.min(end, bytes.length))
    this.position = Math.max(0, Math.min(start, this.end))
    this.overrun = false
  }

  get remaining(): number {
    return this.end - this.position
  }

  has(count: number): boolean {
    return count <= this.end - this.position
  }

  /** Steps over `count` bytes and returns the index of the first, or -1 (and `overrun`) when they are not there. */
  take(count: number): number {
    const at = this.position
    if (count < 0 || count > this.end - at) {
      this.overrun = true
      return -1
    }
    this.position = at + count
    return at
  }

  /** A byte ahead of the cursor without moving it; -1 beyond the end. */
  peek(ahead = 0): number {
    const at = this.position + ahead
    return at >= this.position && at < this.end ? this.bytes[at]! : -1
  }

  u8(): number {
    const at = this.take(1)
    return at < 0 ? 0 : this.bytes[at]!
  }

  u16(): number {
    const at = this.take(2)
    return at < 0 ? 0 : u16be(this.bytes, at)
  }

  u24(): number {
    const at = this.take(3)
    return at < 0 ? 0 : u24be(this.bytes, at)
  }

  u32(): number {
    const at = this.take(4)
    return at < 0 ? 0 : u32be(this.bytes, at)
  }

  i32(): number {
    return this.u32() | 0
  }

  /** Unsigned 64 bit as a number: exact up to 2^53, the nearest double above. */
  u64(): number {
    const at = this.take(8)
    return at < 0 ? 0 : u32be(this.bytes, at) * TWO_32 + u32be(this.bytes, at + 4)
  }

  u16le(): number {
    const at = this.take(2)
    return at < 0 ? 0 : u16le(this.bytes, at)
  }

  u32le(): number {
    const at = this.take(4)
    return at < 0 ? 0 : u32le(this.bytes, at)
  }

  /** As `u64`, little-endian. */
  u64le(): number {
    const at = this.take(8)
    return at < 0 ? 0 : u32le(this.bytes, at) + u32le(this.bytes, at + 4) * TWO_32
  }
}
