/**
 * Offsets of one direction's integers in a record: first what every packet needs, 64 bytes, then what few do. Sequence
 * numbers are signed 32 bit (`| 0`): they wrap.
 */
export const Half = {
  /** One past the highest sequence number sent; 0 before the first segment. */
  NextSeq: 0,
  /** End of the gapless part of what was sent: an acknowledgement beyond it is of something that was not captured. */
  MaxSeqToBeAcked: 1,
  LastAck: 2,
  /** Latest unscaled window; -1 before the first segment. */
  Window: 3,
  /** Shift of the window (RFC 7323); -1 unknown, -2 not used. */
  WindowScale: 4,
  /** Bits of `State`. */
  State: 5,
  /** Duplicate acknowledgements in a row; -1 after one that acknowledged something that was not captured. */
  DupAcksInRow: 6,
  /** What was found (segment-kinds.ts) of the latest segment. */
  LastFlags: 7,
  Packets: 8,
  /** Bits of `Completeness` (segment-kinds.ts) that its segments have brought. */
  Completeness: 9,
  // Segments that wait for their acknowledgement: a list in UnackedSegments, 0 for none.
  UnackedOldest: 10,
  UnackedNewest: 11,
  UnackedCount: 12,
  RttSamples: 13,
  /** µs. */
  RttMin: 14,
  RttMax: 15,
  Syns: 16,
  Retransmissions: 17,
  FastRetransmissions: 18,
  SpuriousRetransmissions: 19,
  OutOfOrder: 20,
  DupAcks: 21,
  ZeroWindows: 22,
  ZeroWindowProbes: 23,
  WindowsFull: 24,
  WindowUpdates: 25,
  LostSegments: 26,
  AckedUnseen: 27,
  KeepAlives: 28,
  KeepAliveAcks: 29,
  Resets: 30,
  Fins: 31,
  size: 32,
} as const

/** What a direction is in. */
export const State = {
  /** Between its SYN and its first segment without: its window is not scaled yet. */
  BeforeFirstAck: 1,
  /** A SYN was seen: the next acknowledgement of either side ends the handshake. */
  Handshake: 2,
  /** Some of its segments did not come in the order of their sequence numbers. */
  Disordered: 4,
} as const

/** Offsets of one direction's doubles. Times are µs since the Unix epoch, 0 for none. */
export const HalfTime = {
  NextSeq: 0,
  LastAck: 1,
  FirstData: 2,
  GoodputBytes: 3,
  WindowSum: 4,
  RttSum: 5,
  RttLast: 6,
  /** Sum of the differences between RTT samples that follow each other, µs. */
  JitterSum: 7,
  size: 8,
} as const

/** Offsets of the doubles of both directions together, behind the two halves. */
export const Shared = {
  FirstSyn: 2 * HalfTime.size,
  LatestSyn: 2 * HalfTime.size + 1,
  /** µs; 0 for none yet. */
  InitialRtt: 2 * HalfTime.size + 2,
  HandshakeTime: 2 * HalfTime.size + 3,
  size: 2 * HalfTime.size + 4,
} as const

const INTEGERS = 2 * Half.size

const PAGE_BITS = 8
const PAGE = 1 << PAGE_BITS

/**
 * Records of TCP connections in pages of typed arrays: 416 bytes a connection, nothing for the garbage collector to
 * look at, nothing allocated per packet.
 */
export class TcpRecords {
  readonly #integers: Int32Array[] = []
  readonly #times: Float64Array[] = []
  readonly #free: number[] = []
  #next = 0

  /** A new record, by its number. */
  open(): number {
    const record = this.#free.pop() ?? this.#next++
    if (record >> PAGE_BITS === this.#integers.length) {
      this.#integers.push(new Int32Array(PAGE * INTEGERS))
      this.#times.push(new Float64Array(PAGE * Shared.size))
    }
    const integers = this.integersOf(record)
    const at = this.integersAt(record)
    integers.fill(0, at, at + INTEGERS)
    for (const half of [at, at + Half.size]) {
      integers[half + Half.Window] = -1
      integers[half + Half.WindowScale] = -1
    }
    const timesAt = this.timesAt(record)
    this.timesOf(record).fill(0, timesAt, timesAt + Shared.size)
    return record
  }

  /** The record may be given to another connection. */
  release(record: number): void {
    this.#free.push(record)
  }

  /** The page that holds a record's integers; they begin at `integersAt`. */
  integersOf(record: number): Int32Array {
    return this.#integers[record >> PAGE_BITS]!
  }

  integersAt(record: number): number {
    return (record & (PAGE - 1)) * INTEGERS
  }

  timesOf(record: number): Float64Array {
    return this.#times[record >> PAGE_BITS]!
  }

  timesAt(record: number): number {
    return (record & (PAGE - 1)) * Shared.size
  }
}

/** A time span as an integer of 31 bits, µs: above 35 minutes clocks are wrong. */
export function clamp(span: number): number {
  return Math.min(Math.max(0, span), 0x7fff_ffff)
}
