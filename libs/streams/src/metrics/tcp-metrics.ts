import { type Packet, TcpFlag } from '@hindwire/packets/packet.ts'

import type { Direction } from '../flow.ts'
import { Completeness, Found, SYN_FIN, SYN_FIN_RST } from './segment-kinds.ts'
import { account, addGoodput, addWindow, complete, count } from './tcp-account.ts'
import { TcpCursor } from './tcp-cursor.ts'
import { readFigures, type TcpFigures } from './tcp-figures.ts'
import { clamp, Half, HalfTime, State, TcpRecords } from './tcp-records.ts'
import { isNewData, judgeAcknowledgement, judgeAckedUnseen, judgeRepetition } from './tcp-rules.ts'
import { MAX_IN_FLIGHT, MAX_ONE_WAY, UnackedSegments } from './unacked-segments.ts'

/**
 * Wireshark's analysis of TCP sequence numbers ("TCP Analysis" in its User's Guide, tcp.analysis.*): the same rules in
 * the same order as version 4.0 with its default preferences, so that the figures are the same. Counted per direction.
 * Times are packet times in µs.
 */
export class TcpMetrics {
  readonly #records = new TcpRecords()
  readonly #unacked = new UnackedSegments()
  readonly #at = new TcpCursor()

  /** A record for a new connection. */
  open(): number {
    return this.#records.open()
  }

  /** The connection has ended. */
  release(record: number): void {
    this.#at.move(this.#records, record, 0)
    this.#unacked.clear(this.#at.n, this.#at.own)
    this.#unacked.clear(this.#at.n, this.#at.peer)
    this.#records.release(record)
  }

  /** Figures of a connection; `client` is the direction in which the client sends. */
  figures(record: number, client: Direction): TcpFigures {
    this.#at.move(this.#records, record, client)
    return readFigures(this.#at.n, this.#at.first, this.#at.t, this.#at.times, client)
  }

  /** Takes one segment. */
  segment(record: number, direction: Direction, packet: Packet): void {
    this.#at.move(this.#records, record, direction)
    const n = this.#at.n
    const own = this.#at.own
    const { flags } = packet
    const packets = ++n[own + Half.Packets]!
    if ((flags & (SYN_FIN_RST | TcpFlag.Ack)) === TcpFlag.Ack && this.#takeOrdinary(packet)) return
    // A SYN sent again after a RST whose sequence number was the peer's acknowledgement.
    if ((flags & (TcpFlag.Syn | TcpFlag.Ack)) === TcpFlag.Syn && packets > 1) {
      n[own + Half.NextSeq] = n[own + Half.MaxSeqToBeAcked]!
    }
    let found = judgeAcknowledgement(this.#at, packet)
    found |= judgeAckedUnseen(this.#at, packet)
    if (packet.payloadLength > 0 || (flags & SYN_FIN) !== 0) found |= judgeRepetition(this.#at, packet, found)
    if (found !== 0) count(this.#at, found)
    this.#advance(packet, found)
    account(this.#at, packet, found)
    complete(this.#at, packet, packets === 1 && n[this.#at.peer + Half.Packets] === 0)
  }

  /**
   * A segment that all rules find nothing of, as nearly all are: it follows the one before it, and either brings data or
   * moves the acknowledgement. False: it must be looked at closely, nothing has been changed.
   */
  #takeOrdinary(packet: Packet): boolean {
    const n = this.#at.n
    const t = this.#at.t
    const own = this.#at.own
    const peer = this.#at.peer
    const { time, window, payloadLength: length } = packet
    const seq = packet.seq | 0
    const ack = packet.ack | 0
    if (seq !== n[own + Half.NextSeq]! || seq !== n[own + Half.MaxSeqToBeAcked]! || seq === 0 || window === 0)
      return false
    if ((n[own + Half.State]! & (State.BeforeFirstAck | State.Handshake)) !== 0) return false
    const expected = n[peer + Half.MaxSeqToBeAcked]!
    if (expected === 0 || ((expected - ack) | 0) < 0) return false
    if (length === 0 ? ack === n[own + Half.LastAck] : length === 1 || !isNewData(this.#at, seq, length)) return false
    if (ack !== n[own + Half.LastAck]) n[own + Half.DupAcksInRow] = 0
    if (length > 0) {
      const end = (seq + length) | 0
      this.#unacked.add(n, own, end, time, MAX_IN_FLIGHT)
      n[own + Half.NextSeq] = end
      n[own + Half.MaxSeqToBeAcked] = end
      t[this.#at.ownTime + HalfTime.NextSeq] = time
      addGoodput(this.#at, length, time)
      n[own + Half.Completeness]! |= Completeness.Data
    } else n[own + Half.Completeness]! |= Completeness.Ack
    n[own + Half.LastFlags] = 0
    this.#remember(packet)
    addWindow(this.#at, window)
    return true
  }

  /** Remembers what the next segments are compared with. */
  #advance(packet: Packet, found: number): void {
    const n = this.#at.n
    const t = this.#at.t
    const own = this.#at.own
    const { flags, time, payloadLength: length } = packet
    const seq = packet.seq | 0
    const extra = (flags & SYN_FIN) === 0 ? 0 : 1
    const end = (seq + length + extra) | 0
    if (length + extra > 0) {
      const limit = n[this.#at.peer + Half.Packets] === 0 ? MAX_ONE_WAY : MAX_IN_FLIGHT
      this.#unacked.add(n, own, end, time, limit)
    }
    const nextSeq = n[own + Half.NextSeq]!
    if ((found & Found.ZeroWindowProbe) === 0) {
      if (nextSeq === 0 || ((nextSeq - end) | 0) < 0) {
        n[own + Half.NextSeq] = end
        t[this.#at.ownTime + HalfTime.NextSeq] = time
      }
      const expected = n[own + Half.MaxSeqToBeAcked]!
      if (expected === 0 || seq === expected) n[own + Half.MaxSeqToBeAcked] = n[own + Half.NextSeq]!
    }
    n[own + Half.LastFlags] = found
    this.#remember(packet)
  }

  #remember(packet: Packet): void {
    const n = this.#at.n
    const own = this.#at.own
    const ack = packet.ack | 0
    n[own + Half.Window] = packet.window
    n[own + Half.LastAck] = ack
    this.#at.t[this.#at.ownTime + HalfTime.LastAck] = packet.time
    if (n[this.#at.peer + Half.UnackedCount] !== 0) this.#acknowledge(ack, packet.time)
  }

  /** Measures a round trip where the acknowledgement ends at a segment's end. */
  #acknowledge(ack: number, time: number): void {
    const n = this.#at.n
    const t = this.#at.t
    const peer = this.#at.peer
    const inOrder = (n[peer + Half.State]! & State.Disordered) === 0
    const sent = this.#unacked.acknowledge(n, peer, ack, inOrder)
    if (sent < 0 || sent >= time) return
    const rtt = clamp(time - sent)
    const samples = n[peer + Half.RttSamples]!
    if (samples === 0 || rtt < n[peer + Half.RttMin]!) n[peer + Half.RttMin] = rtt
    if (rtt > n[peer + Half.RttMax]!) n[peer + Half.RttMax] = rtt
    if (samples > 0)
      t[this.#at.peerTime + HalfTime.JitterSum]! += Math.abs(rtt - t[this.#at.peerTime + HalfTime.RttLast]!)
    t[this.#at.peerTime + HalfTime.RttLast] = rtt
    n[peer + Half.RttSamples] = samples + 1
    t[this.#at.peerTime + HalfTime.RttSum]! += rtt
  }
}
