import { type Packet, TcpFlag } from '@hindwire/packets/packet.ts'

import type { Direction } from '../flow.ts'
import { readFigures, type TcpFigures } from './tcp-figures.ts'
import { Half, HalfTime, Shared, SharedTime, TcpRecords } from './tcp-records.ts'
import { MAX_IN_FLIGHT, MAX_ONE_WAY, UnackedSegments } from './unacked-segments.ts'
import { readWindowScale } from './window-scale.ts'

/** What a segment was found to be; several may hold. */
const Found = {
  Retransmission: 0x1,
  LostBefore: 0x2,
  AckedUnseen: 0x4,
  KeepAlive: 0x8,
  DupAck: 0x10,
  ZeroWindow: 0x20,
  ZeroWindowProbe: 0x40,
  ZeroWindowProbeAck: 0x80,
  KeepAliveAck: 0x100,
  OutOfOrder: 0x200,
  FastRetransmission: 0x400,
  WindowUpdate: 0x800,
  WindowFull: 0x1000,
  SpuriousRetransmission: 0x2000,
} as const

const REPEATED = Found.Retransmission | Found.FastRetransmission | Found.SpuriousRetransmission
const SYN_FIN = TcpFlag.Syn | TcpFlag.Fin
const SYN_FIN_RST = SYN_FIN | TcpFlag.Rst

/** Bits of Wireshark's `tcp.completeness`. */
export const Completeness = { Syn: 1, SynAck: 2, Ack: 4, Data: 8, Fin: 16, Rst: 32 } as const

/** A retransmission this soon after the duplicate acknowledgements is a fast one, µs. */
const FAST_RETRANSMISSION = 20_000
/** Reordering is over by then where the round-trip time is not known, µs. */
const REORDERING = 3000

/**
 * Wireshark's analysis of TCP sequence numbers ("TCP Analysis" in its User's Guide, tcp.analysis.*): the same rules in
 * the same order as version 4.0 with its default preferences, so that the figures are the same. Counted per direction.
 * Times are packet times in µs.
 */
export class TcpMetrics {
  readonly #records = new TcpRecords()
  readonly #unacked = new UnackedSegments()
  // The record being worked on: integers and times, and where its two halves begin (of the sender, of the other side).
  #n: Int32Array = new Int32Array(0)
  #t: Float64Array = new Float64Array(0)
  #shared = 0
  #sharedTime = 0
  #own = 0
  #peer = 0
  #ownTime = 0
  #peerTime = 0

  /** A record for a new connection. */
  open(): number {
    return this.#records.open()
  }

  /** The connection has ended. */
  release(record: number): void {
    this.#select(record, 0)
    this.#unacked.clear(this.#n, this.#own)
    this.#unacked.clear(this.#n, this.#peer)
    this.#records.release(record)
  }

  /** Figures of a connection; `client` is the direction in which the client sends. */
  figures(record: number, client: Direction): TcpFigures {
    this.#select(record, client)
    return readFigures(this.#n, this.#shared, this.#t, this.#sharedTime, client)
  }

  /** Takes one segment. */
  segment(record: number, direction: Direction, packet: Packet): void {
    this.#select(record, direction)
    const n = this.#n
    const own = this.#own
    const { flags } = packet
    const packets = ++n[own + Half.Packets]!
    // A SYN sent again after a RST whose sequence number was the peer's acknowledgement.
    if ((flags & (TcpFlag.Syn | TcpFlag.Ack)) === TcpFlag.Syn && packets > 1) {
      n[own + Half.NextSeq] = n[own + Half.MaxSeqToBeAcked]!
    }
    let found = this.#judgeAcknowledgement(packet)
    found |= this.#judgeAckedUnseen(packet)
    if (packet.payloadLength > 0 || (flags & SYN_FIN) !== 0) found |= this.#judgeRepetition(packet, found)
    if (found !== 0) this.#count(found)
    this.#advance(packet, found)
    this.#account(packet, found)
    this.#complete(packet, packets === 1 && n[this.#peer + Half.Packets] === 0)
  }

  #select(record: number, direction: Direction): void {
    const records = this.#records
    this.#n = records.integersOf(record)
    this.#t = records.timesOf(record)
    const at = records.integersAt(record)
    const timesAt = records.timesAt(record)
    this.#shared = at
    this.#sharedTime = timesAt
    this.#own = at + direction * Half.size
    this.#peer = at + (1 - direction) * Half.size
    this.#ownTime = timesAt + direction * HalfTime.size
    this.#peerTime = timesAt + (1 - direction) * HalfTime.size
  }

