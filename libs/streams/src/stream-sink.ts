import type { Direction, Flow } from './flow.ts'

/** Why bytes are missing: not captured, or cut by the capture's snapshot length. */
export type GapReason = 'gap' | 'cut'

/**
 * Takes what reassembly gives. `packet` is an ordinal in the snapshot, `time` µs since the epoch. Byte ranges are valid
 * during the call only.
 */
export interface StreamSink {
  /** The next bytes of a direction, in order; all from one packet. */
  data(
    flow: Flow,
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    time: number,
  ): void
  /** `length` bytes of a direction are lost for good. */
  gap(flow: Flow, direction: Direction, length: number, reason: GapReason): void
  /** A direction has ended: FIN in order, or RST of either side. */
  end(flow: Flow, direction: Direction): void
  /** The packet brought only bytes that had been seen before. */
  retransmission(flow: Flow, packet: number): void
  /** The packet brought no payload (handshake, ACK, keep-alive, FIN, RST). */
  control(flow: Flow, packet: number): void
  /** The packet's payload came after the end of the stream or of what reassembly accepts. */
  outside(flow: Flow, packet: number): void
}
