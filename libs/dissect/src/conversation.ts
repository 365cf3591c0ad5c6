import { type Message, Side } from '@hindwire/protocols/contract/message.ts'
import type { Protocol, Transport } from '@hindwire/protocols/contract/protocol.ts'
import type { Link, Session } from '@hindwire/protocols/contract/session.ts'
import type { Direction, Flow } from '@hindwire/streams/flow.ts'

import { Channel } from './channel.ts'
import { Bucket } from './coverage.ts'
import type { FlowInfo } from './entry.ts'

export const State = {
  /** No protocol has recognised it yet. */
  Detecting: 0,
  Parsing: 1,
  /** Nothing more will be read of it. */
  Opaque: 2,
} as const
export type State = (typeof State)[keyof typeof State]

/** What a conversation asks of the engine. */
export interface Host {
  isStalled(flow: Flow, direction: Direction): boolean
  emit(conversation: Conversation, request: Message | null, response: Message | null): void
  /** The conversation has ended with a protocol that read `packets` packets of it. */
  dissectedWith(protocol: Protocol, packets: number): void
  readonly maxBodyBytes: number
}

const NONE: readonly string[] = []

/** The dissection of one flow: its protocol, session and both channels. It is the Link that the session sees. */
export class Conversation implements Link, FlowInfo {
  readonly flow: Flow
  readonly transport: Transport
  readonly #host: Host
  state: State = State.Detecting
  candidates: readonly Protocol[]
  protocol: Protocol | null = null
  session: Session | null = null
  readonly channels: readonly [Channel, Channel] = [new Channel(), new Channel()]
  /** Where packets go once the conversation is opaque. */
  opaqueBucket: Bucket = Bucket.UnknownProtocol
  tries = 0
  unknownBytes = 0
  invalid = 0
  falseStarts = 0
  entries = 0
  /** Names of the protocols that it was read with, in the order in which they were found. */
  detected: readonly string[] = NONE
  /** Packets dissected with the current protocol, not yet added to the ledger. */
  dissected = 0

  // -- Link: the slots of parse()
  consumed = 0
  message: Message | null = null
  reason = ''
  upgrade = ''
  time = 0
  // The range that parse() is reading: in one packet, or in a channel's buffer.
  inPlace = true
  packet = 0
  reading: Channel | null = null

  // -- FlowInfo
  clientIp = ''
  clientPort = 0
  serverIp = ''
  serverPort = 0
  readonly node: string
  readonly tunnel: string

  constructor(flow: Flow, transport: Transport, candidates: readonly Protocol[], node: string, host: Host) {
    this.flow = flow
    this.transport = transport
    this.candidates = candidates
    this.node = node
    this.tunnel = flow.tunnel
    this.#host = host
  }

  get id(): number {
    return this.flow.id
  }

  get maxBodyBytes(): number {
    return this.#host.maxBodyBytes
  }

  sideOf(direction: Direction): Side {
    return direction === this.flow.clientDirection ? Side.Client : Side.Server
  }

  directionOf(side: Side): Direction {
    return (side === Side.Client ? this.flow.clientDirection : 1 - this.flow.clientDirection) as Direction
  }

  stalled(side: Side): boolean {
    return this.#host.isStalled(this.flow, this.directionOf(side))
  }

  stamp(message: Message, start: number, end: number): void {
    if (message.firstPacket === 0) {
      message.firstPacket = this.packetAt(start)
      message.firstTime = this.timeAt(start)
    }
    message.lastPacket = this.packetAt(end - 1)
    message.lastTime = this.timeAt(end - 1)
    message.wireSize += end - start
  }

  packetAt(offset: number): number {
    return this.inPlace ? this.packet : (this.reading as Channel).packetAt(offset)
  }

  timeAt(offset: number): number {
    return this.inPlace ? this.time : (this.reading as Channel).timeAt(offset)
  }

  startProtocol(protocol: Protocol): void {
    this.protocol = protocol
    if (!this.detected.includes(protocol.name)) this.detected = [...this.detected, protocol.name]
    this.session = protocol.open(this)
    this.state = State.Parsing
    this.invalid = 0
    this.falseStarts = 0
  }

  /** Emits what the matcher still holds. */
  finishProtocol(): void {
    const { protocol, session } = this
    if (protocol === null || session === null) return
    session.matcher.close(this)
    this.#host.dissectedWith(protocol, this.dissected)
    this.dissected = 0
    this.protocol = null
    this.session = null
  }

  /** Takes pairs from the matcher. */
  pair(request: Message | null, response: Message | null): void {
    this.#host.emit(this, request, response)
  }
}
