/** Offsets of one direction's integers in a record. Sequence numbers are signed 32 bit (`| 0`): they wrap. */
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
  /** 1 between the SYN and the first segment without: the window is not scaled yet. */
  BeforeFirstAck: 5,
  /** Duplicate acknowledgements in a row; -1 after one that acknowledged something that was not captured. */
  DupAcksInRow: 6,
  /** What was found (tcp-metrics.ts) of the latest segment. */
  LastFlags: 7,
  Packets: 8,
  Retransmissions: 9,
  FastRetransmissions: 10,
  SpuriousRetransmissions: 11,
  OutOfOrder: 12,
  DupAcks: 13,
  ZeroWindows: 14,
  ZeroWindowProbes: 15,
  WindowsFull: 16,
  WindowUpdates: 17,
  LostSegments: 18,
  AckedUnseen: 19,
  KeepAlives: 20,
  KeepAliveAcks: 21,
  Resets: 22,
  Fins: 23,
  /** Segments in `WindowSum`. */
  Windows: 24,
  RttSamples: 25,
  /** µs. */
  RttMin: 26,
  RttMax: 27,
  RttLast: 28,
  // Segments that wait for their acknowledgement: a list in UnackedSegments, 0 for none.
  UnackedOldest: 29,
  UnackedNewest: 30,
  UnackedCount: 31,
  size: 32,
} as const

/** Offsets of one direction's doubles. Times are µs since the Unix epoch, 0 for none. */
export const HalfTime = {
  NextSeq: 0,
  LastAck: 1,
  FirstData: 2,
  GoodputBytes: 3,
  WindowSum: 4,
  RttSum: 5,
  /** Sum of the differences between RTT samples that follow each other, µs. */
  JitterSum: 6,
  size: 7,
} as const

/** Offsets of what both directions share, behind the two halves. */
export const Shared = {
  Completeness: 2 * Half.size,
  /** µs; 0 for none yet. */
  InitialRtt: 2 * Half.size + 1,
  HandshakeTime: 2 * Half.size + 2,
  size: 2 * Half.size + 3,
} as const

export const SharedTime = {
  FirstSyn: 2 * HalfTime.size,
  LatestSyn: 2 * HalfTime.size + 1,
  size: 2 * HalfTime.size + 2,
} as const

const PAGE_BITS = 8
const PAGE = 1 << PAGE_BITS

/**
 * Records of TCP connections in pages of typed arrays: 400 bytes a connection, nothing for the garbage collector to
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
      this.#integers.push(new Int32Array(PAGE * Shared.size))
      this.#times.push(new Float64Array(PAGE * SharedTime.size))
    }
    const integers = this.integersOf(record)
    const at = this.integersAt(record)
    integers.fill(0, at, at + Shared.size)
    for (const half of [at, at + Half.size]) {
      integers[half + Half.Window] = -1
      integers[half + Half.WindowScale] = -1
    }
    const timesAt = this.timesAt(record)
    this.timesOf(record).fill(0, timesAt, timesAt + SharedTime.size)
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
    return (record & (PAGE - 1)) * Shared.size
  }

  timesOf(record: number): Float64Array {
    return this.#times[record >> PAGE_BITS]!
  }

  timesAt(record: number): number {
    return (record & (PAGE - 1)) * SharedTime.size
  }
}
