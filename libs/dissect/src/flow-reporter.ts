import { formatIp } from '@hindwire/bytes/format-ip.ts'
import { FlowReport, type FlowState } from '@hindwire/protocols/contract/flow-report.ts'
import { Side } from '@hindwire/protocols/contract/message.ts'
import type { Protocol, Transport } from '@hindwire/protocols/contract/protocol.ts'
import type { Direction, Flow } from '@hindwire/streams/flow.ts'
import { Completeness } from '@hindwire/streams/metrics/segment-kinds.ts'
import type { TcpFigures } from '@hindwire/streams/metrics/tcp-figures.ts'

import type { Entry, EntrySink, FlowInfo } from './entry.ts'
import { transportOf } from './transport.ts'

const STARTED = Completeness.Syn | Completeness.SynAck

/** What the dissection of a flow leaves behind. */
export interface FlowTrace {
  /** Entries that were made of it: the number of its own one. */
  readonly entries: number
  /** Names of the protocols that were read in it. */
  readonly detected: readonly string[]
}

const NOTHING: FlowTrace = { entries: 0, detected: [] }

class ReportedFlow implements FlowInfo {
  id = 0
  transport: Transport = 'tcp'
  clientIp = ''
  clientPort = 0
  serverIp = ''
  serverPort = 0
  node = ''
  tunnel = ''
}

class ReportEntry implements Entry {
  readonly protocol: Protocol
  readonly flow = new ReportedFlow()
  index = 0
  readonly request = new FlowReport()
  readonly response = null
  time = 0
  readonly elapsedUs = 0
  durationUs = 0
  completeness: Entry['completeness'] = 'complete'
  completenessReason = ''
  readonly requestSide = Side.Client

  constructor(protocol: Protocol) {
    this.protocol = protocol
  }
}

/** Makes the entry of a flow that has ended; it is numbered behind those of its messages. */
export class FlowReporter {
  readonly #sink: EntrySink
  readonly #nodeOf: (file: number) => string
  readonly #entry: ReportEntry

  /** `protocol`: the manifest of flow entries. `nodeOf`: node that captured a file, by file index. */
  constructor(protocol: Protocol, sink: EntrySink, nodeOf: (file: number) => string) {
    this.#sink = sink
    this.#nodeOf = nodeOf
    this.#entry = new ReportEntry(protocol)
  }

  /** `silent`: its time-out was over before the capture ended. `tcp`: null for other transports. */
  report(flow: Flow, trace: FlowTrace | null, silent: boolean, client: Direction, tcp: TcpFigures | null): void {
    const entry = this.#entry
    const { entries, detected } = trace ?? NOTHING
    const started = tcp === null || (tcp.completeness & STARTED) !== 0
    this.#identify(flow, client)
    this.#measure(flow, client)
    entry.request.state = stateOf(flow, silent, started, tcp)
    entry.request.detected = detected
    entry.request.tcp = tcp
    entry.index = entries
    entry.time = flow.firstTime
    entry.durationUs = flow.lastTime - flow.firstTime
    entry.completeness = started ? 'complete' : 'partial'
    entry.completenessReason = started ? '' : 'start missing'
    this.#sink.entry(entry)
    entry.request.tcp = null
  }

  #identify(flow: Flow, client: Direction): void {
    const { flow: info, request: report } = this.#entry
    const a = formatIp(flow.a0, flow.a1, flow.a2, flow.a3)
    const b = formatIp(flow.b0, flow.b1, flow.b2, flow.b3)
    info.id = flow.id
    info.transport = transportOf(flow.protocol)
    info.clientIp = client === 0 ? a : b
    info.clientPort = client === 0 ? flow.aPort : flow.bPort
    info.serverIp = client === 0 ? b : a
    info.serverPort = client === 0 ? flow.bPort : flow.aPort
    info.node = this.#nodeOf(flow.file)
    info.tunnel = flow.tunnel
    report.transport = info.transport
    report.group = groupOf(flow, client)
    report.firstPacket = flow.id
    report.firstTime = flow.firstTime
    report.lastPacket = flow.lastPacket
    report.lastTime = flow.lastTime
    report.wireSize = flow.payloadFromA + flow.payloadFromB
  }

  #measure(flow: Flow, client: Direction): void {
    const report = this.#entry.request
    const a = client === 0 ? report.client : report.server
    const b = client === 0 ? report.server : report.client
    a.packets = flow.packetsFromA
    a.bytes = flow.bytesFromA
    a.payload = flow.payloadFromA
    b.packets = flow.packets - flow.packetsFromA
    b.bytes = flow.bytesFromB
    b.payload = flow.payloadFromB
  }
}

/** Direction in which the client sends. Where nothing has told, the lower port is the server's, as it nearly always is. */
export function clientOf(flow: Flow): Direction {
  if (flow.oriented !== 0 || flow.halves === null || flow.aPort === flow.bPort) return flow.clientDirection
  return flow.aPort < flow.bPort ? 1 : 0
}

function stateOf(flow: Flow, silent: boolean, started: boolean, tcp: TcpFigures | null): FlowState {
  if (tcp === null) return silent ? 'closed' : 'open'
  if (flow.closed || (tcp.client.fins > 0 && tcp.server.fins > 0)) return 'closed'
  return started ? 'open' : 'in_progress'
}

/** A number of client host, server host, server port and protocol: 52 bits of two mixed hashes. */
function groupOf(flow: Flow, client: Direction): number {
  const a = [flow.a0, flow.a1, flow.a2, flow.a3]
  const b = [flow.b0, flow.b1, flow.b2, flow.b3]
  const words = client === 0 ? [...a, ...b, flow.bPort, flow.protocol] : [...b, ...a, flow.aPort, flow.protocol]
  let low = 0x811c9dc5
  let high = 0x9e3779b1
  for (const word of words) {
    low = Math.imul(low ^ word, 0x01000193)
    low ^= low >>> 15
    high = Math.imul(high ^ word, 0x85ebca6b)
    high ^= high >>> 13
  }
  return (high & 0xfffff) * 0x1_0000_0000 + (low >>> 0)
}
