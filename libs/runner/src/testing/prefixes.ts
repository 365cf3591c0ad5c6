import assert from 'node:assert/strict'

import { Side } from '@hindwire/protocols/contract/message.ts'
import type { Message } from '@hindwire/protocols/contract/message.ts'
import type { Protocol } from '@hindwire/protocols/contract/protocol.ts'
import { type Link, Outcome, type Session } from '@hindwire/protocols/contract/session.ts'

import type { Conversation } from './conversations.ts'

/** Units of a conversation that are tried, and prefixes of each. */
const UNITS = 12
const PREFIXES = 300

interface Said {
  readonly side: Side
  readonly bytes: Uint8Array
}

/** One side's bytes behind each other in a session of their own; the engine's part without the engine. */
class Run {
  readonly #link: Link = {
    consumed: 0,
    message: null,
    reason: '',
    upgrade: '',
    serverPort: 0,
    transport: 'tcp',
    time: 0,
    maxBodyBytes: 65_536,
    stamp: () => undefined,
    stalled: () => false,
  }
  readonly session: Session
  readonly #packet = { next: 1 }

  constructor(protocol: Protocol) {
    this.session = protocol.open(this.#link)
  }

  /** Reads on until a message ends, or the bytes do. Returns what stopped it and the position behind it. */
  unit(side: Side, bytes: Uint8Array, start: number): { readonly outcome: Outcome; readonly position: number } {
    let position = start
    let outcome: Outcome = Outcome.NeedMore
    while (position < bytes.length) {
      this.#link.consumed = 0
      this.#link.message = null
      outcome = this.session.parse(side, bytes, position, bytes.length)
      if (outcome === Outcome.NeedMore || outcome === Outcome.Invalid) break
      assert.ok(this.#link.consumed > 0 && position + this.#link.consumed <= bytes.length, 'consumed within bounds')
      position += this.#link.consumed
      const message = this.#link.message as Message | null
      if (message !== null) {
        message.side = side
        message.firstPacket ||= this.#packet.next
        message.lastPacket = this.#packet.next++
        this.session.matcher.accept(message, { pair: () => undefined })
        break
      }
      if (outcome === Outcome.Upgrade) break
    }
    return { outcome, position }
  }
}

function turnsOf({ pieces }: Conversation): Said[] {
  const turns: { side: Side; parts: Uint8Array[] }[] = []
  for (const { from, bytes } of pieces) {
    const side = from === 'client' ? Side.Client : Side.Server
    const last = turns.at(-1)
    if (last?.side === side) last.parts.push(bytes)
    else turns.push({ side, parts: [bytes] })
  }
  return turns.map(({ side, parts }) => ({ side, bytes: new Uint8Array(Buffer.concat(parts)) }))
}

/** The messages of a conversation's beginning, each as the bytes that begin where the one before ended. */
function unitsOf(protocol: Protocol, conversation: Conversation): Said[] {
  const run = new Run(protocol)
  const units: Said[] = []
  for (const { side, bytes } of turnsOf(conversation)) {
    for (let at = 0; at < bytes.length && units.length < UNITS;) {
      const { outcome, position } = run.unit(side, bytes, at)
      // What spans two turns, or follows a change of protocol, is left to the other tests.
      if (outcome !== Outcome.Message) return units
      units.push({ side, bytes: bytes.subarray(at, position) })
      at = position
    }
  }
  return units
}

/** Tries strict prefixes of the conversation's first messages; returns how many messages were tried. */
export function checkPrefixes(protocol: Protocol, conversation: Conversation, name: string): number {
  const units = unitsOf(protocol, conversation)
  for (const [index, { side, bytes }] of units.entries()) {
    const step = Math.max(1, Math.ceil(bytes.length / PREFIXES))
    for (let length = 1; length < bytes.length; length += step) {
      const run = new Run(protocol)
      for (const before of units.slice(0, index)) run.unit(before.side, before.bytes, 0)
      const { outcome } = run.unit(side, bytes.subarray(0, length), 0)
      const waits = outcome === Outcome.NeedMore || outcome === Outcome.Part || outcome === Outcome.Skip
      assert.ok(waits, `${name}: message ${index}, ${length} of ${bytes.length} bytes: outcome ${outcome}`)
    }
  }
  return units.length
}
