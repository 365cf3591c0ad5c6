import { Defragmenter } from '@hindwire/packets/defragment.ts'
import { IpProtocol, type Packet, TcpFlag, Verdict } from '@hindwire/packets/packet.ts'
import type { Protocol } from '@hindwire/protocols/contract/protocol.ts'
import { FlowClass, FlowTable } from '@hindwire/streams/flow-table.ts'
import { type Flow, FlowKey } from '@hindwire/streams/flow.ts'
import { TcpMetrics } from '@hindwire/streams/metrics/tcp-metrics.ts'
import { TcpReassembler } from '@hindwire/streams/tcp.ts'

import { Bucket, Coverage } from './coverage.ts'
import { Dissector } from './dissector.ts'
import type { EntrySink } from './entry.ts'
import { clientOf, FlowReporter, type FlowTrace } from './flow-reporter.ts'
import { type DissectLimits, defaultLimits } from './limits.ts'

export interface EngineOptions {
  readonly protocols: readonly Protocol[]
  readonly sink: EntrySink
  readonly limits?: DissectLimits
  /** Folder names of the protocols that are wanted; all by default. */
  readonly selected?: ReadonlySet<string>
  /** Which shard this engine is, of how many. It takes the flows whose hash falls to it; shard 0 takes the rest. */
  readonly shard?: number
  readonly shards?: number
  /** Node that captured a file, by file index. */
  readonly nodeOf?: (file: number) => string
  /** Whether flows are measured and become entries too, where they are among the protocols and wanted; yes by default. */
  readonly flows?: boolean
}

/** The swept lists are looked at once in this many packets. */
const SWEEP_EVERY = 4096

/**
 * Packets in time order in, entries out. Pure: no clock, no I/O, no randomness. Every shard is given every packet of
 * the snapshot, so that ordinals and packet time are the same for all, and keeps those of its own flows.
 */
export class Engine {
  readonly coverage = new Coverage()
  readonly #table: FlowTable
  readonly #tcp: TcpReassembler
  readonly #dissector: Dissector
  readonly #defragmenter = new Defragmenter()
  readonly #key = new FlowKey()
  readonly #metrics = new TcpMetrics()
  /** Null where flows are no entries. */
  readonly #reporter: FlowReporter | null
  readonly #shard: number
  readonly #shards: number
  #now = 0
  #untilSweep = SWEEP_EVERY

