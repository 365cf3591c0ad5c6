import type { Entry, PacketLocator } from '@hindwire/dissect/entry.ts'
import { Columns } from '@hindwire/protocols/contract/common-columns.ts'

import type { BlockWriter } from './block-writer.ts'

/**
 * Writes what the engine knows of every entry: identity, time, endpoints and evidence. It holds its columns instead of
 * asking the writer for each value: these are half the values of a row.
 */
export class CommonWriter {
  readonly #writer: BlockWriter
  readonly #dissection: number
  readonly #packets: PacketLocator
  readonly #numbers
  readonly #labels

  constructor(writer: BlockWriter, dissection: number, packets: PacketLocator) {
    this.#writer = writer
    this.#dissection = dissection
    this.#packets = packets
    this.#numbers = {
      dissection: writer.numbers(Columns.dissection),
      ts: writer.numbers(Columns.ts),
      flow: writer.numbers(Columns.flow),
      index: writer.numbers(Columns.index),
      elapsedUs: writer.numbers(Columns.elapsedUs),
      durationUs: writer.numbers(Columns.durationUs),
      srcPort: writer.numbers(Columns.srcPort),
      dstPort: writer.numbers(Columns.dstPort),
      requestFirstPacket: writer.numbers(Columns.requestFirstPacket),
      requestLastPacket: writer.numbers(Columns.requestLastPacket),
      responseFirstPacket: writer.numbers(Columns.responseFirstPacket),
      responseLastPacket: writer.numbers(Columns.responseLastPacket),
    }
    this.#labels = {
      node: writer.labels(Columns.node),
      protocol: writer.labels(Columns.protocol),
      transport: writer.labels(Columns.transport),
      srcIp: writer.labels(Columns.srcIp),
      dstIp: writer.labels(Columns.dstIp),
      completeness: writer.labels(Columns.completeness),
      completenessReason: writer.labels(Columns.completenessReason),
      tunnel: writer.labels(Columns.tunnel),
      file: writer.labels(Columns.file),
    }
  }

  write(entry: Entry): void {
    const row = this.#writer.rows
    const numbers = this.#numbers
    const labels = this.#labels
    numbers.dissection[row] = this.#dissection
    numbers.ts[row] = entry.time
    numbers.flow[row] = entry.flow.id
    numbers.index[row] = entry.index
    numbers.elapsedUs[row] = entry.elapsedUs
    numbers.durationUs[row] = entry.durationUs
    labels.protocol.text(row, entry.protocol.entryProtocols[0] ?? entry.protocol.name)
    labels.completeness.text(row, entry.completeness)
    labels.completenessReason.text(row, entry.completenessReason)
    this.#flow(row, entry)
    this.#evidence(row, entry)
  }

  #flow(row: number, { flow, requestSide }: Entry): void {
    const numbers = this.#numbers
    const labels = this.#labels
    const fromClient = requestSide === 0
    labels.node.text(row, flow.node)
    labels.transport.text(row, flow.transport)
    labels.tunnel.text(row, flow.tunnel)
    labels.srcIp.text(row, fromClient ? flow.clientIp : flow.serverIp)
    labels.dstIp.text(row, fromClient ? flow.serverIp : flow.clientIp)
    numbers.srcPort[row] = fromClient ? flow.clientPort : flow.serverPort
    numbers.dstPort[row] = fromClient ? flow.serverPort : flow.clientPort
  }

  #evidence(row: number, { request, response }: Entry): void {
    const packets = this.#packets
    const numbers = this.#numbers
    const first = request?.firstPacket || response?.firstPacket || 0
    if (first > 0) this.#labels.file.text(row, packets.name(packets.fileOf(first)))
    if (request !== null && request.firstPacket > 0) {
      numbers.requestFirstPacket[row] = packets.numberIn(request.firstPacket)
      numbers.requestLastPacket[row] = packets.numberIn(request.lastPacket)
    }
    if (response !== null && response.firstPacket > 0) {
      numbers.responseFirstPacket[row] = packets.numberIn(response.firstPacket)
      numbers.responseLastPacket[row] = packets.numberIn(response.lastPacket)
    }
  }
}
