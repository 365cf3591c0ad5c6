import { payloadBytes, tcpFrame } from './packet-builder.ts'
import type { Endpoint, LinkType, Payload } from './packet-builder.ts'

/** A frame with its capture time, µs since the Unix epoch. The capture writers take lists of these. */
export interface TimedFrame {
  readonly time: number
  readonly bytes: Uint8Array
}

export type Direction = 'client' | 'server'

export interface SessionOptions {
  readonly client?: Endpoint
  readonly server?: Endpoint
  readonly linkType?: LinkType
  /** Largest payload of a segment, bytes. */
  readonly mss?: number
  /** Time of the first frame, µs since the Unix epoch. */
  readonly time?: number
  /** Time between frames, µs. */
  readonly step?: number
  readonly clientSeq?: number
  readonly serverSeq?: number
  /** Sends an empty acknowledgement after every data frame. */
  readonly acks?: boolean
  /** Only frames of this side are captured. */
  readonly only?: Direction
}

export interface SendOptions {
  /** Segments, by index within this call, that are lost before the capture point. */
  readonly lose?: readonly number[]
  /** Segments that are captured a second time, right after the last one of the call. */
  readonly repeat?: readonly number[]
  /** Order in which the segments are captured, as indices; those not named follow in order. */
  readonly order?: readonly number[]
}

interface Side {
  readonly self: Endpoint
  readonly peer: Endpoint
  seq: number
}

const CLIENT: Endpoint = { ip: '10.0.0.1', port: 40000 }
const SERVER: Endpoint = { ip: '10.0.0.2', port: 80 }

/** 2024-01-01T00:00:00Z in µs. */
export const SESSION_TIME = 1_704_067_200_000_000

/**
 * The script of one TCP conversation: each call appends frames, `frames` holds them in capture order. Deterministic.
 *
 *     const session = new TcpSession({ mss: 100 })
 *     session.open().client('GET / HTTP/1.1\r\n\r\n').server(reply, { order: [1, 0] }).close()
 *     writePcap(session.frames)
 *
 * A start in mid-stream is a session without `open()`; a lost tail is one without `close()`.
 */
export class TcpSession {
  readonly frames: TimedFrame[] = []
  readonly #options: SessionOptions
  readonly #sides: Record<Direction, Side>
  #time: number

  constructor(options: SessionOptions = {}) {
    const client = options.client ?? CLIENT
    const server = options.server ?? SERVER
    this.#options = options
    this.#time = options.time ?? SESSION_TIME
    this.#sides = {
      client: { self: client, peer: server, seq: options.clientSeq ?? 1000 },
      server: { self: server, peer: client, seq: options.serverSeq ?? 5000 },
    }
  }

  /** The three-way handshake. */
  open(): this {
    this.#frame('client', 'S')
    this.#sides.client.seq++
    this.#frame('server', 'SA')
    this.#sides.server.seq++
    return this.#frame('client', 'A')
  }

  client(payload: Payload, options: SendOptions = {}): this {
    return this.send('client', payload, options)
  }

  server(payload: Payload, options: SendOptions = {}): this {
    return this.send('server', payload, options)
  }

  /** Sends data, split by the MSS. */
  send(from: Direction, payload: Payload, options: SendOptions = {}): this {
    const data = payloadBytes(payload)
    const mss = this.#options.mss ?? 1460
    const side = this.#sides[from]
    const first = side.seq
    const count = Math.max(1, Math.ceil(data.length / mss))
    const order = options.order ?? []
    const rest = Array.from({ length: count }, (_, index) => index).filter((index) => !order.includes(index))
    for (const index of [...order, ...rest, ...(options.repeat ?? [])]) {
      if (options.lose?.includes(index)) continue
      side.seq = first + index * mss
      this.#frame(from, 'PA', data.subarray(index * mss, (index + 1) * mss))
    }
    side.seq = first + data.length
    if (this.#options.acks === true) this.#frame(from === 'client' ? 'server' : 'client', 'A')
    return this
  }

  /** Data that was sent, and perhaps acknowledged, but is nowhere in the capture. */
  lost(from: Direction, length: number): this {
    this.#sides[from].seq += length
    return this
  }

  /** A keep-alive probe: one old byte (RFC 9293, section 3.8.4). */
  keepAlive(from: Direction): this {
    this.#sides[from].seq--
    this.#frame(from, 'A', new Uint8Array(1))
    this.#sides[from].seq++
    return this
  }

  /** Lets time pass before the next frame, µs. */
  wait(microseconds: number): this {
    this.#time += microseconds
    return this
  }

  /** Sets the time of the next frame, µs since the Unix epoch. */
  at(time: number): this {
    this.#time = time
    return this
  }

  /** An orderly end, begun by `from`: FIN, FIN, ACK. */
  close(from: Direction = 'client'): this {
    const other: Direction = from === 'client' ? 'server' : 'client'
    this.fin(from)
    this.fin(other)
    return this.#frame(from, 'A')
  }

  /** FIN of one side only. */
  fin(from: Direction): this {
    this.#frame(from, 'FA')
    this.#sides[from].seq++
    return this
  }

  reset(from: Direction = 'server'): this {
    return this.#frame(from, 'RA')
  }

  #frame(from: Direction, flags: string, payload?: Uint8Array): this {
    const side = this.#sides[from]
    const other = this.#sides[from === 'client' ? 'server' : 'client']
    const time = this.#time
    this.#time += this.#options.step ?? 100
    if (this.#options.only !== undefined && this.#options.only !== from) return this
    const ack = flags === 'S' ? 0 : other.seq
    const fields = { seq: side.seq, ack, flags, ...(payload === undefined ? {} : { payload }) }
    this.frames.push({ time, bytes: tcpFrame(side.self, side.peer, fields, this.#options.linkType ?? 1) })
    return this
  }
}
