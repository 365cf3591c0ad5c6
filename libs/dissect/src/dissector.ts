import { formatIp } from '@hindwire/bytes/format-ip.ts'
import { type Message, Side } from '@hindwire/protocols/contract/message.ts'
import type { Protocol } from '@hindwire/protocols/contract/protocol.ts'
import type { Direction, Flow } from '@hindwire/streams/flow.ts'
import type { GapReason, StreamSink } from '@hindwire/streams/stream-sink.ts'

import { BufferPool } from './buffer-pool.ts'
import type { Channel, PacketLedger } from './channel.ts'
import { Conversation, type Host, State } from './conversation.ts'
import { Bucket, type Coverage } from './coverage.ts'
import { Detector, type Verdict } from './detector.ts'
import { EntryMaker } from './entry-maker.ts'
import type { EntrySink } from './entry.ts'
import type { DissectLimits } from './limits.ts'
import { transportOf } from './transport.ts'
import { UnitReader } from './unit-reader.ts'

export interface DissectorOptions {
  readonly protocols: readonly Protocol[]
  readonly limits: DissectLimits
  readonly coverage: Coverage
  readonly sink: EntrySink
  /** Folder names of the protocols that are wanted; null for all. Packets of others are `not_selected`. */
  readonly selected: ReadonlySet<string> | null
  /** Node that captured a file, by file index. */
  readonly nodeOf: (file: number) => string
  /** Whether bytes of a direction wait behind a hole. */
  readonly isStalled: (flow: Flow, direction: Direction) => boolean
}

/**
 * Ordered bytes in, entries out: finds the protocol of each flow by content, has its units read in both directions, and
 * books every packet with payload in the coverage ledger.
 */
export class Dissector implements StreamSink, Host, PacketLedger {
  readonly #limits: DissectLimits
  readonly #coverage: Coverage
  readonly #detector: Detector
  readonly #reader: UnitReader
  readonly #entries: EntryMaker
  readonly #nodeOf: (file: number) => string
  readonly #selected: ReadonlySet<string> | null
  readonly #pool = new BufferPool()
  readonly isStalled: (flow: Flow, direction: Direction) => boolean
  readonly maxBodyBytes: number
  /** The conversation that packets are settled for. */
  #current: Conversation | null = null

  constructor(options: DissectorOptions) {
    this.#limits = options.limits
    this.#coverage = options.coverage
    this.#detector = new Detector(options.protocols)
    this.#reader = new UnitReader(options.protocols, options.limits, options.selected)
    this.#entries = new EntryMaker(options.sink)
    this.#nodeOf = options.nodeOf
    this.#selected = options.selected
    this.isStalled = options.isStalled
    this.maxBodyBytes = options.limits.maxBodyBytes
  }

  // -- StreamSink ------------------------------------------------------------------------------------------------

