import { readFileSync } from 'node:fs'

import { type CoverageReport, mergeCoverage } from '@hindwire/dissect/coverage.ts'
import { Engine } from '@hindwire/dissect/engine.ts'
import { type DissectLimits, defaultLimits } from '@hindwire/dissect/limits.ts'
import { decodeBlocks } from '@hindwire/entries/block-decoder.ts'
import { BlockEncoder } from '@hindwire/entries/block-encoder.ts'
import type { StoredRow } from '@hindwire/entries/catalogue.ts'
import { decodePacket } from '@hindwire/packets/decode.ts'
import { Packet } from '@hindwire/packets/packet.ts'
import { readCapture } from '@hindwire/packets/read-capture.ts'
import type { Protocol } from '@hindwire/protocols/contract/protocol.ts'
import { protocols as registered } from '@hindwire/protocols/registry.ts'

/** Rows of a block: room for the usual ones would be most of the work of a small capture. */
const SMALL_BLOCK = 256

/** A captured frame. */
export interface Frame {
  /** µs since the Unix epoch. */
  readonly time: number
  readonly bytes: Uint8Array
  /** LINKTYPE_ value; Ethernet where left out. */
  readonly linkType?: number
  readonly wireLength?: number
}

export interface Dissected {
  readonly rows: readonly StoredRow[]
  readonly coverage: CoverageReport
}

export interface DissectOptions {
  readonly shards?: number
  readonly protocols?: readonly Protocol[]
  readonly limits?: DissectLimits
  readonly selected?: ReadonlySet<string>
  /** Rows of the flows too; left out by default. */
  readonly flows?: boolean
}

/** The frames of a capture file. */
export function readFrames(path: string | URL): Frame[] {
  const frames: Frame[] = []
  const opened = readCapture(readFileSync(path), ({ bytes, start, end, time, linkType, wireLength }) => {
    frames.push({ time, bytes: bytes.slice(start, end), linkType, wireLength })
  })
  if (opened.kind !== 'capture') throw new Error(`${String(path)}: ${opened.reason}`)
  return frames
}

/** Dissects frames in memory, all shards one after the other; rows in the order of flow and index. */
export function dissectFrames(frames: readonly Frame[], options: DissectOptions = {}): Dissected {
  const shards = options.shards ?? 1
  const rows: StoredRow[] = []
  const reports: CoverageReport[] = []
  for (let shard = 0; shard < shards; shard++) {
    const part = dissectShardOf(frames, shard, shards, options)
    for (const row of part.rows) rows.push(row)
    reports.push(part.coverage)
  }
  rows.sort((x, y) => Number(x['flow']) - Number(y['flow']) || Number(x['index'] ?? 0) - Number(y['index'] ?? 0))
  return { rows, coverage: mergeCoverage(reports) }
}

function dissectShardOf(frames: readonly Frame[], shard: number, shards: number, options: DissectOptions): Dissected {
  const locator = { fileOf: () => 0, numberIn: (ordinal: number) => ordinal, name: () => 'capture' }
  const encoder = new BlockEncoder({ dissection: 1, packets: locator, maxRows: SMALL_BLOCK })
  const engine = new Engine({
    protocols: options.protocols ?? registered,
    limits: options.limits ?? defaultLimits,
    sink: encoder,
    flows: options.flows ?? false,
    shard,
    shards,
    ...(options.selected === undefined ? {} : { selected: options.selected }),
  })
  const packet = new Packet()
  let ordinal = 0
  for (const { time, bytes, linkType, wireLength } of frames) {
    packet.bytes = bytes
    packet.start = 0
    packet.end = bytes.length
    packet.wireLength = wireLength ?? bytes.length
    packet.time = time
    packet.number = ++ordinal
    packet.linkType = linkType ?? 1
    decodePacket(packet)
    engine.packet(packet, ordinal, 0)
  }
  engine.finish()
  encoder.close()
  const rows: StoredRow[] = []
  for (let block = encoder.take(); block !== null; block = encoder.take()) rows.push(...decodeBlocks(block.bytes))
  return { rows, coverage: engine.coverage.report() }
}

/** What a packet's number, time and flow have put into a row, and the wording of its completeness. */
const CIRCUMSTANCES = [
  'dissection',
  'ts',
  'flow',
  'elapsed_us',
  'duration_us',
  'file',
  'request_first_packet',
  'request_last_packet',
  'response_first_packet',
  'response_last_packet',
]

/** A row without the columns at their defaults: what it says, in a form to compare and to store. */
export function compactRow(row: StoredRow, without: readonly string[] = ['dissection']): StoredRow {
  const kept = Object.entries(row).filter(([name, value]) => !without.includes(name) && !isDefault(value))
  return Object.fromEntries(kept)
}

function isDefault(value: StoredRow[string]): boolean {
  if (value === undefined || value === 0 || value === '') return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

/** What a row says of the messages, wherever and however they were captured. */
export function contentOf(row: StoredRow, ...without: string[]): string {
  return JSON.stringify(compactRow(row, [...CIRCUMSTANCES, ...without]))
}
