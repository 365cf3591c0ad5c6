import { decodePacket } from './decode.ts'
import { Verdict } from './packet.ts'
import type { Packet } from './packet.ts'

/** Settings of a Defragmenter, each with a default. */
export interface DefragmentLimits {
  /** How long the parts of a datagram are waited for, µs of packet time. RFC 791 allows 15 s and more, Linux waits 30 s. */
  readonly timeout?: number
  /** Datagrams that wait for parts at a time: stops a flood of first fragments. */
  readonly maxDatagrams?: number
  /** Bytes kept of all of them together. */
  readonly maxBytes?: number
}

/** What became of fragments, for coverage. All count packets but `reassembled`. */
export interface DefragmentCounts {
  /** Datagrams that were put together. */
  reassembled: number
  /** Fragments dropped because their datagram was never complete, in time or within the limits. */
  expired: number
  /** Fragments that contradict their datagram, or were cut by the snapshot length. */
  refused: number
}

const IPV4_HEADER = 20
const IPV6_HEADER = 40

/** Raw IP link types: what the joined datagram is decoded as. */
const LINKTYPE_IPV4 = 228
const LINKTYPE_IPV6 = 229

/** Longest payload that the length field of a datagram can stand for, and its fragment offsets reach. */
const MAX_PAYLOAD = 65_535

/** Fragments in fragments (a tunnel's, inside a fragmented packet) are joined to this depth. */
const MAX_DEPTH = 4

/** A datagram whose parts are being collected. */
class Datagram {
  readonly key: string
  /** Packet time of the first part seen, µs. */
  readonly since: number
  bytes = new Uint8Array(2048)
  /** Ranges that are there: start, end, start, end, … in order, disjoint and not touching. */
  ranges: number[] = []
  /** Length of the whole payload; -1 until the last part has been seen. */
  length = -1
  /** Labels of its parts, as the caller numbers them. */
  parts: number[] = []

  constructor(key: string, since: number) {
    this.key = key
    this.since = since
  }

  get complete(): boolean {
    return this.ranges.length === 2 && this.ranges[0] === 0 && this.ranges[1] === this.length
  }

  /** Adds a part. Bytes that are there already stay: the first copy wins. */
  add(offset: number, source: Uint8Array, start: number, end: number): void {
    const stop = offset + (end - start)
    this.#grow(stop)
    const merged: number[] = []
    let at = offset
    let from = offset
    let to = stop
    for (let index = 0; index < this.ranges.length; index += 2) {
      const left = this.ranges[index]!
      const right = this.ranges[index + 1]!
      if (right < offset || left > stop) {
        if (left > stop && from >= 0) {
          merged.push(from, to)
          from = -1
        }
        merged.push(left, right)
        continue
      }
      if (at < left) this.bytes.set(source.subarray(start + (at - offset), start + (left - offset)), at)
      at = Math.max(at, right)
      from = Math.min(from, left)
      to = Math.max(to, right)
    }
    if (at < stop) this.bytes.set(source.subarray(start + (at - offset), end), at)
    if (from >= 0) merged.push(from, to)
    this.ranges = merged
  }

  #grow(length: number): void {
    if (length <= this.bytes.length) return
    const larger = new Uint8Array(Math.max(length, this.bytes.length * 2))
    larger.set(this.bytes)
    this.bytes = larger
  }
}

/**
 * Puts IP datagrams together again. Feed it every packet whose verdict is Fragment, in the order of the capture:
 *
 *     decodePacket(packet)
 *     if (packet.verdict === Verdict.Fragment && defragmenter.add(packet)) { // packet is the whole datagram now }
 *
 * Where parts overlap, the first copy wins.
 */
export class Defragmenter {
  readonly counts: DefragmentCounts = { reassembled: 0, expired: 0, refused: 0 }
  /** After `add` returned true: labels of the other parts of that datagram. */
  joined: readonly number[] = []
  /** Labels of parts that were given up, since the caller last emptied the list. */
  readonly dropped: number[] = []
  readonly #timeout: number
  readonly #maxDatagrams: number
  readonly #maxBytes: number
  /** In order of arrival, so that the oldest is the first. */
  readonly #waiting = new Map<string, Datagram>()
  #bytes = 0

  constructor(limits: DefragmentLimits = {}) {
    this.#timeout = limits.timeout ?? 30_000_000
    this.#maxDatagrams = limits.maxDatagrams ?? 4096
    this.#maxBytes = limits.maxBytes ?? 16 * 1024 * 1024
  }

  /** Bytes held at the moment. */
  get bytes(): number {
    return this.#bytes
  }

  /**
   * Takes a fragment. True: it completed its datagram, and `packet` now holds that one, decoded: its bytes are the
   * joined ones (valid until the next call), its number, time, link type and VLAN those of the completing fragment.
   * @param label the caller's number for the packet, for `joined` and `dropped`
   */
  add(packet: Packet, label = packet.number): boolean {
    this.joined = []
    for (let depth = 0; depth < MAX_DEPTH; depth++) {
      this.#expire(packet.time)
      const whole = this.#collect(packet, label)
      if (whole === null) return false
      this.joined = [...this.joined, ...whole.parts.slice(0, -1)]
      decodeJoined(packet, whole)
      this.counts.reassembled++
      if (packet.verdict !== Verdict.Fragment) return true
    }
    this.#refuse(label)
    return false
  }

