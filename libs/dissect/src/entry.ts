import type { Message, Side } from '@hindwire/protocols/contract/message.ts'
import type { Protocol } from '@hindwire/protocols/contract/protocol.ts'

/** What the engine knows of a flow that entries carry. Client and server as the engine decided at the entry's time. */
export interface FlowInfo {
  /** Ordinal (in the snapshot) of the flow's first packet: the same in every run and for any number of shards. */
  readonly id: number
  readonly transport: 'tcp' | 'udp' | 'sctp' | 'icmp'
  /** Text form: dotted IPv4, or IPv6 in its short form (RFC 5952). */
  readonly clientIp: string
  readonly clientPort: number
  readonly serverIp: string
  readonly serverPort: number
  /** Capturing node of the flow's first packet. */
  readonly node: string
  /** Encapsulation that carried it; empty for none. */
  readonly tunnel: string
}

/** One pair as the engine hands it on. The object is reused: a sink reads it at once. */
export interface Entry {
  readonly protocol: Protocol
  readonly flow: FlowInfo
  /** Number of the entry in its flow, from 0. */
  readonly index: number
  readonly request: Message | null
  readonly response: Message | null
  /** µs since the Unix epoch. */
  readonly time: number
  readonly elapsedUs: number
  readonly durationUs: number
  readonly completeness: 'complete' | 'partial' | 'inferred'
  readonly completenessReason: string
  /** Sender of the request (of the response's receiver, where it is alone). */
  readonly requestSide: Side
}

/** Takes entries. Packet numbers in messages are ordinals in the snapshot; PacketLocator turns them into file and number. */
export interface EntrySink {
  entry(entry: Entry): void
}

/** Finds the file of a packet ordinal. */
export interface PacketLocator {
  /** Index of the file that holds the packet. */
  fileOf(ordinal: number): number
  /** Packet number within that file, from 1. */
  numberIn(ordinal: number): number
  /** Name of a file by index. */
  name(file: number): string
}