  /** Windows, losses before the segment, keep-alives, repeated acknowledgements. */
  #judgeAcknowledgement(packet: Packet): number {
    const n = this.#n
    const own = this.#own
    const peer = this.#peer
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
      const scale = n[peer + Half.WindowScale]!
      if (scale !== -1) {
        const shift = n[peer + Half.BeforeFirstAck] === 1 || scale < 0 ? 0 : scale
        const edge = n[peer + Half.LastAck]! + (n[peer + Half.Window]! << shift)
        if ((seq + length - edge) << 0 === 0) found |= Found.WindowFull
      }
      return found
    }
    if (seq !== nextSeq || (packet.ack | 0) !== n[own + Half.LastAck]) return found
    return found | this.#judgeRepeatedAck(window)
  }

  /** An empty segment with the numbers of the one before it. */
  #judgeRepeatedAck(window: number): number {
    const n = this.#n
    const own = this.#own
    const before = n[this.#peer + Half.LastFlags]!
    if (window !== n[own + Half.Window]) return window === 0 ? 0 : Found.WindowUpdate
    if (window === 0) return (before & Found.ZeroWindowProbe) === 0 ? 0 : Found.ZeroWindowProbeAck
    if ((before & Found.KeepAlive) !== 0) return Found.KeepAliveAck
    const inRow = n[own + Half.DupAcksInRow]!
    n[own + Half.DupAcksInRow] = inRow < 0 ? 1 : inRow + 1
    return Found.DupAck
  }

  /** An acknowledgement of bytes that were not captured; told once for each loss. */
  #judgeAckedUnseen(packet: Packet): number {
    const n = this.#n
    const own = this.#own
    const peer = this.#peer
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
  #judgeRepetition(packet: Packet, found: number): number {
    if ((found & Found.KeepAlive) !== 0) return 0
    const n = this.#n
    const t = this.#t
    const own = this.#own
    const peer = this.#peer
    const { flags, time, payloadLength: length } = packet
    const seq = packet.seq | 0
    const nextSeq = n[own + Half.NextSeq]!
    const acked = n[peer + Half.LastAck]!
    if (length > 0 && acked !== 0 && ((seq + length - acked) | 0) <= 0) return Found.SpuriousRetransmission
    if (nextSeq === 0 || ((seq - nextSeq) | 0) >= 0) return 0
    // New data behind a byte that may have been a zero-window probe.
    if (length > 1 && ((nextSeq - 1) | 0) === seq) return 0
    const sinceAck = time - t[this.#peerTime + HalfTime.LastAck]!
    if (n[peer + Half.DupAcksInRow]! >= 2 && acked === seq && sinceAck >= 0 && sinceAck < FAST_RETRANSMISSION) {
      return Found.FastRetransmission
    }
    const sinceNext = time - t[this.#ownTime + HalfTime.NextSeq]!
    const threshold = n[this.#shared + Shared.InitialRtt]! || REORDERING
    if (sinceNext >= 0 && sinceNext < threshold) {
      const end = (seq + length + ((flags & SYN_FIN) === 0 ? 0 : 1)) | 0
      // A segment that ends where the stream ends is a repetition.
      if (end !== nextSeq) return Found.OutOfOrder
    }
    return Found.Retransmission
  }

  #count(found: number): void {
    const n = this.#n
    const own = this.#own
    if ((found & REPEATED) !== 0) n[own + Half.Retransmissions]!++
    if ((found & Found.FastRetransmission) !== 0) n[own + Half.FastRetransmissions]!++
    if ((found & Found.SpuriousRetransmission) !== 0) n[own + Half.SpuriousRetransmissions]!++
    if ((found & Found.OutOfOrder) !== 0) n[own + Half.OutOfOrder]!++
    if ((found & Found.LostBefore) !== 0) n[own + Half.LostSegments]!++
    if ((found & Found.AckedUnseen) !== 0) n[own + Half.AckedUnseen]!++
    if ((found & Found.DupAck) !== 0) n[own + Half.DupAcks]!++
    if ((found & Found.ZeroWindow) !== 0) n[own + Half.ZeroWindows]!++
    if ((found & Found.ZeroWindowProbe) !== 0) n[own + Half.ZeroWindowProbes]!++
    if ((found & Found.WindowFull) !== 0) n[own + Half.WindowsFull]!++
    if ((found & Found.WindowUpdate) !== 0) n[own + Half.WindowUpdates]!++
    if ((found & Found.KeepAlive) !== 0) n[own + Half.KeepAlives]!++
    if ((found & Found.KeepAliveAck) !== 0) n[own + Half.KeepAliveAcks]!++
  }

  /** Remembers what the next segments are compared with. */
  #advance(packet: Packet, found: number): void {
    const n = this.#n
    const t = this.#t
    const own = this.#own
    const { flags, time, payloadLength: length } = packet
    const seq = packet.seq | 0
    const ack = packet.ack | 0
    const extra = (flags & SYN_FIN) === 0 ? 0 : 1
    const end = (seq + length + extra) | 0
    if (length + extra > 0) {
      const limit = n[this.#peer + Half.Packets] === 0 ? MAX_ONE_WAY : MAX_IN_FLIGHT
      this.#unacked.add(n, own, end, time, limit)
    }
    const nextSeq = n[own + Half.NextSeq]!
    if ((found & Found.ZeroWindowProbe) === 0) {
      if (nextSeq === 0 || ((nextSeq - end) | 0) < 0) {
        n[own + Half.NextSeq] = end
        t[this.#ownTime + HalfTime.NextSeq] = time
      }
      const expected = n[own + Half.MaxSeqToBeAcked]!
      if (expected === 0 || seq === expected) n[own + Half.MaxSeqToBeAcked] = n[own + Half.NextSeq]!
    }
    n[own + Half.Window] = packet.window
    n[own + Half.LastAck] = ack
    t[this.#ownTime + HalfTime.LastAck] = time
    n[own + Half.LastFlags] = found
    if (n[this.#peer + Half.UnackedCount] !== 0) this.#acknowledge(ack, time)
  }

  /** Measures a round trip where the acknowledgement ends at a segment's end. */
  #acknowledge(ack: number, time: number): void {
    const n = this.#n
    const t = this.#t
    const peer = this.#peer
    const inOrder = n[peer + Half.Retransmissions] === 0 && n[peer + Half.OutOfOrder] === 0
    const sent = this.#unacked.acknowledge(n, peer, ack, inOrder)
    if (sent < 0 || sent >= time) return
    const rtt = clamp(time - sent)
    const samples = n[peer + Half.RttSamples]!
    if (samples === 0 || rtt < n[peer + Half.RttMin]!) n[peer + Half.RttMin] = rtt
    if (rtt > n[peer + Half.RttMax]!) n[peer + Half.RttMax] = rtt
    if (samples > 0) t[this.#peerTime + HalfTime.JitterSum]! += Math.abs(rtt - n[peer + Half.RttLast]!)
    n[peer + Half.RttLast] = rtt
    n[peer + Half.RttSamples] = samples + 1
    t[this.#peerTime + HalfTime.RttSum]! += rtt
  }

  /** Sums that are no matter of sequence numbers; the handshake. */
  #account(packet: Packet, found: number): void {
    const n = this.#n
    const t = this.#t
    const own = this.#own
    const { flags, time, payloadLength: length } = packet
    if ((flags & TcpFlag.Rst) !== 0) n[own + Half.Resets]!++
    if ((flags & TcpFlag.Fin) !== 0) n[own + Half.Fins]!++
    if (length > 0 && (found & (REPEATED | Found.KeepAlive | Found.ZeroWindowProbe)) === 0) {
      t[this.#ownTime + HalfTime.GoodputBytes]! += length
      if (t[this.#ownTime + HalfTime.FirstData] === 0) t[this.#ownTime + HalfTime.FirstData] = time
    }
    if ((flags & TcpFlag.Syn) !== 0) this.#synchronise(packet)
    else if ((flags & TcpFlag.Rst) === 0) {
      const scale = n[own + Half.WindowScale]!
      n[own + Half.Windows]!++
      t[this.#ownTime + HalfTime.WindowSum]! += packet.window * (scale > 0 ? 1 << scale : 1)
    }
    if ((flags & (TcpFlag.Syn | TcpFlag.Ack)) !== TcpFlag.Ack) return
    n[own + Half.BeforeFirstAck] = 0
    const latestSyn = t[this.#sharedTime + SharedTime.LatestSyn]!
    if (latestSyn === 0 || n[this.#shared + Shared.InitialRtt] !== 0) return
    n[this.#shared + Shared.InitialRtt] = clamp(time - latestSyn)
    n[this.#shared + Shared.HandshakeTime] = clamp(time - t[this.#sharedTime + SharedTime.FirstSyn]!)
  }

  #synchronise(packet: Packet): void {
    const n = this.#n
    const t = this.#t
    const own = this.#own
    const isAnswer = (packet.flags & TcpFlag.Ack) !== 0
    n[own + Half.BeforeFirstAck] = 1
    if (!isAnswer) {
      t[this.#sharedTime + SharedTime.LatestSyn] = packet.time
      if (t[this.#sharedTime + SharedTime.FirstSyn] === 0) t[this.#sharedTime + SharedTime.FirstSyn] = packet.time
    }
    const scale = readWindowScale(packet)
    if (scale >= 0) n[own + Half.WindowScale] = scale
    // Both sides must offer scaling (RFC 7323, section 2.2).
    if (n[own + Half.WindowScale] === -1) {
      n[own + Half.WindowScale] = -2
      n[this.#peer + Half.WindowScale] = -2
    } else if (isAnswer && n[this.#peer + Half.WindowScale] === -2) n[own + Half.WindowScale] = -2
  }

  #complete(packet: Packet, first: boolean): void {
    const { flags } = packet
    const at = this.#shared + Shared.Completeness
    if (first) {
      if ((flags & (TcpFlag.Syn | TcpFlag.Ack)) === TcpFlag.Syn) this.#n[at] = Completeness.Syn
      return
    }
    let seen = 0
    const synAck = flags & (TcpFlag.Syn | TcpFlag.Ack)
    if (synAck === (TcpFlag.Syn | TcpFlag.Ack)) seen |= Completeness.SynAck
    else if (synAck === TcpFlag.Ack) seen |= packet.payloadLength > 0 ? Completeness.Data : Completeness.Ack
    if ((flags & (TcpFlag.Fin | TcpFlag.Ack)) === (TcpFlag.Fin | TcpFlag.Ack)) seen |= Completeness.Fin
    if ((flags & TcpFlag.Rst) !== 0) seen |= Completeness.Rst
    this.#n[at]! |= seen
  }
}

/** A time span as an integer of 31 bits, µs: above 35 minutes clocks are wrong. */
function clamp(span: number): number {
  return Math.min(Math.max(0, span), 0x7fff_ffff)
}
