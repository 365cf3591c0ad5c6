import { Half } from './tcp-records.ts'

const INITIAL = 1 << 10
/** Segments in all lists together, 16 bytes each: bounds what one-way captures of many connections can hold. */
const MAX_SEGMENTS = 1 << 22
/** Per direction. Where more are in flight, the round trips of the first ones are measured. */
export const MAX_IN_FLIGHT = 512
/** Per direction while the other side has not been seen: acknowledgements may never come. */
export const MAX_ONE_WAY = 4

/**
 * Segments that were sent and not acknowledged yet, for round-trip times: lists by age, in one pool for all
 * connections. Heads, tails and counts lie in the connections' records.
 */
export class UnackedSegments {
  #links = new Int32Array(INITIAL)
  #ends = new Int32Array(INITIAL)
  #times = new Float64Array(INITIAL)
  /** First of the list of free cells; 0 for none. Cell 0 is not used. */
  #free = 0
  #next = 1

  /** `end`: one past the segment's last sequence number. `limit`: segments that the list may have. */
  add(integers: Int32Array, half: number, end: number, time: number, limit: number): void {
    const count = integers[half + Half.UnackedCount]!
    if (count >= limit) return
    const cell = this.#take()
    if (cell === 0) return
    this.#links[cell] = 0
    this.#ends[cell] = end
    this.#times[cell] = time
    if (count === 0) integers[half + Half.UnackedOldest] = cell
    else this.#links[integers[half + Half.UnackedNewest]!] = cell
    integers[half + Half.UnackedNewest] = cell
    integers[half + Half.UnackedCount] = count + 1
  }

  /**
   * Removes the segments that `ack` covers. Gives the time of the oldest one that ends exactly there, or -1.
   * `inOrder`: the direction's segments came in the order of their sequence numbers, so that the first one that is not
   * covered ends the search.
   */
  acknowledge(integers: Int32Array, half: number, ack: number, inOrder: boolean): number {
    let found = -1
    let before = 0
    let cell = integers[half + Half.UnackedOldest]!
    while (cell !== 0) {
      const next = this.#links[cell]!
      const ahead = (this.#ends[cell]! - ack) | 0
      if (ahead > 0) {
        if (inOrder) return found
        before = cell
      } else {
        if (ahead === 0 && found < 0) found = this.#times[cell]!
        this.#remove(integers, half, before, cell, next)
      }
      cell = next
    }
    return found
  }

  /** Empties a list. */
  clear(integers: Int32Array, half: number): void {
    let cell = integers[half + Half.UnackedOldest]!
    while (cell !== 0) {
      const next = this.#links[cell]!
      this.#links[cell] = this.#free
      this.#free = cell
      cell = next
    }
    integers[half + Half.UnackedOldest] = 0
    integers[half + Half.UnackedNewest] = 0
    integers[half + Half.UnackedCount] = 0
  }

  #remove(integers: Int32Array, half: number, before: number, cell: number, next: number): void {
    if (before === 0) integers[half + Half.UnackedOldest] = next
    else this.#links[before] = next
    if (next === 0) integers[half + Half.UnackedNewest] = before
    integers[half + Half.UnackedCount]!--
    this.#links[cell] = this.#free
    this.#free = cell
  }

  #take(): number {
    const free = this.#free
    if (free !== 0) {
      this.#free = this.#links[free]!
      return free
    }
    if (this.#next === this.#links.length) {
      if (this.#next >= MAX_SEGMENTS) return 0
      this.#grow()
    }
    return this.#next++
  }

  #grow(): void {
    const size = this.#links.length * 2
    const links = new Int32Array(size)
    links.set(this.#links)
    const ends = new Int32Array(size)
    ends.set(this.#ends)
    const times = new Float64Array(size)
    times.set(this.#times)
    this.#links = links
    this.#ends = ends
    this.#times = times
  }
}
