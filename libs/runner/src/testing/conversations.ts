import { formatIp } from '@hindwire/bytes/format-ip.ts'
import { decodePacket } from '@hindwire/packets/decode.ts'
import { IpProtocol, Packet, TcpFlag, Verdict } from '@hindwire/packets/packet.ts'
import { FlowTable, FlowClass } from '@hindwire/streams/flow-table.ts'
import { type Direction, type Flow, FlowKey } from '@hindwire/streams/flow.ts'
import { defaultLimits } from '@hindwire/streams/limits.ts'
import type { StreamSink } from '@hindwire/streams/stream-sink.ts'
import { TcpReassembler } from '@hindwire/streams/tcp.ts'
import type { Endpoint } from '@hindwire/testkit/packet-builder.ts'
import { TcpSession } from '@hindwire/testkit/tcp-session.ts'

import type { Frame } from './capture-rows.ts'

/** Bytes that one side sent in one go. */
export interface Piece {
  readonly from: 'client' | 'server'
  readonly bytes: Uint8Array
}

/** What both sides of a TCP connection said, in order. */
export interface Conversation {
  readonly client: Endpoint
  readonly server: Endpoint
  readonly pieces: readonly Piece[]
  /** Its bytes are all there. */
  readonly whole: boolean
}

interface Recorded {
  readonly flow: Flow
  readonly pieces: { direction: Direction; bytes: Uint8Array }[]
  opener: Direction | -1
  whole: boolean
}

/** Reassembles the TCP connections of a capture. */
export function conversationsIn(frames: readonly Frame[]): Conversation[] {
  const recorder = new Recorder()
  const tcp = new TcpReassembler(defaultLimits, recorder)
  const table = new FlowTable(defaultLimits, (flow) => tcp.drain(flow))
  const key = new FlowKey()
  const packet = new Packet()
  let ordinal = 0
  for (const { time, bytes, linkType, wireLength } of frames) {
    ordinal++
    packet.bytes = bytes
    packet.start = 0
    packet.end = bytes.length
    packet.wireLength = wireLength ?? bytes.length
    packet.time = time
    packet.linkType = linkType ?? 1
    decodePacket(packet)
    if (packet.verdict !== Verdict.Ok || packet.protocol !== IpProtocol.Tcp) continue
    key.set(packet)
    let flow = table.find(key)
    if (flow !== null && tcp.isNewEpoch(flow, key.direction, packet)) {
      table.finish(flow)
      flow = null
    }
    flow ??= table.add(key, ordinal, time, FlowClass.Tcp)
    if ((packet.flags & (TcpFlag.Syn | TcpFlag.Ack)) === TcpFlag.Syn) recorder.of(flow).opener = key.direction
    tcp.segment(flow, key.direction, packet, ordinal)
  }
  table.finishAll()
  return recorder.conversations()
}

class Recorder implements StreamSink {
  readonly #recorded = new Map<Flow, Recorded>()

  of(flow: Flow): Recorded {
    let recorded = this.#recorded.get(flow)
    if (recorded === undefined) this.#recorded.set(flow, (recorded = { flow, pieces: [], opener: -1, whole: true }))
    return recorded
  }

  data(flow: Flow, direction: Direction, bytes: Uint8Array, start: number, end: number): void {
    this.of(flow).pieces.push({ direction, bytes: bytes.slice(start, end) })
  }

  gap(flow: Flow): void {
    this.of(flow).whole = false
  }

  end(): void {}
  retransmission(): void {}
  control(): void {}
  outside(): void {}

  conversations(): Conversation[] {
    return [...this.#recorded.values()].filter(({ pieces }) => pieces.length > 0).map(conversationOf)
  }
}

function conversationOf({ flow, pieces, opener, whole }: Recorded): Conversation {
  const client = opener === -1 ? (pieces[0]?.direction ?? 0) : opener
  const a = { ip: addressText(flow.ipVersion, flow.a0, flow.a1, flow.a2, flow.a3), port: flow.aPort }
  const b = { ip: addressText(flow.ipVersion, flow.b0, flow.b1, flow.b2, flow.b3), port: flow.bPort }
  return {
    client: client === 0 ? a : b,
    server: client === 0 ? b : a,
    pieces: pieces.map(({ direction, bytes }) => ({ from: direction === client ? 'client' : 'server', bytes })),
    whole: whole && opener !== -1,
  }
}

function addressText(version: number, w0: number, w1: number, w2: number, w3: number): string {
  const text = formatIp(w0, w1, w2, w3)
  return version === 4 && text.includes(':') ? text.slice(text.lastIndexOf(':') + 1) : text
}

export interface ReplayOptions {
  /** Cuts a piece into segments; one segment where left out. */
  readonly cut?: (bytes: Uint8Array, piece: number) => readonly Uint8Array[]
  /** First piece that is captured; with any but 0 the handshake is not captured either. */
  readonly from?: number
  /** Pieces that are not captured. */
  readonly lose?: ReadonlySet<number>
}

/** A frame with the piece that it brings a part of; -1 for the handshake and the end. */
export interface ReplayedFrame extends Frame {
  readonly piece: number
}

/** The frames of a conversation, captured otherwise than it was. */
export function replay(conversation: Conversation, options: ReplayOptions = {}): ReplayedFrame[] {
  const { client, server, pieces } = conversation
  const session = new TcpSession({ client, server, mss: 65_000, acks: true })
  const numbers: number[] = []
  const number = (piece: number): void => {
    while (numbers.length < session.frames.length) numbers.push(piece)
  }
  if ((options.from ?? 0) === 0) session.open()
  number(-1)
  for (const [index, { from, bytes }] of pieces.entries()) {
    if (index < (options.from ?? 0)) continue
    if (options.lose?.has(index) === true) session.lost(from, bytes.length)
    else for (const segment of options.cut?.(bytes, index) ?? [bytes]) session.send(from, segment)
    // Time in which a hole is known to be one.
    session.wait(500_000)
    number(index)
  }
  session.close()
  number(-1)
  return session.frames.map((frame, at) => ({ ...frame, piece: numbers[at] as number }))
}
