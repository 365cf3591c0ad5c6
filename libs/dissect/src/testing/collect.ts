import { decodePacket } from '@hindwire/packets/decode.ts'
import { Packet } from '@hindwire/packets/packet.ts'
import type { HttpMessage } from '@hindwire/protocols/http/types.ts'
import { protocols } from '@hindwire/protocols/registry.ts'
import type { TimedFrame } from '@hindwire/testkit/tcp-session.ts'

import type { CoverageReport } from '../coverage.ts'
import { Engine, type EngineOptions } from '../engine.ts'
import type { Entry } from '../entry.ts'

/** What tests look at of an entry: `GET /x 200`, `-` for what is missing. */
export interface Collected {
  readonly entries: readonly string[]
  /** elapsed and duration of each, µs. */
  readonly times: readonly (readonly [elapsedUs: number, durationUs: number])[]
  readonly clients: readonly string[]
  readonly coverage: CoverageReport
}

/** Dissects frames (Ethernet) in memory. */
export function collect(frames: readonly TimedFrame[], options: Partial<EngineOptions> = {}): Collected {
  const entries: string[] = []
  const times: (readonly [number, number])[] = []
  const clients: string[] = []
  const sink = {
    entry(entry: Entry): void {
      entries.push(`${entry.protocol.name} ${textOf(entry)}`)
      times.push([entry.elapsedUs, entry.durationUs])
      clients.push(`${entry.flow.clientIp}:${entry.flow.clientPort}`)
    },
  }
  const engine = new Engine({ protocols, sink, flows: false, ...options })
  const packet = new Packet()
  for (const [at, { time, bytes }] of frames.entries()) {
    packet.bytes = bytes
    packet.start = 0
    packet.end = bytes.length
    packet.wireLength = bytes.length
    packet.time = time
    packet.linkType = 1
    decodePacket(packet)
    engine.packet(packet, at + 1, 0)
  }
  engine.finish()
  return { entries, times, clients, coverage: engine.coverage.report() }
}

function textOf({ protocol, request, response, completenessReason }: Entry): string {
  if (protocol.name !== 'http') return `${request?.wireSize ?? '-'} ${response?.wireSize ?? '-'}`
  const asked = request as HttpMessage | null
  const answered = response as HttpMessage | null
  const line = asked === null ? '-' : latin(asked.head, asked.headStart, asked.headStart + asked.targetEnd)
  const status = answered === null ? '-' : `${answered.status}`
  return `${line} ${status}${completenessReason === '' ? '' : ` (${completenessReason})`}`
}

function latin(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.subarray(start, end)).toString('latin1')
}

/** Buckets that are not empty. */
export function bucketsOf({ buckets }: CoverageReport): Record<string, number> {
  return Object.fromEntries(Object.entries(buckets).filter(([, count]) => count > 0))
}
