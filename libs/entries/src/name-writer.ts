import type { Entry } from '@hindwire/dissect/entry.ts'
import type { Column } from '@hindwire/protocols/contract/column.ts'
import { Columns } from '@hindwire/protocols/contract/common-columns.ts'

import type { BlockWriter } from './block-writer.ts'
import { NameColumns } from './name-columns.ts'
import type { EndpointNames, NameLookup } from './name-lookup.ts'

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

/** Writes who the endpoints of an entry were. */
export class NameWriter {
  readonly #writer: BlockWriter
  readonly #names: NameLookup

  constructor(writer: BlockWriter, names: NameLookup) {
    this.#writer = writer
    this.#names = names
  }

  write(entry: Entry): void {
    const names = this.#names
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
