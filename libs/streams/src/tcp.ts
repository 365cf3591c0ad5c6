import { type Packet, TcpFlag } from '@hindwire/packets/packet.ts'

import type { Direction, Flow } from './flow.ts'
import { HalfStream, type HeldSegment } from './half-stream.ts'
import type { StreamLimits } from './limits.ts'
import type { StreamSink } from './stream-sink.ts'

/** Keep-alive probes repeat the byte before `next`, or none (RFC 9293, section 3.8.4). */
const MAX_KEEPALIVE_BYTES = 1

/** Largest window (RFC 7323, section 2.3): a segment further ahead is not of this connection, and must not move it. */
const MAX_WINDOW = 1 << 30

/**
 * TCP reassembly (RFC 9293): segments in, ordered bytes out. Bytes in order are handed on where they lie; only segments
 * behind a hole are copied. What arrives first wins: a retransmission never replaces bytes.
 */
export class TcpReassembler {
  readonly #limits: StreamLimits
  readonly #sink: StreamSink
  #heldTotal = 0

  constructor(limits: StreamLimits, sink: StreamSink) {
    this.#limits = limits
    this.#sink = sink
  }

  /** True when the packet's SYN opens a new connection on the 5-tuple of `flow` (port reuse). */
  isNewEpoch(flow: Flow, direction: Direction, packet: Packet): boolean {
    if ((packet.flags & TcpFlag.Syn) === 0 || (packet.flags & TcpFlag.Rst) !== 0) return false
    const half = halves(flow)[direction]
    if (!half.started) return flow.closed
    if (half.synSeen) return half.isn !== (packet.seq | 0) && (flow.closed || (packet.flags & TcpFlag.Ack) === 0)
    // Joined in mid-stream: a SYN from a side that has already sent data cannot belong to the same connection.
    return (packet.flags & TcpFlag.Ack) === 0 || flow.closed
  }

  /** Takes one segment of a flow. `ordinal` is the packet's number in the snapshot. */
  segment(flow: Flow, direction: Direction, packet: Packet, ordinal: number): void {
    const pair = halves(flow)
    const half = pair[direction]
    const flags = packet.flags
    if ((flags & TcpFlag.Ack) !== 0) this.#acknowledge(flow, (1 - direction) as Direction, packet)
    let seq = packet.seq | 0
    if ((flags & TcpFlag.Syn) !== 0) {
      if (!half.started) this.#start(half, (seq + 1) | 0, seq)
      seq = (seq + 1) | 0
    }
    const length = packet.payloadLength
    if (length > 0 && (flags & TcpFlag.Rst) === 0) this.#payload(flow, direction, half, packet, seq, ordinal)
    else this.#sink.control(flow, ordinal)
    if ((flags & TcpFlag.Fin) !== 0 && !half.finSeen) {
      half.finSeen = true
      half.fin = (seq + length) | 0
      if (!half.started) this.#start(half, half.fin, 0)
    }
    if (half.finSeen) this.#finish(flow, direction, half)
    if ((flags & TcpFlag.Rst) !== 0) this.#reset(flow)
  }

  /** Gives up waiting for holes: at the end of the flow or of the capture. */
  drain(flow: Flow): void {
    const pair = flow.halves
    if (pair === null) return
    for (const direction of [0, 1] as const) {
      const half = pair[direction]
      while (half.held !== null) this.#declareLost(flow, direction, half)
    }
  }

  /** True while bytes of that direction wait behind a hole. */
  isStalled(flow: Flow, direction: Direction): boolean {
    return flow.halves !== null && flow.halves[direction].held !== null
  }

