/**
 * Builds packets as bytes, layer by layer, with right lengths and checksums. Every function returns a new array; a
 * payload may be text (UTF-8) or bytes. Compose them from the inside out:
 *
 *     ethernet(ip('10.0.0.1', '10.0.0.2', 6, tcp(client, server, { seq: 1, flags: 'PA', payload: 'GET /' })))
 *
 * or use `tcpFrame` and `udpFrame`, which do just that for any link layer.
 */
import { addressBytes } from './address.ts'

export type Payload = Uint8Array | string

/** One end of a conversation. `ip` is IPv4 or IPv6 text. */
export interface Endpoint {
  readonly ip: string
  readonly port: number
}

export interface TcpFields {
  readonly seq: number
  readonly ack?: number
  /** Letters of the flags that are set: F, S, R, P, A, U, E, C. */
  readonly flags: string
  readonly window?: number
  /** Option bytes; padded to a multiple of four with end-of-list. */
  readonly options?: Uint8Array
  readonly payload?: Payload
}

export interface IpFields {
  /** IPv4 identification or IPv6 fragment identification. */
  readonly id?: number
  readonly ttl?: number
  /** IPv4 options, or the whole IPv6 extension headers (then `protocol` is the first one's number). */
  readonly options?: Uint8Array
  /** Fragment offset in bytes (a multiple of 8) and whether more follow: makes the packet a fragment. */
  readonly fragment?: { readonly offset: number; readonly more: boolean }
}

/** Frames of one link layer around an IP packet. The value is the LINKTYPE_ number for the capture file. */
export const LinkType = { Null: 0, Ethernet: 1, Raw: 101, Sll: 113, Sll2: 276 } as const
export type LinkType = (typeof LinkType)[keyof typeof LinkType]

const FLAG_LETTERS = 'FSRPAUEC'

export function payloadBytes(payload: Payload | undefined): Uint8Array {
  if (payload === undefined) return new Uint8Array(0)
  return typeof payload === 'string' ? new TextEncoder().encode(payload) : payload
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

/** A TCP segment with its checksum over the pseudo header of the two addresses. */
export function tcp(src: Endpoint, dst: Endpoint, fields: TcpFields): Uint8Array {
  const options = fields.options ?? new Uint8Array(0)
  const headerLength = 20 + Math.ceil(options.length / 4) * 4
  const payload = payloadBytes(fields.payload)
  const segment = new Uint8Array(headerLength + payload.length)
  const view = new DataView(segment.buffer)
  view.setUint16(0, src.port)
  view.setUint16(2, dst.port)
  view.setUint32(4, fields.seq >>> 0)
  view.setUint32(8, (fields.ack ?? 0) >>> 0)
  segment[12] = (headerLength / 4) << 4
  for (const letter of fields.flags) segment[13]! |= 1 << FLAG_LETTERS.indexOf(letter)
  view.setUint16(14, fields.window ?? 64240)
  segment.set(options, 20)
  segment.set(payload, headerLength)
  view.setUint16(16, transportChecksum(src.ip, dst.ip, 6, segment))
  return segment
}

/** A UDP datagram with its checksum. */
export function udp(src: Endpoint, dst: Endpoint, payload: Payload): Uint8Array {
  const data = payloadBytes(payload)
  const datagram = new Uint8Array(8 + data.length)
  const view = new DataView(datagram.buffer)
  view.setUint16(0, src.port)
  view.setUint16(2, dst.port)
  view.setUint16(4, datagram.length)
  datagram.set(data, 8)
  view.setUint16(6, transportChecksum(src.ip, dst.ip, 17, datagram) || 0xffff)
  return datagram
}

/** An ICMP (IPv4) or ICMPv6 message with its checksum. `body` is what follows the checksum. */
export function icmp(srcIp: string, dstIp: string, type: number, code: number, body: Payload): Uint8Array {
  const message = concat(new Uint8Array([type, code, 0, 0]), payloadBytes(body))
  const sum = srcIp.includes(':') ? transportChecksum(srcIp, dstIp, 58, message) : checksum(message)
  new DataView(message.buffer).setUint16(2, sum)
  return message
}

/** An IPv4 or IPv6 packet, by the form of the addresses. `protocol` is the IP protocol number of `payload`. */
export function ip(
  srcIp: string,
  dstIp: string,
  protocol: number,
  payload: Payload,
  fields: IpFields = {},
): Uint8Array {
  const data = payloadBytes(payload)
  return srcIp.includes(':') ? ipv6(srcIp, dstIp, protocol, data, fields) : ipv4(srcIp, dstIp, protocol, data, fields)
}

function ipv4(srcIp: string, dstIp: string, protocol: number, payload: Uint8Array, fields: IpFields): Uint8Array {
  const options = fields.options ?? new Uint8Array(0)
  const headerLength = 20 + Math.ceil(options.length / 4) * 4
  const packet = new Uint8Array(headerLength + payload.length)
  const view = new DataView(packet.buffer)
  packet[0] = 0x40 | (headerLength / 4)
  view.setUint16(2, packet.length)
  view.setUint16(4, fields.id ?? 1)
  view.setUint16(6, fields.fragment ? (fields.fragment.more ? 0x2000 : 0) | (fields.fragment.offset >> 3) : 0x4000)
  packet[8] = fields.ttl ?? 64
  packet[9] = protocol
  packet.set(addressBytes(srcIp), 12)
  packet.set(addressBytes(dstIp), 16)
  packet.set(options, 20)
  view.setUint16(10, checksum(packet.subarray(0, headerLength)))
  packet.set(payload, headerLength)
  return packet
}

function ipv6(srcIp: string, dstIp: string, protocol: number, payload: Uint8Array, fields: IpFields): Uint8Array {
  const extension = fields.options ?? new Uint8Array(0)
  const fragment = fields.fragment ? fragmentHeader(protocol, fields.id ?? 1, fields.fragment) : new Uint8Array(0)
  const body = concat(extension, fragment, payload)
  const packet = new Uint8Array(40 + body.length)
  const view = new DataView(packet.buffer)
  packet[0] = 0x60
  view.setUint16(4, body.length)
  packet[6] = fields.fragment ? 44 : protocol
  packet[7] = fields.ttl ?? 64
  packet.set(addressBytes(srcIp), 8)
  packet.set(addressBytes(dstIp), 24)
  packet.set(body, 40)
  return packet
}

function fragmentHeader(protocol: number, id: number, fragment: { offset: number; more: boolean }): Uint8Array {
  const header = new Uint8Array(8)
  const view = new DataView(header.buffer)
  header[0] = protocol
  view.setUint16(2, fragment.offset | (fragment.more ? 1 : 0))
  view.setUint32(4, id)
  return header
}

/** The EtherType of an IP packet, by its version. */
export function etherTypeOf(packet: Uint8Array): number {
  return packet[0]! >> 4 === 6 ? 0x86dd : 0x0800
}

/** An Ethernet frame; `vlans` are VLAN ids from the outermost. Not padded: pass `padTo` for that. */
export function ethernet(
  payload: Uint8Array,
  { etherType = etherTypeOf(payload), vlans = [] as readonly number[], padTo = 0 } = {},
): Uint8Array {
  const tags = vlans.flatMap((id) => [0x81, 0x00, id >> 8, id & 255])
  const header = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, ...tags, etherType >> 8, etherType & 255]
  const frame = concat(Uint8Array.from(header), payload)
  return frame.length >= padTo ? frame : concat(frame, new Uint8Array(padTo - frame.length))
}