  constructor(options: EngineOptions) {
    const limits = options.limits ?? defaultLimits
    this.#shard = options.shard ?? 0
    this.#shards = options.shards ?? 1
    this.#dissector = new Dissector({
      protocols: options.protocols,
      limits,
      coverage: this.coverage,
      sink: options.sink,
      selected: options.selected ?? null,
      nodeOf: options.nodeOf ?? (() => ''),
      isStalled: (flow, direction) => this.#tcp.isStalled(flow, direction),
    })
    this.#tcp = new TcpReassembler(limits.streams, this.#dissector)
    this.#table = new FlowTable(limits.streams, (flow) => {
      this.#tcp.drain(flow)
      const trace = this.#dissector.close(flow)
      if (this.#reporter !== null) this.#report(this.#reporter, flow, trace)
    })
    this.#reporter = reporterOf(options)
  }

  /**
   * Takes one decoded packet.
   * @param ordinal number of the packet in the snapshot, from 1, over all files
   * @param file index of its file
   */
  packet(packet: Packet, ordinal: number, file: number): void {
    if (packet.time > this.#now) this.#now = packet.time
    if (--this.#untilSweep === 0) {
      this.#untilSweep = SWEEP_EVERY
      this.#table.sweep(this.#now)
    }
    if (packet.verdict === Verdict.Fragment) this.#fragment(packet, ordinal, file)
    else this.#datagram(packet, ordinal, file)
  }

  /** The capture has ended: everything that still waits is emitted. */
  finish(): void {
    this.#defragmenter.close()
    this.#bookDropped()
    this.#table.finishAll()
  }

  #report(reporter: FlowReporter, flow: Flow, trace: FlowTrace | null): void {
    const client = clientOf(flow)
    const { record } = flow
    const tcp = record < 0 ? null : this.#metrics.figures(record, client)
    reporter.report(flow, trace, this.#table.isExpired(flow, this.#now), client, tcp)
    if (record >= 0) this.#metrics.release(record)
  }

  #book(bucket: Bucket, ordinal: number): void {
    this.coverage.packets++
    this.coverage.add(bucket, ordinal)
  }

  /** Takes a decoded packet that is no fragment (any more). False: it belongs to another shard. */
  #datagram(packet: Packet, ordinal: number, file: number): boolean {
    if (packet.verdict !== Verdict.Ok) {
      if (this.#shard === 0) this.#book(bucketOf(packet.verdict), ordinal)
      return this.#shard === 0
    }
    const key = this.#key
    key.set(packet)
    if (this.#shards > 1 && (key.hash >>> 0) % this.#shards !== this.#shard) return false
    if (packet.protocol === IpProtocol.Tcp) this.#segment(packet, ordinal, file)
    else if (packet.protocol === IpProtocol.Udp) this.#udp(packet, ordinal, file)
    else this.#book(Bucket.UnknownProtocol, ordinal)
    return true
  }

  /** Every shard joins all fragments, since only the whole datagram tells the flow; its parts are booked with it. */
  #fragment(packet: Packet, ordinal: number, file: number): void {
    const defragmenter = this.#defragmenter
    const whole = defragmenter.add(packet, ordinal)
    this.#bookDropped()
    if (!whole) return
    const { joined } = defragmenter
    this.coverage.latest = Bucket.Dissected
    if (!this.#datagram(packet, ordinal, file)) return
    const bucket = this.coverage.latest
    for (const part of joined) this.#book(bucket, part)
  }

  /** Parts of datagrams that never became whole. */
  #bookDropped(): void {
    const { dropped } = this.#defragmenter
    if (this.#shard === 0) for (const part of dropped) this.#book(Bucket.GapLost, part)
    dropped.length = 0
  }

  #segment(packet: Packet, ordinal: number, file: number): void {
    const key = this.#key
    let flow = this.#table.find(key)
    if (
      flow !== null &&
      (this.#table.isExpired(flow, packet.time) || this.#tcp.isNewEpoch(flow, key.direction, packet))
    ) {
      this.#table.finish(flow)
      flow = null
    }
    flow ??= this.#add(packet, ordinal, file, FlowClass.Tcp)
    this.#table.touch(flow, packet.time)
    flow.count(key.direction, ordinal, packet.wireLength, packet.payloadLength)
    this.coverage.packets++
    if (this.#reporter !== null) {
      if (flow.record < 0) flow.record = this.#metrics.open()
      this.#metrics.segment(flow.record, key.direction, packet)
    }
    if ((packet.flags & TcpFlag.Syn) !== 0 && flow.oriented < 2) {
      const direction = key.direction
      flow.clientDirection = (packet.flags & TcpFlag.Ack) === 0 ? direction : direction === 0 ? 1 : 0
      flow.oriented = 2
    }
    this.#tcp.segment(flow, key.direction, packet, ordinal)
    if (flow.closed) this.#table.reclassify(flow, FlowClass.TcpClosed)
  }

  #udp(packet: Packet, ordinal: number, file: number): void {
    const key = this.#key
    let flow = this.#table.find(key)
    if (flow !== null && this.#table.isExpired(flow, packet.time)) {
      this.#table.finish(flow)
      flow = null
    }
    flow ??= this.#add(packet, ordinal, file, FlowClass.Datagram)
    this.#table.touch(flow, packet.time)
    flow.count(key.direction, ordinal, packet.wireLength, packet.payloadLength)
    this.coverage.packets++
    const { bytes, payloadStart, payloadEnd, payloadLength } = packet
    if (payloadLength === 0) this.coverage.add(Bucket.TransportOnly, ordinal)
    else if (payloadEnd === payloadStart) this.coverage.add(Bucket.Truncated, ordinal)
    else this.#dissector.datagram(flow, key.direction, bytes, payloadStart, payloadEnd, ordinal, packet.time)
  }

  #add(packet: Packet, ordinal: number, file: number, list: FlowClass): Flow {
    const flow = this.#table.add(this.#key, ordinal, packet.time, list)
    flow.tunnel = packet.tunnel
    flow.file = file
    flow.clientDirection = this.#key.direction
    return flow
  }
}

function reporterOf({ protocols, selected, flows, sink, nodeOf }: EngineOptions): FlowReporter | null {
  const manifest = protocols.find((protocol) => protocol.ofFlows === true)
  if (flows === false || manifest === undefined || selected?.has(manifest.name) === false) return null
  return new FlowReporter(manifest, sink, nodeOf ?? (() => ''))
}

function bucketOf(verdict: Verdict): Bucket {
  switch (verdict) {
    case Verdict.UnsupportedLink:
      return Bucket.UnsupportedLink
    case Verdict.UnsupportedNetwork:
      return Bucket.UnsupportedNetwork
    case Verdict.Truncated:
      return Bucket.Truncated
    case Verdict.Malformed:
      return Bucket.Malformed
    default:
      return Bucket.TransportOnly
  }
}
