import { type Packet, TcpFlag } from '@hindwire/packets/packet.ts'

import { Found, SYN_FIN, SYN_FIN_RST } from './segment-kinds.ts'
import type { TcpCursor } from './tcp-cursor.ts'
import { Half, HalfTime, Shared, State } from './tcp-records.ts'

/** A retransmission this soon after the duplicate acknowledgements is a fast one, µs. */
const FAST_RETRANSMISSION = 20_000
/** Reordering is over by then where the round-trip time is not known, µs. */
const REORDERING = 3000

/** Windows, losses before the segment, keep-alives, repeated acknowledgements. */
export function judgeAcknowledgement(at: TcpCursor, packet: Packet): number {
  const n = at.n
  const own = at.own
  const peer = at.peer
  const { flags, window, payloadLength: length } = packet
  const seq = packet.seq | 0
  const nextSeq = n[own + Half.NextSeq]!
  if (length === 1 && seq === nextSeq && n[peer + Half.Window] === 0) return Found.ZeroWindowProbe
  let found = 0
  if (nextSeq !== 0 && ((nextSeq - seq) | 0) < 0 && (flags & TcpFlag.Rst) === 0) found |= Found.LostBefore
  if ((flags & SYN_FIN_RST) !== 0) return found
  if (window === 0) found |= Found.ZeroWindow
  if (length <= 1 && seq === ((nextSeq - 1) | 0)) found |= Found.KeepAlive
  if (length > 0) {
    if (fillsWindow(at, seq, length)) found |= Found.WindowFull
    return found
  }
  if (seq !== nextSeq || (packet.ack | 0) !== n[own + Half.LastAck]) return found
  return found | judgeRepeatedAck(at, window)
}

/** An empty segment with the numbers of the one before it. */
function judgeRepeatedAck(at: TcpCursor, window: number): number {
  const n = at.n
  const own = at.own
  const before = n[at.peer + Half.LastFlags]!
  if (window !== n[own + Half.Window]) return window === 0 ? 0 : Found.WindowUpdate
  if (window === 0) return (before & Found.ZeroWindowProbe) === 0 ? 0 : Found.ZeroWindowProbeAck
  if ((before & Found.KeepAlive) !== 0) return Found.KeepAliveAck
  const inRow = n[own + Half.DupAcksInRow]!
  n[own + Half.DupAcksInRow] = inRow < 0 ? 1 : inRow + 1
  return Found.DupAck
}

/** An acknowledgement of bytes that were not captured; told once for each loss. */
export function judgeAckedUnseen(at: TcpCursor, packet: Packet): number {
  const n = at.n
  const own = at.own
  const peer = at.peer
  const ack = packet.ack | 0
  if (ack !== n[own + Half.LastAck]) n[own + Half.DupAcksInRow] = 0
  const expected = n[peer + Half.MaxSeqToBeAcked]!
  if (expected === 0 || ((expected - ack) | 0) >= 0 || (packet.flags & TcpFlag.Ack) === 0) return 0
  const nextSeq = n[peer + Half.NextSeq]!
  if (((expected - nextSeq) | 0) < 0) {
    n[peer + Half.MaxSeqToBeAcked] = nextSeq
    return Found.AckedUnseen
  }
  const first = n[peer + Half.DupAcksInRow] === 0
  n[peer + Half.DupAcksInRow] = -1
  return first ? Found.AckedUnseen : 0
}

/** Which kind of repetition a segment with data, SYN or FIN is, if any. */
export function judgeRepetition(at: TcpCursor, packet: Packet, found: number): number {
  if ((found & Found.KeepAlive) !== 0) return 0
  const n = at.n
  const t = at.t
  const own = at.own
  const peer = at.peer
  const { flags, time, payloadLength: length } = packet
  const seq = packet.seq | 0
  const nextSeq = n[own + Half.NextSeq]!
  const acked = n[peer + Half.LastAck]!
  if (length > 0 && acked !== 0 && ((seq + length - acked) | 0) <= 0) return Found.SpuriousRetransmission
  if (nextSeq === 0 || ((seq - nextSeq) | 0) >= 0) return 0
  // New data behind a byte that may have been a zero-window probe.
  if (length > 1 && ((nextSeq - 1) | 0) === seq) return 0
  const sinceAck = time - t[at.peerTime + HalfTime.LastAck]!
  if (n[peer + Half.DupAcksInRow]! >= 2 && acked === seq && sinceAck >= 0 && sinceAck < FAST_RETRANSMISSION) {
    return Found.FastRetransmission
  }
  const sinceNext = time - t[at.ownTime + HalfTime.NextSeq]!
  const threshold = t[at.times + Shared.InitialRtt]! || REORDERING
  if (sinceNext >= 0 && sinceNext < threshold) {
    const end = (seq + length + ((flags & SYN_FIN) === 0 ? 0 : 1)) | 0
    // A segment that ends where the stream ends is a repetition.
    if (end !== nextSeq) return Found.OutOfOrder
  }
  return Found.Retransmission
}

/** Data that was not acknowledged before, and does not fill the window. */
export function isNewData(at: TcpCursor, seq: number, length: number): boolean {
  const acked = at.n[at.peer + Half.LastAck]!
  return ((seq + length - acked) | 0) > 0 && !fillsWindow(at, seq, length)
}

/** Data up to the edge of the window that the other side has announced, where its scale is known. */
function fillsWindow(at: TcpCursor, seq: number, length: number): boolean {
  const n = at.n
  const peer = at.peer
  const scale = n[peer + Half.WindowScale]!
  if (scale === -1) return false
  const shift = scale < 0 || (n[peer + Half.State]! & State.BeforeFirstAck) !== 0 ? 0 : scale
  const edge = n[peer + Half.LastAck]! + (n[peer + Half.Window]! << shift)
  return ((seq + length - edge) | 0) === 0
}
