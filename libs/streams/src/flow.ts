import type { HalfStream } from './half-stream.ts'

/** Direction within a flow: 0 is from the lower endpoint (a) to the higher (b), whoever the client is. */
export type Direction = 0 | 1

/**
 * One TCP connection, or one UDP/SCTP/ICMP conversation: a canonical 5-tuple and a connection epoch. Addresses are
 * signed 32-bit words, so that V8 keeps them as small integers; endpoint `a` is the lower one by (address, port).
 */
export class Flow {
  /** Ordinal (in the snapshot) of the flow's first packet: its number in every run, whatever the sharding. */
  readonly id: number
  readonly hash: number
  readonly protocol: number
  readonly ipVersion: number
  readonly a0: number
  readonly a1: number
  readonly a2: number
  readonly a3: number
  readonly aPort: number
  readonly b0: number
  readonly b1: number
  readonly b2: number
  readonly b3: number
  readonly bPort: number
  /** Encapsulation of the first packet; empty for none. */
  tunnel = ''
  /** File of the first packet: which node captured it. */
  file = 0
  /** Direction in which the client sends; meaningful once `oriented` is not 0. */
  clientDirection: Direction = 0
  /** How the client is known: 0 not yet (first sender assumed), 1 by a guess, 2 by the TCP handshake or the protocol. */
  oriented: 0 | 1 | 2 = 0
  firstTime: number
  /** Time of the latest packet, µs. */
  lastTime: number
  /** Packets seen, in both directions. */
  packets = 0
  /** Ordinal of the latest packet. */
  lastPacket = 0
  // What each direction has brought: packets, bytes of the frames on the wire, bytes of transport payload.
  packetsFromA = 0
  bytesFromA = 0
  bytesFromB = 0
  payloadFromA = 0
  payloadFromB = 0
  /** TCP: its record in the metrics; -1 without. */
  record = -1
  /** TCP only: reassembly of each direction. */
  halves: readonly [HalfStream, HalfStream] | null = null
  /** TCP: RST seen, or FIN in both directions. Later packets belong to it until a new SYN. */
  closed = false
  /** The consumer's state for this flow (the dissection). */
  user: unknown = null

  // -- links of the flow table
  chain: Flow | null = null
  newer: Flow | null = null
  older: Flow | null = null
  /** Time at which it was last moved to the front of its list. */
  touched: number
  list = 0

  constructor(key: FlowKey, id: number, time: number) {
    this.id = id
    this.hash = key.hash
    this.protocol = key.protocol
    this.ipVersion = key.ipVersion
    this.a0 = key.a0
    this.a1 = key.a1
    this.a2 = key.a2
    this.a3 = key.a3
    this.aPort = key.aPort
    this.b0 = key.b0
    this.b1 = key.b1
    this.b2 = key.b2
    this.b3 = key.b3
    this.bPort = key.bPort
    this.firstTime = time
    this.lastTime = time
    this.touched = time
  }

  /** Counts a packet. Bytes are of the frame, and of the transport payload, on the wire. */
  count(direction: Direction, ordinal: number, bytes: number, payload: number): void {
    this.packets++
    this.lastPacket = ordinal
    if (direction === 0) {
      this.packetsFromA++
      this.bytesFromA += bytes
      this.payloadFromA += payload
    } else {
      this.bytesFromB += bytes
      this.payloadFromB += payload
    }
  }
}

/** The addressed fields of a decoded packet. */
export interface Addressed {
  readonly protocol: number
  readonly ipVersion: number
  readonly src0: number
  readonly src1: number
  readonly src2: number
  readonly src3: number
  readonly dst0: number
  readonly dst1: number
  readonly dst2: number
  readonly dst3: number
  readonly srcPort: number
  readonly dstPort: number
}

/** The canonical key of a packet; one object is reused for all packets. */
export class FlowKey {
  hash = 0
  protocol = 0
  ipVersion = 0
  a0 = 0
  a1 = 0
  a2 = 0
  a3 = 0
  aPort = 0
  b0 = 0
  b1 = 0
  b2 = 0
  b3 = 0
  bPort = 0
  /** Direction of the packet that the key was made from. */
  direction: Direction = 0

  set(packet: Addressed): void {
    const s0 = packet.src0 | 0
    const s1 = packet.src1 | 0
    const s2 = packet.src2 | 0
    const s3 = packet.src3 | 0
    const d0 = packet.dst0 | 0
    const d1 = packet.dst1 | 0
    const d2 = packet.dst2 | 0
    const d3 = packet.dst3 | 0
    const order = s3 - d3 || s2 - d2 || s1 - d1 || s0 - d0 || packet.srcPort - packet.dstPort
    this.protocol = packet.protocol
    this.ipVersion = packet.ipVersion
    if (order <= 0) {
      this.direction = 0
      this.#assign(s0, s1, s2, s3, packet.srcPort, d0, d1, d2, d3, packet.dstPort)
    } else {
      this.direction = 1
      this.#assign(d0, d1, d2, d3, packet.dstPort, s0, s1, s2, s3, packet.srcPort)
    }
  }

  #assign(
    a0: number,
    a1: number,
    a2: number,
    a3: number,
    aPort: number,
    b0: number,
    b1: number,
    b2: number,
    b3: number,
    bPort: number,
  ): void {
    this.a0 = a0
    this.a1 = a1
    this.a2 = a2
    this.a3 = a3
    this.aPort = aPort
    this.b0 = b0
    this.b1 = b1
    this.b2 = b2
    this.b3 = b3
    this.bPort = bPort
    let h = Math.imul(a3 ^ this.protocol, 0x9e3779b1) ^ Math.imul(b3, 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d) ^ Math.imul((aPort << 16) | bPort, 0xc2b2ae35)
    if (this.ipVersion === 6) {
      h = Math.imul(h ^ a0 ^ Math.imul(a1, 31) ^ Math.imul(a2, 17), 0x27d4eb2f)
      h = Math.imul(h ^ b0 ^ Math.imul(b1, 31) ^ Math.imul(b2, 17), 0x165667b1)
    }
    this.hash = h ^ (h >>> 13)
  }

  matches(flow: Flow): boolean {
    return (
      flow.hash === this.hash &&
      flow.a3 === this.a3 &&
      flow.b3 === this.b3 &&
      flow.aPort === this.aPort &&
      flow.bPort === this.bPort &&
      flow.protocol === this.protocol &&
      flow.a2 === this.a2 &&
      flow.b2 === this.b2 &&
      flow.a1 === this.a1 &&
      flow.b1 === this.b1 &&
      flow.a0 === this.a0 &&
      flow.b0 === this.b0
    )
  }
}
