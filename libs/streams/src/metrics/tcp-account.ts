import { type Packet, TcpFlag } from '@hindwire/packets/packet.ts'

import { Completeness, Found, REPEATED } from './segment-kinds.ts'
import type { TcpCursor } from './tcp-cursor.ts'
import { clamp, Half, HalfTime, Shared, State } from './tcp-records.ts'
import { readWindowScale } from './window-scale.ts'

export function count(at: TcpCursor, found: number): void {
  const n = at.n
  const own = at.own
  if ((found & (REPEATED | Found.OutOfOrder)) !== 0) n[own + Half.State]! |= State.Disordered
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

/** Sums that are no matter of sequence numbers; the handshake. */
export function account(at: TcpCursor, packet: Packet, found: number): void {
  const n = at.n
  const own = at.own
  const { flags, time, payloadLength: length } = packet
  if ((flags & TcpFlag.Rst) !== 0) n[own + Half.Resets]!++
  if ((flags & TcpFlag.Fin) !== 0) n[own + Half.Fins]!++
  if (length > 0 && (found & (REPEATED | Found.KeepAlive | Found.ZeroWindowProbe)) === 0) addGoodput(at, length, time)
  if ((flags & TcpFlag.Syn) !== 0) synchronise(at, packet)
  else if ((flags & TcpFlag.Rst) === 0) addWindow(at, packet.window)
  if ((flags & (TcpFlag.Syn | TcpFlag.Ack)) === TcpFlag.Ack) endHandshake(at, time)
}

export function addGoodput(at: TcpCursor, length: number, time: number): void {
  const t = at.t
  const place = at.ownTime
  t[place + HalfTime.GoodputBytes]! += length
  if (t[place + HalfTime.FirstData] === 0) t[place + HalfTime.FirstData] = time
}

export function addWindow(at: TcpCursor, window: number): void {
  const scale = at.n[at.own + Half.WindowScale]!
  at.t[at.ownTime + HalfTime.WindowSum]! += scale > 0 ? window * (1 << scale) : window
}

function endHandshake(at: TcpCursor, time: number): void {
  const { n, t, own, times } = at
  const state = n[own + Half.State]!
  n[own + Half.State] = state & ~State.BeforeFirstAck
  if ((state & State.Handshake) === 0) return
  const rtt = clamp(time - t[times + Shared.LatestSyn]!)
  // A clock that stood still: the next acknowledgement is taken.
  if (rtt === 0) return
  n[own + Half.State]! &= ~State.Handshake
  n[at.peer + Half.State]! &= ~State.Handshake
  t[times + Shared.InitialRtt] = rtt
  t[times + Shared.HandshakeTime] = clamp(time - t[times + Shared.FirstSyn]!)
}

function synchronise(at: TcpCursor, packet: Packet): void {
  const n = at.n
  const t = at.t
  const own = at.own
  const isAnswer = (packet.flags & TcpFlag.Ack) !== 0
  n[own + Half.Syns]!++
  n[own + Half.State]! |= State.BeforeFirstAck
  if (!isAnswer) {
    t[at.times + Shared.LatestSyn] = packet.time
    if (t[at.times + Shared.FirstSyn] === 0) t[at.times + Shared.FirstSyn] = packet.time
    if (t[at.times + Shared.InitialRtt] === 0) {
      n[own + Half.State]! |= State.Handshake
      n[at.peer + Half.State]! |= State.Handshake
    }
  }
  const scale = readWindowScale(packet)
  if (scale >= 0) n[own + Half.WindowScale] = scale
  // Both sides must offer scaling (RFC 7323, section 2.2).
  if (n[own + Half.WindowScale] === -1) {
    n[own + Half.WindowScale] = -2
    n[at.peer + Half.WindowScale] = -2
  } else if (isAnswer && n[at.peer + Half.WindowScale] === -2) n[own + Half.WindowScale] = -2
}

export function complete(at: TcpCursor, packet: Packet, first: boolean): void {
  const { flags } = packet
  const place = at.own + Half.Completeness
  if (first) {
    if ((flags & (TcpFlag.Syn | TcpFlag.Ack)) === TcpFlag.Syn) at.n[place] = Completeness.Syn
    return
  }
  let seen = 0
  const synAck = flags & (TcpFlag.Syn | TcpFlag.Ack)
  if (synAck === (TcpFlag.Syn | TcpFlag.Ack)) seen |= Completeness.SynAck
  else if (synAck === TcpFlag.Ack) seen |= packet.payloadLength > 0 ? Completeness.Data : Completeness.Ack
  if ((flags & (TcpFlag.Fin | TcpFlag.Ack)) === (TcpFlag.Fin | TcpFlag.Ack)) seen |= Completeness.Fin
  if ((flags & TcpFlag.Rst) !== 0) seen |= Completeness.Rst
  at.n[place]! |= seen
}
