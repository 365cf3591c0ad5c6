import type { BufferPool } from './buffer-pool.ts'
import type { Bucket } from './coverage.ts'

/** Where the engine books a packet that has been dealt with. */
export interface PacketLedger {
  settle(bucket: Bucket, packet: number): void
}

/**
 * One direction of a conversation: the bytes that wait for the rest of their unit, and which packet brought which of
 * them. Empty nearly always: units that lie in one segment are read where they are.
 */
export class Channel {
  bytes: Uint8Array | null = null
  start = 0
  end = 0
  /** After a loss or an invalid unit: looking for the next message. */
  lostSync = false
  /** No message has been read since. */
  seeking = false
  /** Why: bytes passed over count as lost behind a gap, else as malformed. */
  lostByGap = false
  ended = false
  /** The latest packet that brought bytes in order, and its time. */
  lastPacket = 0
  lastTime = 0
  // The unit in progress over several parse calls (Outcome.Part).
  unitPacket = 0
  unitTime = 0
  unitSize = 0
  // Packets of the buffered bytes: offset of each one's end in `bytes`, its ordinal, its time.
  #ends: number[] = []
  #packets: number[] = []
  #times: number[] = []

  get length(): number {
    return this.end - this.start
  }

  append(pool: BufferPool, bytes: Uint8Array, start: number, end: number, packet: number, time: number): void {
    const size = end - start
    this.#reserve(pool, size)
    const own = this.bytes as Uint8Array
    if (size < 48) for (let at = 0; at < size; at++) own[this.end + at] = bytes[start + at] as number
    else own.set(bytes.subarray(start, end), this.end)
    this.end += size
    this.#ends.push(this.end)
    this.#packets.push(packet)
    this.#times.push(time)
  }

  /** Offset in `bytes` of what the latest packet brought. */
  get latestStart(): number {
    return this.#ends.length < 2 ? this.start : (this.#ends[this.#ends.length - 2] as number)
  }

  /** Index of the packet that brought the byte at `offset` of `bytes`. */
  #segmentOf(offset: number): number {
    const ends = this.#ends
    let low = 0
    let high = ends.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if ((ends[middle] as number) > offset) high = middle
      else low = middle + 1
    }
    return low
  }

  packetAt(offset: number): number {
    return this.#packets[this.#segmentOf(offset)] as number
  }

  timeAt(offset: number): number {
    return this.#times[this.#segmentOf(offset)] as number
  }

  /** The bytes before `position` are done with: books the packets that end there, and frees the buffer when empty. */
  consumeTo(pool: BufferPool, position: number, bucket: Bucket, ledger: PacketLedger): void {
    this.start = position
    let done = 0
    while (done < this.#ends.length && (this.#ends[done] as number) <= position) {
      ledger.settle(bucket, this.#packets[done] as number)
      done++
    }
    if (position === this.end) {
      this.#ends.length = 0
      this.#packets.length = 0
      this.#times.length = 0
      this.start = 0
      this.end = 0
      if (this.bytes !== null) pool.give(this.bytes)
      this.bytes = null
    } else if (done > 0) {
      this.#ends.splice(0, done)
      this.#packets.splice(0, done)
      this.#times.splice(0, done)
    }
  }

  startUnit(packet: number, time: number): void {
    this.unitPacket = packet
    this.unitTime = time
  }

  endUnit(): void {
    this.unitPacket = 0
    this.unitTime = 0
    this.unitSize = 0
  }

  #reserve(pool: BufferPool, size: number): void {
    const own = this.bytes
    if (own !== null && this.end + size <= own.length) return
    const kept = this.end - this.start
    const target = own !== null && kept + size <= own.length ? own : pool.take(kept + size)
    if (own !== null) target.set(own.subarray(this.start, this.end), 0)
    if (own !== null && target !== own) pool.give(own)
    for (let at = 0; at < this.#ends.length; at++) this.#ends[at] = (this.#ends[at] as number) - this.start
    this.bytes = target
    this.start = 0
    this.end = kept
  }
}