  data(
    flow: Flow,
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    time: number,
  ): void {
    const conversation = (flow.user as Conversation | null) ?? this.#open(flow)
    this.#current = conversation
    if (conversation.state === State.Opaque) {
      this.#coverage.add(conversation.opaqueBucket, packet)
      return
    }
    if (start === end) {
      this.#coverage.add(Bucket.Truncated, packet)
      return
    }
    const channel = conversation.channels[direction]
    channel.lastPacket = packet
    channel.lastTime = time
    channel.ended = false
    if (channel.length > 0) {
      channel.append(this.#pool, bytes, start, end, packet, time)
      this.#readBuffered(conversation, direction, false)
      return
    }
    conversation.inPlace = true
    conversation.packet = packet
    conversation.time = time
    const position = this.#read(conversation, direction, bytes, start, end, false)
    if (position < end) channel.append(this.#pool, bytes, position, end, packet, time)
    else this.settle(this.#reader.bucket, packet)
  }

  gap(flow: Flow, direction: Direction, length: number, reason: GapReason): void {
    const conversation = flow.user as Conversation | null
    if (conversation === null || conversation.state === State.Opaque) return
    this.#current = conversation
    const channel = conversation.channels[direction]
    const { session } = conversation
    const bucket = reason === 'cut' ? Bucket.Truncated : Bucket.GapLost
    if (session === null) {
      this.#discard(channel, bucket)
      return
    }
    const unread = channel.length
    conversation.message = null
    if (session.gap(conversation.sideOf(direction), unread + length)) {
      this.#discard(channel, bucket)
      channel.unitSize += unread + length
      return
    }
    this.#discard(channel, bucket)
    this.#reader.acceptLast(conversation, channel, direction, reason)
    channel.endUnit()
    session.matcher.lost()
    channel.lostSync = true
    channel.seeking = true
    channel.lostByGap = true
  }

  end(flow: Flow, direction: Direction): void {
    const conversation = flow.user as Conversation | null
    if (conversation === null) return
    this.#current = conversation
    const channel = conversation.channels[direction]
    if (channel.ended) return
    channel.ended = true
    if (channel.length > 0) this.#readBuffered(conversation, direction, true)
    const { session } = conversation
    if (session === null) return
    conversation.message = null
    if (session.end(conversation.sideOf(direction))) this.#reader.acceptLast(conversation, channel, direction, '')
    this.#discard(channel, Bucket.Malformed)
    channel.endUnit()
  }

  retransmission(_flow: Flow, packet: number): void {
    this.#coverage.add(Bucket.Retransmission, packet)
  }

  control(_flow: Flow, packet: number): void {
    this.#coverage.add(Bucket.TransportOnly, packet)
  }

  outside(_flow: Flow, packet: number): void {
    this.#coverage.add(Bucket.UnknownProtocol, packet)
  }

  // -- datagrams -------------------------------------------------------------------------------------------------

  /** One UDP datagram: whole units only, nothing waits for more. */
  datagram(
    flow: Flow,
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    time: number,
  ): void {
    const conversation = (flow.user as Conversation | null) ?? this.#open(flow)
    this.#current = conversation
    conversation.inPlace = true
    conversation.packet = packet
    conversation.time = time
    const { candidates, transport } = conversation
    const found = this.#detector.detect(candidates, transport, bytes, start, end, true)
    if (found === null || found === undefined) {
      this.#coverage.add(Bucket.UnknownProtocol, packet)
      return
    }
    if (found !== conversation.protocol) {
      conversation.finishProtocol()
      this.#choose(conversation, found, direction, bytes, start, end)
      if (conversation.state === State.Opaque) {
        this.#coverage.add(conversation.opaqueBucket, packet)
        return
      }
    }
    const channel = conversation.channels[direction]
    const position = this.#reader.read(conversation, direction, bytes, start, end)
    const whole = position === end && !channel.lostSync
    channel.lostSync = false
    channel.seeking = false
    channel.endUnit()
    this.settle(whole ? Bucket.Dissected : Bucket.Malformed, packet)
  }

  // -- the end of a flow -----------------------------------------------------------------------------------------

  /** Emits what a flow still holds, and forgets it. Gives its conversation, null where it had no payload. */
  close(flow: Flow): Conversation | null {
    const conversation = flow.user as Conversation | null
    if (conversation === null) return null
    const first = flow.clientDirection
    this.end(flow, first)
    this.end(flow, (1 - first) as Direction)
    this.#current = conversation
    conversation.finishProtocol()
    for (const channel of conversation.channels) this.#discard(channel, Bucket.UnknownProtocol)
    flow.user = null
    return conversation
  }

  // -- Host and ledger -------------------------------------------------------------------------------------------

  emit(conversation: Conversation, request: Message | null, response: Message | null): void {
    this.#entries.emit(conversation, request, response)
  }

  dissectedWith(protocol: Protocol, packets: number): void {
    this.#coverage.addProtocol(protocol.name, packets)
  }

  settle(bucket: Bucket, packet: number): void {
    this.#coverage.add(bucket, packet)
    if (bucket === Bucket.Dissected && this.#current !== null) this.#current.dissected++
  }

  // -- inside ----------------------------------------------------------------------------------------------------

  #open(flow: Flow): Conversation {
    const transport = transportOf(flow.protocol)
    const candidates = this.#detector.candidates(transport, flow.aPort, flow.bPort)
    const conversation = new Conversation(flow, transport, candidates, this.#nodeOf(flow.file), this)
    flow.user = conversation
    orient(conversation)
    return conversation
  }

  #readBuffered(conversation: Conversation, direction: Direction, final: boolean): void {
    const channel = conversation.channels[direction]
    conversation.inPlace = false
    conversation.reading = channel
    const position = this.#read(conversation, direction, channel.bytes as Uint8Array, channel.start, channel.end, final)
    channel.consumeTo(this.#pool, position, this.#reader.bucket, this)
    if (channel.length <= this.#limits.maxUnitBytes) return
    this.#discard(channel, Bucket.Malformed)
    channel.endUnit()
    channel.lostSync = true
    channel.lostByGap = false
  }

  /** Reads what it can of bytes[start, end) and returns the position reached; `#reader.bucket` says what became of it. */
  #read(
    conversation: Conversation,
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    final: boolean,
  ): number {
    let position = start
    let begin = start
    do {
      if (conversation.state === State.Detecting) {
        const found = this.#detect(conversation, bytes, position, end, final)
        if (found === undefined) return position
        if (found === null) {
          if (position === begin) this.#reader.bucket = Bucket.UnknownProtocol
          const latest = conversation.inPlace ? position : conversation.channels[direction].latestStart
          if (latest <= position) return end
          // Older bytes, held for a protocol that it was not, must not hide a message that begins in this segment.
          conversation.channels[direction].consumeTo(this.#pool, latest, this.#reader.bucket, this)
          position = latest
          begin = latest
          continue
        }
        this.#choose(conversation, found, direction, bytes, position, end)
        this.#readOtherSide(conversation, direction)
      }
      position = this.#reader.read(conversation, direction, bytes, position, end)
      // A tunnel has begun within these bytes: what follows is looked at anew.
    } while (position < end && conversation.state === State.Detecting)
    if (conversation.state === State.Opaque) this.#abandon(conversation, direction)
    return position
  }

  #detect(conversation: Conversation, bytes: Uint8Array, start: number, end: number, final: boolean): Verdict {
    const { candidates, transport } = conversation
    const last = final || end - start >= this.#limits.detectBytes
    const found = this.#detector.detect(candidates, transport, bytes, start, end, last)
    if (found === null) {
      conversation.tries++
      conversation.unknownBytes += end - start
      const { detectTries, detectGiveUpBytes } = this.#limits
      const enough = conversation.tries >= detectTries && conversation.unknownBytes >= detectGiveUpBytes
      if (enough) conversation.state = State.Opaque
    }
    return found
  }

  /** What the other side sent while nobody knew the protocol comes first: it is older. */
  #readOtherSide(conversation: Conversation, direction: Direction): void {
    const other = (1 - direction) as Direction
    if (conversation.channels[other].length === 0) return
    const { inPlace, packet, time, reading } = conversation
    this.#readBuffered(conversation, other, false)
    conversation.inPlace = inPlace
    conversation.packet = packet
    conversation.time = time
    conversation.reading = reading
  }

  #choose(
    conversation: Conversation,
    protocol: Protocol,
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    const { flow } = conversation
    const sender = protocol.sender(bytes, start, end)
    if (sender !== -1) {
      flow.clientDirection = (sender === Side.Client ? direction : 1 - direction) as Direction
      flow.oriented = 2
    } else if (flow.oriented === 0) {
      const aServes = protocol.ports.includes(flow.aPort)
      const bServes = protocol.ports.includes(flow.bPort)
      if (aServes !== bServes) flow.clientDirection = aServes ? 1 : 0
      else if (flow.aPort !== flow.bPort) flow.clientDirection = flow.aPort < flow.bPort ? 1 : 0
      flow.oriented = 1
    }
    orient(conversation)
    if (this.#selected === null || this.#selected.has(protocol.name)) conversation.startProtocol(protocol)
    else {
      conversation.state = State.Opaque
      conversation.opaqueBucket = Bucket.NotSelected
    }
  }

  /** No more of this conversation will be read. The bytes of `direction` are being consumed by the caller. */
  #abandon(conversation: Conversation, direction: Direction): void {
    conversation.finishProtocol()
    this.#discard(conversation.channels[1 - direction] as Channel, Bucket.UnknownProtocol)
  }

  #discard(channel: Channel, bucket: Bucket): void {
    if (channel.length > 0) channel.consumeTo(this.#pool, channel.end, bucket, this)
  }
}

/** Sets client and server of a conversation from its flow. */
function orient(conversation: Conversation): void {
  const { flow } = conversation
  const a = formatIp(flow.a0, flow.a1, flow.a2, flow.a3)
  const b = formatIp(flow.b0, flow.b1, flow.b2, flow.b3)
  const aIsClient = flow.clientDirection === 0
  conversation.clientIp = aIsClient ? a : b
  conversation.clientPort = aIsClient ? flow.aPort : flow.bPort
  conversation.serverIp = aIsClient ? b : a
  conversation.serverPort = aIsClient ? flow.bPort : flow.aPort
}