/** A frame of the given link layer around an IP packet. */
export function frame(linkType: LinkType, packet: Uint8Array): Uint8Array {
  const etherType = etherTypeOf(packet)
  const type = [etherType >> 8, etherType & 255]
  switch (linkType) {
    case LinkType.Null:
      return concat(new Uint8Array([etherType === 0x0800 ? 2 : 30, 0, 0, 0]), packet)
    case LinkType.Raw:
      return packet
    case LinkType.Sll:
      return concat(Uint8Array.from([0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, ...type]), packet)
    case LinkType.Sll2:
      return concat(Uint8Array.from([...type, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0]), packet)
    default:
      return ethernet(packet)
  }
}

/** A whole frame with a TCP segment in it. */
export function tcpFrame(src: Endpoint, dst: Endpoint, fields: TcpFields, linkType: LinkType = 1): Uint8Array {
  return frame(linkType, ip(src.ip, dst.ip, 6, tcp(src, dst, fields)))
}

/** A whole frame with a UDP datagram in it. */
export function udpFrame(src: Endpoint, dst: Endpoint, payload: Payload, linkType: LinkType = 1): Uint8Array {
  return frame(linkType, ip(src.ip, dst.ip, 17, udp(src, dst, payload)))
}

/** An IP packet cut into fragments of at most `size` payload bytes (a multiple of 8). */
export function ipFragments(
  srcIp: string,
  dstIp: string,
  protocol: number,
  payload: Uint8Array,
  { size, id }: { readonly size: number; readonly id: number },
): Uint8Array[] {
  const fragments: Uint8Array[] = []
  for (let offset = 0; offset < payload.length; offset += size) {
    const more = offset + size < payload.length
    fragments.push(
      ip(srcIp, dstIp, protocol, payload.subarray(offset, offset + size), { id, fragment: { offset, more } }),
    )
  }
  return fragments
}

/** The Internet checksum (RFC 1071) of some bytes, added to a sum of 16-bit words. */
export function checksum(bytes: Uint8Array, start = 0): number {
  let sum = start
  for (let at = 0; at < bytes.length; at += 2) sum += (bytes[at]! << 8) | (bytes[at + 1] ?? 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000)
  return ~sum & 0xffff
}

function transportChecksum(srcIp: string, dstIp: string, protocol: number, segment: Uint8Array): number {
  const pseudo = concat(addressBytes(srcIp), addressBytes(dstIp))
  const start = protocol + segment.length + (~checksum(pseudo) & 0xffff)
  return checksum(segment, start)
}
