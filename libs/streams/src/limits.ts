/** Bounds of the stream engine. Times are packet time in µs. */
export interface StreamLimits {
  /** A UDP, ICMP or SCTP conversation ends after this silence. */
  readonly datagramTimeout: number
  /** A TCP connection ends after this silence; what comes later is a new flow that starts in mid-stream. */
  readonly tcpTimeout: number
  /** A closed TCP connection still takes late packets for this long. */
  readonly closedTimeout: number
  /** Live flows. The oldest (closed ones first) is ended when one more comes: bounds a scan's memory. */
  readonly maxFlows: number
  /** Bytes held behind a hole, per direction: bounds what one lost packet can keep. */
  readonly maxHeldBytes: number
  /** Segments held behind a hole, per direction. */
  readonly maxHeldSegments: number
  /** Bytes held behind holes in all flows together. */
  readonly maxHeldTotal: number
  /** A hole that nobody has filled after this time is a loss. TCP's retransmission time-out is at most seconds. */
  readonly holeTimeout: number
  /** A hole whose bytes the receiver has acknowledged is a loss of the capture, not of the network; a reordering of
   * the capture itself is over sooner than this. */
  readonly ackedHoleTimeout: number
}

export const defaultLimits: StreamLimits = {
  datagramTimeout: 120_000_000,
  tcpTimeout: 3_600_000_000,
  closedTimeout: 60_000_000,
  maxFlows: 250_000,
  maxHeldBytes: 1 << 20,
  maxHeldSegments: 1024,
  maxHeldTotal: 128 << 20,
  holeTimeout: 5_000_000,
  ackedHoleTimeout: 200_000,
}
