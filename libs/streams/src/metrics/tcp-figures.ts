import { Half, HalfTime, Shared } from './tcp-records.ts'

/** Figures of the segments that one side has sent. Times in µs, sizes in bytes. */
export interface TcpSideFigures {
  readonly packets: number
  /** All kinds: time-outs, fast and spurious ones. */
  readonly retransmissions: number
  readonly fastRetransmissions: number
  readonly spuriousRetransmissions: number
  readonly outOfOrder: number
  readonly dupAcks: number
  readonly zeroWindows: number
  readonly zeroWindowProbes: number
  readonly windowsFull: number
  readonly windowUpdates: number
  /** Times that segments before this one were not captured. */
  readonly lostSegments: number
  /** Times that it acknowledged bytes that were not captured. */
  readonly ackedUnseen: number
  readonly keepAlives: number
  readonly keepAliveAcks: number
  readonly resets: number
  readonly fins: number
  /** Shift of its window; -1 unknown, -2 not used. */
  readonly windowScale: number
  /** Sum and number of the windows that it has announced, scaled where the scale is known. */
  readonly windowSum: number
  readonly windows: number
  readonly rttSamples: number
  readonly rttMin: number
  readonly rttMax: number
  readonly rttSum: number
  readonly jitterSum: number
  /** Payload without repetitions. */
  readonly goodputBytes: number
}

/** Figures of one connection. */
export interface TcpFigures {
  readonly client: TcpSideFigures
  readonly server: TcpSideFigures
  /** Wireshark's `tcp.completeness`. */
  readonly completeness: number
  /** Latest SYN to the acknowledgement that ends the handshake; 0 where they were not captured. */
  readonly initialRtt: number
  /** First SYN to the same. */
  readonly handshakeTime: number
  /** The client's first data to the server's; where the server speaks first, from the end of the handshake. */
  readonly timeToFirstByte: number
}

/** Reads a record; `client` is 0 or 1, the half of the client. */
export function readFigures(
  integers: Int32Array,
  at: number,
  times: Float64Array,
  timesAt: number,
  client: number,
): TcpFigures {
  return {
    client: readSide(integers, at + client * Half.size, times, timesAt + client * HalfTime.size),
    server: readSide(integers, at + (1 - client) * Half.size, times, timesAt + (1 - client) * HalfTime.size),
    completeness: integers[at + Half.Completeness]! | integers[at + Half.size + Half.Completeness]!,
    initialRtt: times[timesAt + Shared.InitialRtt]!,
    handshakeTime: times[timesAt + Shared.HandshakeTime]!,
    timeToFirstByte: timeToFirstByte(times, timesAt, client),
  }
}

function readSide(integers: Int32Array, half: number, times: Float64Array, timesAt: number): TcpSideFigures {
  const packets = integers[half + Half.Packets]!
  return {
    packets,
    retransmissions: integers[half + Half.Retransmissions]!,
    fastRetransmissions: integers[half + Half.FastRetransmissions]!,
    spuriousRetransmissions: integers[half + Half.SpuriousRetransmissions]!,
    outOfOrder: integers[half + Half.OutOfOrder]!,
    dupAcks: integers[half + Half.DupAcks]!,
    zeroWindows: integers[half + Half.ZeroWindows]!,
    zeroWindowProbes: integers[half + Half.ZeroWindowProbes]!,
    windowsFull: integers[half + Half.WindowsFull]!,
    windowUpdates: integers[half + Half.WindowUpdates]!,
    lostSegments: integers[half + Half.LostSegments]!,
    ackedUnseen: integers[half + Half.AckedUnseen]!,
    keepAlives: integers[half + Half.KeepAlives]!,
    keepAliveAcks: integers[half + Half.KeepAliveAcks]!,
    resets: integers[half + Half.Resets]!,
    fins: integers[half + Half.Fins]!,
    windowScale: integers[half + Half.WindowScale]!,
    windowSum: times[timesAt + HalfTime.WindowSum]!,
    windows: Math.max(0, packets - integers[half + Half.Syns]! - integers[half + Half.Resets]!),
    rttSamples: integers[half + Half.RttSamples]!,
    rttMin: integers[half + Half.RttMin]!,
    rttMax: integers[half + Half.RttMax]!,
    rttSum: times[timesAt + HalfTime.RttSum]!,
    jitterSum: times[timesAt + HalfTime.JitterSum]!,
    goodputBytes: times[timesAt + HalfTime.GoodputBytes]!,
  }
}

function timeToFirstByte(times: Float64Array, timesAt: number, client: number): number {
  const asked = times[timesAt + client * HalfTime.size + HalfTime.FirstData]!
  const answered = times[timesAt + (1 - client) * HalfTime.size + HalfTime.FirstData]!
  if (answered === 0) return 0
  if (asked !== 0 && asked <= answered) return answered - asked
  const handshake = times[timesAt + Shared.HandshakeTime]!
  return handshake === 0 ? 0 : Math.max(0, answered - times[timesAt + Shared.FirstSyn]! - handshake)
}
