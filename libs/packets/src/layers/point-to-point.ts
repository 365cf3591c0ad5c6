import { u16be, u32be } from '@hindwire/bytes/endian.ts'

import type { Packet } from '../packet.ts'
import { etherLayer, Layer, short } from './cursor.ts'
import type { Cursor } from './cursor.ts'

/** BSD loopback: address family 4, in the byte order of whoever captured it (LINKTYPE_LOOP: big-endian). */
export function loopback(packet: Packet, cursor: Cursor): Layer {
  const at = cursor.at
  if (at + 4 > cursor.end) return short(cursor, 4)
  const value = u32be(packet.bytes, at)
  // Families are below 256: the byte that is not zero tells the order.
  const family = value > 0xffff ? packet.bytes[at]! : value
  cursor.at = at + 4
  // Serial lines of some macOS versions: a Cisco HDLC header with the type of IPv4.
  if (value === 0x0f000800) return Layer.Ipv4
  switch (family) {
    case 2:
      return Layer.Ipv4
    // AF_INET6 of Linux, Windows, NetBSD and OpenBSD, FreeBSD, macOS.
    case 10:
    case 23:
    case 24:
    case 28:
    case 30:
      return Layer.Ipv6
    default:
      return Layer.UnsupportedNetwork
  }
}

/** PPP (RFC 1661, RFC 1662): address and control when not compressed, protocol 2 or, compressed, 1. */
export function ppp(packet: Packet, cursor: Cursor): Layer {
  const bytes = packet.bytes
  let at = cursor.at
  if (at + 2 > cursor.end) return short(cursor, 2)
  // Some routers label Cisco HDLC as PPP. Neither unicast nor broadcast address can begin a PPP frame.
  if ((bytes[at] === 0x0f || bytes[at] === 0x8f) && bytes[at + 1] === 0) return Layer.CiscoHdlc
  if (bytes[at] === 0xff && bytes[at + 1] === 0x03) {
    if (at + 4 > cursor.end) return short(cursor, 4)
    at += 2
  }
  const compressed = (bytes[at]! & 1) === 1
  const protocol = compressed ? bytes[at]! : u16be(bytes, at)
  cursor.at = at + (compressed ? 1 : 2)
  switch (protocol) {
    case 0x0021:
      return Layer.Ipv4
    case 0x0057:
      return Layer.Ipv6
    case 0x0281:
    case 0x0283:
      return Layer.Mpls
    default:
      return Layer.UnsupportedNetwork
  }
}

/** LINKTYPE_PPP_WITH_DIR: a byte for the direction, then PPP. */
export function pppWithDirection(_packet: Packet, cursor: Cursor): Layer {
  if (cursor.at + 1 > cursor.end) return short(cursor, 1)
  cursor.at += 1
  return Layer.Ppp
}

/** PPPoE session (RFC 2516): version and type 1, code 1, session 2, length 2, then PPP without address and control. */
export function pppoe(packet: Packet, cursor: Cursor): Layer {
  const at = cursor.at
  if (at + 6 > cursor.end) return short(cursor, 6)
  if (packet.bytes[at] !== 0x11) return Layer.Malformed
  if (packet.bytes[at + 1] !== 0) return Layer.UnsupportedNetwork
  cursor.at = at + 6
  packet.tunnel = 'pppoe'
  return Layer.Ppp
}

/** Cisco HDLC: address 1, control 1, EtherType 2. PPP in HDLC framing shares its link type: address 0xff tells. */
export function ciscoHdlc(packet: Packet, cursor: Cursor): Layer {
  const at = cursor.at
  if (at + 4 > cursor.end) return short(cursor, 4)
  if (packet.bytes[at] !== 0x0f && packet.bytes[at] !== 0x8f) return Layer.Ppp
  cursor.at = at + 4
  return etherLayer(u16be(packet.bytes, at + 2))
}

const NLPID_SNAP = 0x80
const NLPID_IPV4 = 0xcc
const NLPID_IPV6 = 0x8e

/** Frame relay (RFC 2427): Q.922 address of 2 to 4 bytes, control 3, NLPID; or Cisco's, an EtherType at once. */
export function frameRelay(packet: Packet, cursor: Cursor): Layer {
  const bytes = packet.bytes
  let at = cursor.at
  if (at + 4 > cursor.end) return short(cursor, 4)
  // The low bit of an address byte is set in the last one.
  let length = 1
  while (length < 4 && (bytes[at + length - 1]! & 1) === 0) length++
  if (length < 2) return Layer.Malformed
  at += length
  if (at + 6 > cursor.end) return short(cursor, length + 6)
  if (bytes[at] !== 0x03) {
    cursor.at = at + 2
    return etherLayer(u16be(bytes, at))
  }
  const padded = bytes[at + 1] === 0 ? at + 2 : at + 1
  cursor.at = padded + 1
  const nlpid = bytes[padded]!
  if (nlpid === NLPID_IPV4) return Layer.Ipv4
  if (nlpid === NLPID_IPV6) return Layer.Ipv6
  if (nlpid !== NLPID_SNAP) return Layer.UnsupportedNetwork
  if (padded + 6 > cursor.end) return short(cursor, 6)
  cursor.at = padded + 6
  const isEtherType = bytes[padded + 1] === 0 && bytes[padded + 2] === 0 && bytes[padded + 3] === 0
  return isEtherType ? etherLayer(u16be(bytes, padded + 4)) : Layer.UnsupportedNetwork
}
