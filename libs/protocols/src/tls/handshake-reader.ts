import { u24be } from '@hindwire/bytes/endian.ts'

/** Takes whole handshake messages; bytes[start, end) is the body, cut at the limit. */
export interface HandshakeSink {
  handshake(type: number, bytes: Uint8Array, start: number, end: number): void
}

const HEADER_BYTES = 4

/**
 * Puts the handshake messages of one side together: one record may hold several of them, one of them may take several
 * records (RFC 8446, section 5.1). A message within one record is read where it is.
 */
export class HandshakeReader {
  readonly #limit: number
  #kept: Uint8Array = new Uint8Array(0)
  #length = 0
  /** Bytes of the message in progress that are still to come; -1 while its header is not whole. */
  #missing = -1

  constructor(limit: number) {
    this.#limit = limit
  }

  /** A message has begun and is not whole. */
  get active(): boolean {
    return this.#length > 0
  }

  /** Type of the message in progress; -1 without one. */
  get type(): number {
    return this.#length > 0 ? (this.#kept[0] as number) : -1
  }

  clear(): void {
    this.#length = 0
    this.#missing = -1
    this.#kept = new Uint8Array(0)
  }

  read(bytes: Uint8Array, start: number, end: number, sink: HandshakeSink): void {
    let at = start
    while (at < end) {
      if (this.#length === 0 && end - at >= HEADER_BYTES) {
        const length = u24be(bytes, at + 1)
        if (length <= this.#limit && at + HEADER_BYTES + length <= end) {
          sink.handshake(bytes[at] as number, bytes, at + HEADER_BYTES, at + HEADER_BYTES + length)
          at += HEADER_BYTES + length
          continue
        }
      }
      at = this.#collect(bytes, at, end, sink)
    }
  }

  #collect(bytes: Uint8Array, start: number, end: number, sink: HandshakeSink): number {
    let at = start
    while (at < end && this.#missing < 0) {
      this.#keep(bytes, at, ++at)
      if (this.#length === HEADER_BYTES) this.#missing = u24be(this.#kept, 1)
    }
    if (this.#missing < 0) return at
    const taken = Math.min(this.#missing, end - at)
    const kept = Math.min(taken, this.#limit + HEADER_BYTES - this.#length)
    if (kept > 0) this.#keep(bytes, at, at + kept)
    this.#missing -= taken
    if (this.#missing > 0) return at + taken
    const message = this.#kept
    const length = this.#length
    this.clear()
    sink.handshake(message[0] as number, message, HEADER_BYTES, length)
    return at + taken
  }

  #keep(bytes: Uint8Array, start: number, end: number): void {
    const needed = this.#length + (end - start)
    if (needed > this.#kept.length) {
      const larger = new Uint8Array(Math.max(needed, this.#kept.length * 2, 64))
      larger.set(this.#kept.subarray(0, this.#length))
      this.#kept = larger
    }
    this.#kept.set(bytes.subarray(start, end), this.#length)
    this.#length = needed
  }
}
