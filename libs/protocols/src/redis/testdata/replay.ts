import { readFileSync } from 'node:fs'

import { openCapture } from '@hindwire/packets/capture-reader.ts'
import { decodePacket } from '@hindwire/packets/decode.ts'
import { IpProtocol, Packet, TcpFlag, Verdict } from '@hindwire/packets/packet.ts'

import { columns } from '../../contract/column.ts'
import type { EntryWriter } from '../../contract/entry-writer.ts'
import type { Message, Side } from '../../contract/message.ts'
import { type Link, Outcome, type Session } from '../../contract/session.ts'
import { redis } from '../index.ts'
import type { RedisMessage } from '../types.ts'

/** A row as summarize wrote it, by column name; `lone` says which side is missing. */
export type Row = Record<string, string | number>

/** The engine's part for one connection whose bytes come in order: parse loop, matcher, rows. */
export class Replay {
  readonly rows: Row[] = []
  readonly counts = { requests: 0, responses: 0, oneWay: 0, invalid: 0, parses: 0 }
  readonly session: Session
  readonly #link: Link = {
    consumed: 0,
    message: null,
    reason: '',
    upgrade: '',
    serverPort: 6379,
    transport: 'tcp',
    time: 0,
    maxBodyBytes: 65_536,
    stamp: () => undefined,
    stalled: () => false,
  }
  readonly #held: [Uint8Array, Uint8Array] = [new Uint8Array(0), new Uint8Array(0)]
  readonly #lost: [boolean, boolean] = [false, false]
  readonly #size: [number, number] = [0, 0]
  #packet = 0

  constructor(maxBodyBytes = 65_536) {
    this.#link = { ...this.#link, maxBodyBytes }
    this.session = redis.open(this.#link)
  }

  feed(side: Side, piece: Uint8Array): void {
    const bytes = Buffer.concat([this.#held[side], piece])
    this.#packet++
    let at = 0
    while (at < bytes.length) {
      if (this.#lost[side]) {
        const found = this.session.resync(side, bytes, at, bytes.length)
        if (found < 0) {
          at = bytes.length
          break
        }
        this.#lost[side] = false
        at = found
      }
      this.#link.message = null
      this.#link.consumed = 0
      this.counts.parses++
      const outcome = this.session.parse(side, bytes, at, bytes.length)
      if (outcome === Outcome.NeedMore) break
      if (outcome === Outcome.Invalid || this.#link.consumed <= 0) {
        this.counts.invalid++
        this.session.matcher.lost()
        this.#lost[side] = true
        this.#size[side] = 0
        at++
        continue
      }
      at += this.#link.consumed
      this.#size[side] += this.#link.consumed
      if (outcome === Outcome.Message) this.#accept(side)
      else if (outcome === Outcome.Skip) this.#size[side] = 0
    }
    this.#held[side] = bytes.subarray(at)
  }

  gap(side: Side, length: number): void {
    const unread = this.#held[side].length
    this.#link.message = null
    const bridged = this.session.gap(side, unread + length)
    this.#held[side] = new Uint8Array(0)
    if (bridged) {
      this.#size[side] += unread + length
      return
    }
    if (this.#link.message !== null) this.#accept(side)
    this.session.matcher.lost()
    this.#size[side] = 0
    this.#lost[side] = true
  }

  end(): this {
    for (const side of [0, 1] as const) {
      this.#link.message = null
      if (this.session.end(side)) this.#accept(side)
    }
    this.session.matcher.close({ pair: (request, response) => this.#row(request, response) })
    return this
  }

  #accept(side: Side): void {
    const message = this.#link.message!
    message.side = side
    message.wireSize = this.#size[side]
    message.firstPacket = this.#packet
    message.lastPacket = this.#packet
    this.#size[side] = 0
    this.session.matcher.accept(message, { pair: (request, response) => this.#row(request, response) })
  }

  #row(request: Message | null, response: Message | null): void {
    if (request !== null && request.role === 2) this.counts.oneWay++
    else if (request !== null) this.counts.requests++
    if (response !== null) this.counts.responses++
    const row: Row = { lone: response === null ? 'request' : request === null ? 'response' : '' }
    const partial = request?.partial || response?.partial
    if (partial) row['partial'] = partial
    redis.summarize({ request: request as RedisMessage | null, response: response as RedisMessage | null }, writer(row))
    this.rows.push(row)
  }
}

/** Strings may hold any bytes: they are compared as UTF-8 text. */
function writer(row: Row): EntryWriter {
  const set = (column: number, value: string | number): void => {
    const name = columns()[column]!.name
    if (row[name] !== undefined) throw new Error(`${name} written twice`)
    row[name] = value
  }
  return {
    protocol: () => undefined,
    text: set,
    number: set,
    bytes: (column, bytes, start, end) => set(column, Buffer.from(bytes.slice(start, end)).toString()),
    list: () => undefined,
    pair: () => undefined,
    pairBytes: () => undefined,
  }
}

export interface Segment {
  readonly flow: string
  readonly fromLow: boolean
  readonly srcPort: number
  readonly dstPort: number
  readonly syn: number
  readonly bytes: Uint8Array
}

/** TCP payloads of a capture in order of capture; repeated and out-of-order bytes are left out. */
export function segments(path: string | URL): Segment[] {
  const file = readFileSync(path)
  const opened = openCapture(file.subarray(0, 65_536))
  if (opened.kind !== 'capture') return []
  const found: Segment[] = []
  const expected = new Map<string, number>()
  const packet = new Packet()
  opened.reader.begin(file, 0, file.length, true)
  while (opened.reader.next(packet)) {
    decodePacket(packet)
    if (packet.verdict !== Verdict.Ok || packet.protocol !== IpProtocol.Tcp) continue
    const source = `${packet.src0}.${packet.src1}.${packet.src2}.${packet.src3}:${packet.srcPort}`
    const target = `${packet.dst0}.${packet.dst1}.${packet.dst2}.${packet.dst3}:${packet.dstPort}`
    const fromLow = source < target
    const flow = fromLow ? `${source}-${target}` : `${target}-${source}`
    const syn = packet.flags & TcpFlag.Syn ? (packet.flags & TcpFlag.Ack ? 2 : 1) : 0
    const direction = source + target
    if (syn > 0) expected.set(direction, packet.seq + 1)
    let start = packet.payloadStart
    const next = expected.get(direction) ?? packet.seq
    const old = (next - packet.seq) | 0
    if (old > 0) start += old
    if (start >= packet.payloadEnd && syn === 0) continue
    if (syn === 0) expected.set(direction, packet.seq + packet.payloadLength)
    found.push({
      flow,
      fromLow,
      srcPort: packet.srcPort,
      dstPort: packet.dstPort,
      syn,
      bytes: packet.bytes.slice(Math.min(start, packet.payloadEnd), packet.payloadEnd),
    })
  }
  return found
}

/** Replays every connection to a port of a capture; `cut` splits each payload further. */
export function replayCapture(path: string | URL, port: number, cut = Number.POSITIVE_INFINITY): Replay[] {
  const flows = new Map<string, Replay>()
  for (const segment of segments(path)) {
    if (segment.srcPort !== port && segment.dstPort !== port) continue
    let replay = flows.get(segment.flow)
    if (replay === undefined) flows.set(segment.flow, (replay = new Replay()))
    const side = segment.dstPort === port ? 0 : 1
    for (let at = 0; at < segment.bytes.length; at += cut) replay.feed(side, segment.bytes.subarray(at, at + cut))
  }
  return [...flows.values()].map((replay) => replay.end())
}