  /** Gives up what still waits: the capture has ended. */
  close(): void {
    for (const datagram of this.#waiting.values()) this.#drop(datagram)
  }

  /** Adds the fragment to its datagram, and returns that one when it is complete. */
  #collect(packet: Packet, label: number): Datagram | null {
    const length = packet.payloadLength
    const stop = packet.fragmentOffset + length
    const isWhole = packet.payloadEnd - packet.payloadStart === length
    const isAligned = !packet.moreFragments || (length > 0 && length % 8 === 0)
    if (!isWhole || !isAligned || stop > MAX_PAYLOAD) {
      this.#refuse(label)
      return null
    }
    const datagram = this.#find(packet)
    const known = datagram.length
    const furthest = datagram.ranges.at(-1) ?? 0
    const contradicts = packet.moreFragments
      ? known >= 0 && stop > known
      : known >= 0
        ? stop !== known
        : furthest > stop
    if (contradicts) {
      this.#refuse(label)
      return null
    }
    if (!packet.moreFragments) datagram.length = stop
    datagram.parts.push(label)
    const before = datagram.bytes.length
    datagram.add(packet.fragmentOffset, packet.bytes, packet.payloadStart, packet.payloadEnd)
    this.#bytes += datagram.bytes.length - before
    if (!datagram.complete) {
      this.#shrink()
      return null
    }
    this.#forget(datagram)
    return datagram
  }

  #find(packet: Packet): Datagram {
    const key = keyOf(packet)
    let datagram = this.#waiting.get(key)
    if (datagram === undefined) {
      datagram = new Datagram(key, packet.time)
      this.#waiting.set(key, datagram)
      this.#bytes += datagram.bytes.length
    }
    return datagram
  }

  #forget(datagram: Datagram): void {
    this.#waiting.delete(datagram.key)
    this.#bytes -= datagram.bytes.length
  }

  #expire(now: number): void {
    for (const datagram of this.#waiting.values()) {
      if (now - datagram.since <= this.#timeout) return
      this.#drop(datagram)
    }
  }

  #shrink(): void {
    for (const datagram of this.#waiting.values()) {
      if (this.#waiting.size <= this.#maxDatagrams && this.#bytes <= this.#maxBytes) return
      this.#drop(datagram)
    }
  }

  #drop(datagram: Datagram): void {
    this.counts.expired += datagram.parts.length
    for (const label of datagram.parts) this.dropped.push(label)
    this.#forget(datagram)
  }

  #refuse(label: number): void {
    this.counts.refused++
    this.dropped.push(label)
  }
}

/** Addresses, protocol and identification (RFC 791, section 3.2; RFC 8200, section 4.5 leaves the protocol out). */
function keyOf(packet: Packet): string {
  const protocol = packet.ipVersion === 4 ? packet.protocol : -1
  const source = `${packet.src0},${packet.src1},${packet.src2},${packet.src3}`
  return `${source},${packet.dst0},${packet.dst1},${packet.dst2},${packet.dst3},${protocol},${packet.fragmentId}`
}

/** Fills the packet with the joined bytes behind a plain IP header, and decodes it. */
function decodeJoined(packet: Packet, datagram: Datagram): void {
  const { linkType, vlan, tunnel } = packet
  const length = datagram.length
  const isIpv4 = packet.ipVersion === 4
  const headerLength = isIpv4 ? IPV4_HEADER : IPV6_HEADER
  const joined = new Uint8Array(headerLength + length)
  if (isIpv4) writeIpv4Header(packet, joined)
  else writeIpv6Header(packet, joined)
  joined.set(datagram.bytes.subarray(0, length), headerLength)
  packet.bytes = joined
  packet.start = 0
  packet.end = joined.length
  packet.wireLength = joined.length
  packet.linkType = isIpv4 ? LINKTYPE_IPV4 : LINKTYPE_IPV6
  decodePacket(packet)
  packet.linkType = linkType
  packet.vlan = vlan
  if (packet.tunnel === '') packet.tunnel = tunnel
}

/** A total length of zero stands for all that is there: header and payload may exceed the field together. */
function writeIpv4Header(packet: Packet, joined: Uint8Array): void {
  const view = new DataView(joined.buffer)
  joined[0] = 0x45
  joined[9] = packet.protocol
  view.setUint32(12, packet.src3)
  view.setUint32(16, packet.dst3)
}

function writeIpv6Header(packet: Packet, joined: Uint8Array): void {
  const view = new DataView(joined.buffer)
  joined[0] = 0x60
  joined[6] = packet.protocol
  const words = [packet.src0, packet.src1, packet.src2, packet.src3, packet.dst0, packet.dst1, packet.dst2, packet.dst3]
  for (const [index, word] of words.entries()) view.setUint32(8 + index * 4, word)
}