  #start(half: HalfStream, next: number, isn: number): void {
    half.started = true
    half.next = next
    half.isn = isn
    half.synSeen = next === ((isn + 1) | 0)
  }

  #payload(flow: Flow, direction: Direction, half: HalfStream, packet: Packet, seq: number, ordinal: number): void {
    const length = packet.payloadLength
    if (half.ended) {
      this.#afterEnd(flow, direction, half, packet, seq, ordinal)
      return
    }
    if (!half.started) {
      half.started = true
      half.next = seq
    }
    const ahead = (seq - half.next) | 0
    if (ahead === 0) {
      this.#deliver(
        flow,
        direction,
        half,
        packet.bytes,
        packet.payloadStart,
        packet.payloadEnd,
        length,
        ordinal,
        packet.time,
      )
      if (half.held !== null) this.#release(flow, direction, half)
    } else if (ahead < 0) this.#overlapping(flow, direction, half, packet, -ahead, ordinal)
    else if (ahead <= MAX_WINDOW) this.#hold(flow, direction, half, packet, seq, ordinal)
    else this.#sink.outside(flow, ordinal)
  }

  /** Payload behind the end: a late copy; or, after a RST that the peers ignored, the stream goes on. */
  #afterEnd(flow: Flow, direction: Direction, half: HalfStream, packet: Packet, seq: number, ordinal: number): void {
    const fresh = (seq + packet.payloadLength - half.next) | 0
    if (fresh <= 0) this.#sink.retransmission(flow, ordinal)
    else if (half.finSeen) this.#sink.outside(flow, ordinal)
    else {
      half.ended = false
      this.#payload(flow, direction, half, packet, seq, ordinal)
    }
  }

  /** A segment that begins `known` bytes before `next`. */
  #overlapping(
    flow: Flow,
    direction: Direction,
    half: HalfStream,
    packet: Packet,
    known: number,
    ordinal: number,
  ): void {
    const length = packet.payloadLength
    if (known >= length) {
      if (length <= MAX_KEEPALIVE_BYTES && known === length) this.#sink.control(flow, ordinal)
      else this.#sink.retransmission(flow, ordinal)
      return
    }
    const start = Math.min(packet.payloadStart + known, packet.payloadEnd)
    this.#deliver(flow, direction, half, packet.bytes, start, packet.payloadEnd, length - known, ordinal, packet.time)
    if (half.held !== null) this.#release(flow, direction, half)
  }

  #deliver(
    flow: Flow,
    direction: Direction,
    half: HalfStream,
    bytes: Uint8Array,
    start: number,
    end: number,
    length: number,
    ordinal: number,
    time: number,
  ): void {
    half.next = (half.next + length) | 0
    this.#sink.data(flow, direction, bytes, start, end, ordinal, time)
    const missing = length - (end - start)
    if (missing > 0) this.#sink.gap(flow, direction, missing, 'cut')
  }

  #hold(flow: Flow, direction: Direction, half: HalfStream, packet: Packet, seq: number, ordinal: number): void {
    const held = (half.held ??= [])
    if (held.length === 0) half.holeSince = packet.time
    const length = packet.payloadLength
    let at = held.length
    while (at > 0 && (((held[at - 1] as HeldSegment).seq - seq) | 0) > 0) at--
    const before = at > 0 ? (held[at - 1] as HeldSegment) : null
    if (before !== null && ((before.seq + before.length - seq - length) | 0) >= 0) {
      this.#sink.retransmission(flow, ordinal)
    } else {
      // A copy whatever the array is: slice() of a Buffer is only a view.
      const bytes = new Uint8Array(packet.bytes.subarray(packet.payloadStart, packet.payloadEnd))
      held.splice(at, 0, { seq, bytes, length, packet: ordinal, time: packet.time })
      half.heldBytes += bytes.length
      this.#heldTotal += bytes.length
    }
    while (half.held !== null && this.#mustGiveUp(half, packet.time)) this.#declareLost(flow, direction, half)
  }

  #mustGiveUp(half: HalfStream, time: number): boolean {
    const { maxHeldBytes, maxHeldSegments, maxHeldTotal, holeTimeout, ackedHoleTimeout } = this.#limits
    const held = half.held as HeldSegment[]
    if (half.heldBytes > maxHeldBytes || held.length > maxHeldSegments || this.#heldTotal > maxHeldTotal) return true
    const waited = time - half.holeSince
    if (waited > holeTimeout) return true
    const firstHeld = held[0] as HeldSegment
    return half.ackSeen && ((half.acked - firstHeld.seq) | 0) > 0 && waited > ackedHoleTimeout
  }

  /** The hole at `next` is a loss: skips to the first segment held behind it. */
  #declareLost(flow: Flow, direction: Direction, half: HalfStream): void {
    const first = (half.held as HeldSegment[])[0] as HeldSegment
    const missing = (first.seq - half.next) | 0
    half.next = first.seq
    this.#sink.gap(flow, direction, missing, 'gap')
    this.#release(flow, direction, half)
  }

  /** Delivers the held segments that `next` has reached. */
  #release(flow: Flow, direction: Direction, half: HalfStream): void {
    const held = half.held as HeldSegment[]
    let taken = 0
    while (taken < held.length) {
      const segment = held[taken] as HeldSegment
      const known = (half.next - segment.seq) | 0
      if (known < 0) break
      taken++
      half.heldBytes -= segment.bytes.length
      this.#heldTotal -= segment.bytes.length
      if (known >= segment.length) this.#sink.retransmission(flow, segment.packet)
      else {
        const { bytes, length, packet, time } = segment
        this.#deliver(
          flow,
          direction,
          half,
          bytes,
          Math.min(known, bytes.length),
          bytes.length,
          length - known,
          packet,
          time,
        )
      }
    }
    if (taken === held.length) half.held = null
    else if (taken > 0) {
      held.splice(0, taken)
      half.holeSince = (held[0] as HeldSegment).time
    }
  }

  /** Takes the acknowledgement number of a packet of the other side. */
  #acknowledge(flow: Flow, direction: Direction, packet: Packet): void {
    const half = halves(flow)[direction]
    const ack = packet.ack | 0
    if (!half.ackSeen || ((ack - half.acked) | 0) > 0) {
      half.acked = ack
      half.ackSeen = true
    }
    while (half.held !== null && this.#mustGiveUp(half, packet.time)) this.#declareLost(flow, direction, half)
  }

  #finish(flow: Flow, direction: Direction, half: HalfStream): void {
    if (half.ended || ((half.next - half.fin) | 0) < 0) return
    half.ended = true
    this.#sink.end(flow, direction)
    const pair = halves(flow)
    if (pair[0].ended && pair[1].ended) flow.closed = true
  }

  #reset(flow: Flow): void {
    this.drain(flow)
    flow.closed = true
    for (const direction of [0, 1] as const) {
      const half = halves(flow)[direction]
      if (half.ended) continue
      half.ended = true
      this.#sink.end(flow, direction)
    }
  }
}

function halves(flow: Flow): readonly [HalfStream, HalfStream] {
  return (flow.halves ??= [new HalfStream(), new HalfStream()])
}
