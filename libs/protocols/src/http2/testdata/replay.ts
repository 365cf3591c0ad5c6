import { readFileSync } from 'node:fs'

import { openCapture } from '@hindwire/packets/capture-reader.ts'
import { decodePacket } from '@hindwire/packets/decode.ts'
import { IpProtocol, Packet, Verdict } from '@hindwire/packets/packet.ts'

import { columns } from '../../contract/column.ts'
import type { EntryWriter } from '../../contract/entry-writer.ts'
import type { Message, Side } from '../../contract/message.ts'
import { type Link, Outcome } from '../../contract/session.ts'
import { http2 } from '../index.ts'
import { Http2Session } from '../session.ts'
import type { Http2Message } from '../types.ts'

/** A row as summarize wrote it, by column name; `lone` says which side is missing. */
export type Row = Record<string, unknown>

/** The engine's part for one connection whose bytes come in order: parse loop, stamps, matcher, rows. */
export class Replay {
  readonly rows: Row[] = []
  readonly counts = { invalid: 0, needMore: 0, parses: 0 }
  readonly session: Http2Session
  readonly #link: Link
  readonly #held: [Uint8Array, Uint8Array] = [new Uint8Array(0), new Uint8Array(0)]
  readonly #lost: [boolean, boolean] = [false, false]
  packet = 0

  constructor(maxBodyBytes = 65_536, stalled = false) {
    this.#link = {
      consumed: 0,
      message: null,
      reason: '',
      upgrade: '',
      serverPort: 80,
      transport: 'tcp',
      time: 0,
      maxBodyBytes,
      stalled: () => stalled,
      stamp: (message, start, end) => {
        if (message.firstPacket === 0) message.firstPacket = this.packet
        message.lastPacket = this.packet
        message.wireSize += end - start
      },
    }
    this.session = new Http2Session(this.#link)
  }

  feed(side: Side, piece: Uint8Array): this {
    const held = this.#held[side]
    // A copy that is overwritten afterwards: what the session keeps must not depend on it.
    const bytes = Uint8Array.from(Buffer.concat([held, piece]))
    this.packet++
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
      if (outcome === Outcome.NeedMore) {
        this.counts.needMore++
        break
      }
      if (outcome === Outcome.Invalid || this.#link.consumed <= 0 || this.#link.consumed > bytes.length - at) {
        this.counts.invalid++
        this.#lost[side] = true
        at++
        continue
      }
      at += this.#link.consumed
      const { message } = this.#link as { message: Message | null }
      if (message === null) continue
      message.side = side
      this.session.matcher.accept(message, { pair: (request, response) => this.#row(request, response) })
    }
    this.#held[side] = bytes.slice(at)
    bytes.fill(0xee)
    return this
  }

  gap(side: Side, length: number): this {
    const unread = this.#held[side].length
    this.#held[side] = new Uint8Array(0)
    if (!this.session.gap(side, unread + length)) {
      this.session.matcher.lost()
      this.#lost[side] = true
    }
    return this
  }

  end(): this {
    this.session.matcher.close({ pair: (request, response) => this.#row(request, response) })
    return this
  }

  #row(request: Message | null, response: Message | null): void {
    const lone = response === null ? 'request' : request === null ? 'response' : ''
    const row: Row = { lone, partial: [request?.partial ?? '', response?.partial ?? ''].join('|') }
    http2.summarize(
      { request: request as Http2Message | null, response: response as Http2Message | null },
      writer(row),
    )
    this.rows.push(row)
  }
}

function text(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.subarray(start, end)).toString()
}

function writer(row: Row): EntryWriter {
  const put = (column: number, value: unknown): void => {
    const name = columns()[column]?.name ?? ''
    if (name in row) throw new Error(`${name} is written twice`)
    row[name] = value
  }
  const pair = (column: number, key: string, value: string): void => {
    const map = (row[columns()[column]?.name ?? ''] ??= {}) as Record<string, string>
    map[key] = key in map ? `${map[key]}, ${value}` : value
  }
  return {
    protocol: (name) => (row['protocol'] = name),
    text: put,
    number: put,
    list: put,
    pair,
    bytes: (column, bytes, start, end) => put(column, text(bytes, start, end)),
    pairBytes: (column, bytes, ks, ke, vs, ve) => pair(column, text(bytes, ks, ke), text(bytes, vs, ve)),
  }
}

export interface Segment {
  readonly side: Side
  readonly bytes: Uint8Array
}

/** Payloads of the one connection of a capture, in order. `port` is the server's. */
export function segments(path: string | URL, port: number): Segment[] {
  const bytes = new Uint8Array(readFileSync(path))
  const opened = openCapture(bytes)
  if (opened.kind !== 'capture') throw new Error(opened.reason)
  opened.reader.begin(bytes, 0, bytes.length, true)
  const packet = new Packet()
  const list: Segment[] = []
  while (opened.reader.next(packet)) {
    decodePacket(packet)
    if (packet.verdict !== Verdict.Ok || packet.protocol !== IpProtocol.Tcp) continue
    const payload = packet.bytes.slice(packet.payloadStart, packet.payloadEnd)
    if (payload.length > 0) list.push({ side: packet.dstPort === port ? 0 : 1, bytes: payload })
  }
  return list
}

/** Rows of a capture's connection; `cut` splits each payload further. */
export function replayCapture(path: string | URL, port: number, cut = Number.POSITIVE_INFINITY): Replay {
  const replay = new Replay()
  for (const { side, bytes } of segments(path, port)) {
    for (let at = 0; at < bytes.length; at += cut) replay.feed(side, bytes.subarray(at, at + cut))
  }
  return replay.end()
}
