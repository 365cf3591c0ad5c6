import { payloadBytes } from '@hindwire/testkit/packet-builder.ts'
import type { Endpoint, Payload } from '@hindwire/testkit/packet-builder.ts'

import type { Dice } from './dice.ts'
import type { Truth } from './truth.ts'
import type { Wire } from './wire.ts'

/** What happens to the segments of one send. */
export interface Mishaps {
  /** Index of a segment that the capture missed; its receiver did not. */
  readonly missed?: number
  /** The first segment is sent a second time, because its acknowledgement did not come. */
  readonly resent?: boolean
  /** The first two segments are captured in the wrong order. */
  readonly swapped?: boolean
}

type From = 'client' | 'server'

interface Side {
  readonly self: Endpoint
  seq: number
  /** Up to where this side has acknowledged the other. */
  acked: number
}

/** MTU of an overlay network less IP and TCP headers. */
const SEGMENT = 1400
/** MSS 1400, SACK permitted, window scale 7 (RFC 9293, 2018, 7323). */
const SYN_OPTIONS = new Uint8Array([2, 4, 0x05, 0x78, 4, 2, 1, 3, 3, 7])
const RETRANSMISSION_TIMEOUT = 204_000
/** A receiver that has nothing to say acknowledges after this time. */
const DELAYED_ACK = 40_000

export interface World {
  readonly wire: Wire
  readonly dice: Dice
  readonly truth: Truth
}

/** One TCP connection of the example. All times are µs; every method must be called with times that do not go back. */
export class Connection {
  readonly #world: World
  readonly #sides: Record<From, Side>
  /** Time on the way between the two, µs. */
  readonly delay: number
  /** When the last exchange on it was over. */
  freeAt = 0
  calls = 0
  closed = false

  constructor(world: World, client: Endpoint, server: Endpoint, delay: number) {
    const { dice } = world
    this.#world = world
    this.delay = delay
    const [clientSeq, serverSeq] = [dice.between(1, 0x7fff_ffff), dice.between(1, 0x7fff_ffff)]
    this.#sides = {
      client: { self: client, seq: clientSeq, acked: serverSeq },
      server: { self: server, seq: serverSeq, acked: clientSeq },
    }
  }

  /** The handshake. Returns when the client may send. */
  open(time: number): number {
    this.#segment(time, 'client', 'S')
    this.#segment(time + this.delay, 'server', 'SA')
    this.#segment(time + 2 * this.delay, 'client', 'A')
    return time + 2 * this.delay + 20
  }

  /** Sends data; returns when the other side has all of it. */
  send(time: number, from: From, payload: Payload, mishaps: Mishaps = {}): number {
    const data = payloadBytes(payload)
    const side = this.#sides[from]
    const start = side.seq
    const order = Array.from({ length: Math.ceil(data.length / SEGMENT) }, (_, index) => index)
    if (mishaps.swapped === true && order.length > 1) order.splice(0, 2, 1, 0)
    let at = time
    for (const index of order) {
      side.seq = start + index * SEGMENT
      const flags = (index + 1) * SEGMENT >= data.length ? 'PA' : 'A'
      if (index !== mishaps.missed)
        this.#segment(at, from, flags, data.subarray(index * SEGMENT, (index + 1) * SEGMENT))
      at += 12
    }
    if (mishaps.resent === true) {
      at = time + RETRANSMISSION_TIMEOUT
      side.seq = start
      this.#segment(at, from, order.length === 1 ? 'PA' : 'A', data.subarray(0, SEGMENT))
    }
    side.seq = start + data.length
    return at + this.delay
  }

  /** `from` acknowledges what it has, when it has not done so with data by `now`, and it got it at `received`. */
  acknowledge(received: number, from: From, now: number): void {
    const other = this.#sides[from === 'client' ? 'server' : 'client']
    if (now - received > DELAYED_ACK && this.#sides[from].acked !== other.seq)
      this.#segment(received + DELAYED_ACK, from, 'A')
  }

  /** A keep-alive probe and its answer (RFC 9293, section 3.8.4). */
  probe(time: number): void {
    this.#sides.client.seq--
    this.#segment(time, 'client', 'A')
    this.#sides.client.seq++
    this.#segment(time + this.delay, 'server', 'A')
  }

  close(time: number, from: From): void {
    const other: From = from === 'client' ? 'server' : 'client'
    this.#segment(time, from, 'FA')
    this.#sides[from].seq++
    this.#segment(time + this.delay, other, 'FA')
    this.#sides[other].seq++
    this.#segment(time + 2 * this.delay, from, 'A')
    this.closed = true
  }

  reset(time: number, from: From): void {
    this.#segment(time, from, 'RA')
    this.#world.truth.resets++
    this.closed = true
  }

  #segment(time: number, from: From, flags: string, payload?: Uint8Array): void {
    const side = this.#sides[from]
    const other = this.#sides[from === 'client' ? 'server' : 'client']
    const isSyn = flags.startsWith('S')
    const ack = flags === 'S' ? 0 : other.seq
    this.#world.wire.tcp(time, side.self, other.self, {
      seq: side.seq,
      ack,
      flags,
      window: isSyn ? 64_860 : 502,
      ...(isSyn ? { options: SYN_OPTIONS } : {}),
      ...(payload === undefined ? {} : { payload }),
    })
    side.acked = ack
    if (isSyn) side.seq++
  }
}
