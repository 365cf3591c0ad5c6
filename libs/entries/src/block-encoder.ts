import type { Entry, EntrySink, PacketLocator } from '@hindwire/dissect/entry.ts'
import type { Column } from '@hindwire/protocols/contract/column.ts'
import { Columns } from '@hindwire/protocols/contract/common-columns.ts'
import type { Message } from '@hindwire/protocols/contract/message.ts'

import { BlockWriter, type ProtocolTally } from './block-writer.ts'
import { NameColumns } from './name-columns.ts'
import type { EndpointNames, NameLookup } from './name-lookup.ts'

/** Rows of a full block: few enough that a block is soon full, enough that its dictionaries pay. */
export const DEFAULT_MAX_ROWS = 20_000
/** Bytes of strings in a full block, 16 MiB; one entry more may stand above it. */
export const DEFAULT_MAX_BYTES = 16 * 1024 * 1024

export interface BlockEncoderOptions {
  /** Number of the dissection that the rows belong to. */
  readonly dissection: number
  readonly packets: PacketLocator
  /** Names of endpoints; without it, only addresses are written. */
  readonly names?: NameLookup
  readonly maxRows?: number
  readonly maxBytes?: number
}

/** A closed block. `bytes` has an ArrayBuffer of its own, which may be transferred to another thread. */
export interface EncodedBlock {
  /** ClickHouse Native, one block. */
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly rows: number
  /** Earliest and latest `ts` of its rows, µs since the Unix epoch. */
  readonly firstTs: number
  readonly lastTs: number
  /** What it holds, by entry protocol. */
  readonly protocols: Readonly<Record<string, ProtocolTally>>
}

/** Columns of one side's names. */
interface SideColumns {
  readonly pod: Column
  readonly namespace: Column
  readonly service: Column
  readonly node: Column
  readonly dns: Column
  readonly labels: Column
  readonly annotations: Column
}

const source: SideColumns = {
  pod: Columns.srcPod,
  namespace: Columns.srcNamespace,
  service: Columns.srcService,
  node: Columns.srcNode,
  dns: Columns.srcDns,
  labels: Columns.srcLabels,
  annotations: Columns.srcAnnotations,
}

const destination: SideColumns = {
  pod: Columns.dstPod,
  namespace: Columns.dstNamespace,
  service: Columns.dstService,
  node: Columns.dstNode,
  dns: Columns.dstDns,
  labels: Columns.dstLabels,
  annotations: Columns.dstAnnotations,
}

/**
 * Turns entries into blocks of rows. Where blocks are cut depends on the entries alone (their number and the bytes that
 * they take), so the same entries give the same blocks in every run.
 */
export class BlockEncoder implements EntrySink {
  readonly #writer: BlockWriter
  readonly #dissection: number
  readonly #packets: PacketLocator
  readonly #names: NameLookup | undefined
  readonly #maxBytes: number
  readonly #ready: EncodedBlock[] = []
  readonly #pair: { request: Message | null; response: Message | null } = { request: null, response: null }

  constructor(options: BlockEncoderOptions) {
    this.#writer = new BlockWriter(options.maxRows ?? DEFAULT_MAX_ROWS)
    this.#maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES
    this.#dissection = options.dissection
    this.#packets = options.packets
    this.#names = options.names
  }

  entry(entry: Entry): void {
    const writer = this.#writer
    this.#common(entry)
    this.#evidence(entry)
    if (this.#names !== undefined) this.#endpoints(entry, this.#names)
    this.#pair.request = entry.request
    this.#pair.response = entry.response
    entry.protocol.summarize(this.#pair, writer)
    writer.endRow()
    if (writer.rows === writer.maxRows || writer.meter.bytes >= this.#maxBytes) this.close()
  }

  /** The next full block, or null when none is full. */
  take(): EncodedBlock | null {
    return this.#ready.shift() ?? null
  }

  /** Makes a block of the entries that fill none. Then `take` gives everything. */
  close(): void {
    const writer = this.#writer
    const { rows } = writer
    if (rows === 0) return
    let firstTs = Infinity
    let lastTs = 0
    for (const ts of writer.numbers(Columns.ts)) {
      if (ts < firstTs) firstTs = ts
      if (ts > lastTs) lastTs = ts
    }
    const protocols = writer.tallies()
    this.#ready.push({ bytes: writer.take(), rows, firstTs, lastTs, protocols })
  }

  /** Gives back the buffer of a block that has been sent or stored: blocks in new memory take half as long again. */
  recycle(buffer: ArrayBuffer): void {
    this.#writer.recycle(buffer)
  }

  #common(entry: Entry): void {
    const writer = this.#writer
    const { flow } = entry
    const fromClient = entry.requestSide === 0
    writer.number(Columns.dissection, this.#dissection)
    writer.number(Columns.ts, entry.time)
    writer.number(Columns.flow, flow.id)
    writer.number(Columns.index, entry.index)
    writer.text(Columns.node, flow.node)
    writer.text(Columns.protocol, entry.protocol.entryProtocols[0] ?? entry.protocol.name)
    writer.text(Columns.transport, flow.transport)
    writer.number(Columns.elapsedUs, entry.elapsedUs)
    writer.number(Columns.durationUs, entry.durationUs)
    writer.text(Columns.srcIp, fromClient ? flow.clientIp : flow.serverIp)
    writer.number(Columns.srcPort, fromClient ? flow.clientPort : flow.serverPort)
    writer.text(Columns.dstIp, fromClient ? flow.serverIp : flow.clientIp)
    writer.number(Columns.dstPort, fromClient ? flow.serverPort : flow.clientPort)
    writer.text(Columns.completeness, entry.completeness)
    writer.text(Columns.completenessReason, entry.completenessReason)
    writer.text(Columns.tunnel, flow.tunnel)
  }

  #evidence(entry: Entry): void {
    const writer = this.#writer
    const packets = this.#packets
    const { request, response } = entry
    const first = request?.firstPacket || response?.firstPacket || 0
    if (first > 0) writer.text(Columns.file, packets.name(packets.fileOf(first)))
    if (request !== null && request.firstPacket > 0) {
      writer.number(Columns.requestFirstPacket, packets.numberIn(request.firstPacket))
      writer.number(Columns.requestLastPacket, packets.numberIn(request.lastPacket))
    }
    if (response !== null && response.firstPacket > 0) {
      writer.number(Columns.responseFirstPacket, packets.numberIn(response.firstPacket))
      writer.number(Columns.responseLastPacket, packets.numberIn(response.lastPacket))
    }
  }

  #endpoints(entry: Entry, names: NameLookup): void {
    const { flow, time } = entry
    const client = names.endpoint(flow.clientIp, flow.clientPort, time)
    const server = names.endpoint(flow.serverIp, flow.serverPort, time)
    const fromClient = entry.requestSide === 0
    this.#side(fromClient ? source : destination, client)
    this.#side(fromClient ? destination : source, server)
    if (flow.node !== '') this.#writer.text(NameColumns.nodeIp, names.nodeIp(flow.node))
  }

  #side(columns: SideColumns, names: EndpointNames | undefined): void {
    if (names === undefined) return
    const writer = this.#writer
    writer.text(columns.pod, names.pod)
    writer.text(columns.namespace, names.namespace)
    writer.text(columns.service, names.service)
    writer.text(columns.node, names.node)
    writer.text(columns.dns, names.dns)
    writer.record(columns.labels, names.labels)
    writer.record(columns.annotations, names.annotations)
  }
}
