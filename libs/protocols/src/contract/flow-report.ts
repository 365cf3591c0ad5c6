import type { TcpFigures } from '@hindwire/streams/metrics/tcp-figures.ts'

import { Message, Role } from './message.ts'

/** What one side of a connection has sent. Bytes are counted on the wire. */
export interface SideTraffic {
  packets: number
  /** Frames, with all their headers. */
  bytes: number
  /** Transport payload, repetitions included. */
  payload: number
}

/** `in_progress`: its beginning was not captured, nor its end. */
export type FlowState = 'open' | 'in_progress' | 'closed'

/** A whole flow, as the engine reports it at its end to the manifest that is `ofFlows`. The engine reuses the object. */
export class FlowReport extends Message {
  transport: 'tcp' | 'udp' | 'sctp' | 'icmp' = 'tcp'
  state: FlowState = 'open'
  /** The same for all connections of one client and one server port, whatever the client's port. Below 2^53. */
  group = 0
  readonly client: SideTraffic = { packets: 0, bytes: 0, payload: 0 }
  readonly server: SideTraffic = { packets: 0, bytes: 0, payload: 0 }
  /** Names of the protocols that were read in it, in the order in which they were found. */
  detected: readonly string[] = []
  /** Only of TCP. */
  tcp: TcpFigures | null = null

  constructor() {
    super(Role.OneWay)
  }
}
