import { IpProtocol, Packet, TcpFlag } from '@hindwire/packets/packet.ts'

import { type Direction, Flow, FlowKey } from '../flow.ts'
import { defaultLimits, type StreamLimits } from '../limits.ts'
import type { GapReason, StreamSink } from '../stream-sink.ts'
import { TcpReassembler } from '../tcp.ts'

export interface Segment {
  readonly direction?: Direction
  readonly seq: number
  readonly bytes?: Uint8Array | string
  /** Letters of the flags that are set: S, A, F, R. */
  readonly flags?: string
  readonly ack?: number
  /** Payload bytes captured, where fewer than were on the wire. */
  readonly captured?: number
  readonly time?: number
}

const LETTERS: Readonly<Record<string, number>> = {
  S: TcpFlag.Syn,
  A: TcpFlag.Ack,
  F: TcpFlag.Fin,
  R: TcpFlag.Rst,
}

/** One flow and its reassembly; notes what comes out, and that every packet is booked once. */
export class TcpRun implements StreamSink {
  readonly tcp: TcpReassembler
  readonly flow: Flow
  /** Bytes of each direction; a gap stands as as many `_`, a huge one as `…`. */
  readonly streams: [string, string] = ['', '']
  readonly gaps: string[] = []
  readonly events: string[] = []
  readonly booked: number[] = []
  readonly #packet = new Packet()
  #ordinal = 0
  #time = 0
  #latest = 0

  constructor(limits: Partial<StreamLimits> = {}) {
    this.tcp = new TcpReassembler({ ...defaultLimits, ...limits }, this)
    const key = new FlowKey()
    this.#packet.protocol = IpProtocol.Tcp
    key.set(this.#packet)
    this.flow = new Flow(key, 1, 0)
  }

  get sent(): number {
    return this.#ordinal
  }

  load(segment: Segment): Packet {
    const packet = this.#packet
    const { bytes = '' } = segment
    packet.bytes = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes
    packet.payloadStart = 0
    packet.payloadLength = packet.bytes.length
    packet.payloadEnd = segment.captured ?? packet.bytes.length
    packet.seq = segment.seq >>> 0
    packet.ack = (segment.ack ?? 0) >>> 0
    packet.flags = Array.from(segment.flags ?? '').reduce((sum, letter) => sum | (LETTERS[letter] as number), 0)
    this.#time = segment.time ?? this.#time + 1
    packet.time = this.#time
    return packet
  }

  take(...segments: Segment[]): this {
    for (const segment of segments) {
      const packet = this.load(segment)
      this.tcp.segment(this.flow, segment.direction ?? 0, packet, ++this.#ordinal)
      // What has been handed on must not be read again from the packet's buffer.
      packet.bytes.fill(0x21)
    }
    return this
  }

  drain(): this {
    this.tcp.drain(this.flow)
    return this
  }

  data(
    _flow: Flow,
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    time: number,
  ): void {
    this.streams[direction] += Buffer.from(bytes.subarray(start, end)).toString('latin1')
    this.booked.push(packet)
    this.#latest = Math.max(this.#latest, time)
  }

  gap(_flow: Flow, direction: Direction, length: number, reason: GapReason): void {
    this.streams[direction] += length < 10_000 ? '_'.repeat(length) : '…'
    this.gaps.push(`${reason} ${length}`)
  }

  end(_flow: Flow, direction: Direction): void {
    this.events.push(`end ${direction}`)
  }

  retransmission(_flow: Flow, packet: number): void {
    this.events.push(`retransmission ${packet}`)
    this.booked.push(packet)
  }

  control(_flow: Flow, packet: number): void {
    this.booked.push(packet)
  }

  outside(_flow: Flow, packet: number): void {
    this.events.push(`outside ${packet}`)
    this.booked.push(packet)
  }
}
