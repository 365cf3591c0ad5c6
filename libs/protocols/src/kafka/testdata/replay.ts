import { columns } from '../../contract/column.ts'
import type { EntryWriter } from '../../contract/entry-writer.ts'
import type { Message, Side } from '../../contract/message.ts'
import { type Link, Outcome } from '../../contract/session.ts'
import { kafka } from '../index.ts'
import type { KafkaSession } from '../session.ts'
import type { KafkaMessage } from '../types.ts'

export type Row = Record<string, unknown>

/** The engine's part for one connection: parse loop, matcher, rows by column name. */
export class Replay {
  readonly rows: Row[] = []
  readonly outcomes: Outcome[] = []
  readonly session: KafkaSession
  readonly #link: Link = {
    consumed: 0,
    message: null,
    reason: '',
    upgrade: '',
    serverPort: 9092,
    transport: 'tcp',
    time: 0,
    maxBodyBytes: 65_536,
    stamp: () => undefined,
    stalled: () => false,
  }

  constructor() {
    this.session = kafka.open(this.#link) as KafkaSession
  }

  /** Parses what is whole of `bytes`; returns how much that was. */
  feed(side: Side, bytes: Uint8Array): number {
    let at = 0
    while (at < bytes.length) {
      this.#link.consumed = 0
      this.#link.message = null
      const outcome = this.session.parse(side, bytes, at, bytes.length)
      this.outcomes.push(outcome)
      if (outcome === Outcome.NeedMore || outcome === Outcome.Invalid) break
      this.#take(side, this.#link.consumed)
      at += this.#link.consumed
    }
    return at
  }

  gap(side: Side, length: number): boolean {
    this.#link.message = null
    const within = this.session.gap(side, length)
    this.#take(side, 0)
    return within
  }

  close(): this {
    this.session.matcher.close(this)
    return this
  }

  pair(request: Message | null, response: Message | null): void {
    const row: Row = {}
    const put = (at: number, value: unknown): void => {
      row[columns()[at]?.name ?? ''] = value
    }
    const writer: EntryWriter = {
      protocol: () => undefined,
      text: put,
      bytes: (at, bytes, start, end) => put(at, Buffer.from(bytes.subarray(start, end)).toString()),
      number: put,
      list: put,
      pair: () => undefined,
      pairBytes: () => undefined,
    }
    kafka.summarize({ request: request as KafkaMessage | null, response: response as KafkaMessage | null }, writer)
    row['partial'] = request?.partial || response?.partial
    this.rows.push(row)
  }

  #take(side: Side, size: number): void {
    const { message } = this.#link
    if (message === null) return
    message.side = side
    message.wireSize = size
    this.session.matcher.accept(message, this)
  }
}
