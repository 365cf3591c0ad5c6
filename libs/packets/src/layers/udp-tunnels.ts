import { u16be, u32be } from '@hindwire/bytes/endian.ts'

import type { Packet } from '../packet.ts'
import { etherLayer, Layer } from './cursor.ts'
import type { Cursor } from './cursor.ts'
import { nextProtocol } from './mpls.ts'

/*
 * Tunnels in UDP are known by their port only, and anybody may use that. Each of these checks every constant bit of
 * its header and the first bytes behind it, and answers Layer.Done for what does not fit: then the packet stays the
 * UDP datagram that it is already decoded as.
 */

const ETHERNET_HEADER = 14

/** VXLAN (RFC 7348, section 5): flags 8 (only I), reserved 24, network 24, reserved 8, then Ethernet. */
export function vxlan(packet: Packet, cursor: Cursor): Layer {
  const at = cursor.at
  if (at + 8 + ETHERNET_HEADER > cursor.end) return Layer.Done
  // The reserved bits carry a policy group in some clouds (draft-smith-vxlan-group-policy): the I flag must do.
  const flags = packet.bytes[at]!
  if ((flags & 0x7f) !== 0x08 || packet.bytes[at + 7] !== 0) return Layer.Done
  packet.tunnel = 'vxlan'
  cursor.at = at + 8
  return Layer.Ethernet
}

/** VXLAN-GPE (draft-ietf-nvo3-vxlan-gpe): flags with I and P, next protocol in the fourth byte. */
export function vxlanGpe(packet: Packet, cursor: Cursor): Layer {
  const at = cursor.at
  if (at + 8 + ETHERNET_HEADER > cursor.end) return Layer.Done
  const flags = packet.bytes[at]!
  if ((flags & 0x08) === 0 || packet.bytes[at + 7] !== 0) return Layer.Done
  const next = (flags & 0x04) === 0 ? Layer.Ethernet : nextProtocol(packet.bytes[at + 3]!)
  if (next === Layer.UnsupportedNetwork) return Layer.Done
  packet.tunnel = 'vxlan-gpe'
  cursor.at = at + 8
  return next
}

/** Geneve (RFC 8926, section 3.4): version 2 bit, options length 6 in words, flags 8, type 16, network 24, reserved 8. */
export function geneve(packet: Packet, cursor: Cursor): Layer {
  const bytes = packet.bytes
  const at = cursor.at
  if (at + 8 > cursor.end || bytes[at]! >> 6 !== 0 || (bytes[at + 1]! & 0x3f) !== 0) return Layer.Done
  const length = 8 + ((bytes[at]! & 0x3f) << 2)
  const next = etherLayer(u16be(bytes, at + 2))
  if (next === Layer.UnsupportedNetwork || at + length >= cursor.end || bytes[at + 7] !== 0) return Layer.Done
  packet.tunnel = 'geneve'
  cursor.at = at + length
  return next
}

const GTP_TPDU = 255

/** GTP-U (3GPP TS 29.281, section 5.1): flags 1, type 1, length 2, tunnel 4, optional fields, extension headers. */
export function gtp(packet: Packet, cursor: Cursor): Layer {
  const bytes = packet.bytes
  const start = cursor.at
  // Version 1, protocol type GTP, user data; a length that agrees with the datagram.
  if (start + 12 > cursor.end || bytes[start]! >> 4 !== 3 || bytes[start + 1] !== GTP_TPDU) return Layer.Done
  if (start + 8 + u16be(bytes, start + 2) > cursor.wireEnd) return Layer.Done
  let at = start + 8
  if ((bytes[start]! & 7) !== 0) {
    let extension = (bytes[start]! & 4) === 0 ? 0 : bytes[at + 3]!
    at += 4
    while (extension !== 0) {
      const length = bytes[at]! << 2
      if (at >= cursor.end || length === 0 || at + length > cursor.end) return Layer.Done
      extension = bytes[at + length - 1]!
      at += length
    }
  }
  if (at >= cursor.end) return Layer.Done
  const version = bytes[at]! >> 4
  if (version !== 4 && version !== 6) return Layer.Done
  packet.tunnel = 'gtp'
  cursor.at = at
  return Layer.Ip
}

/** Teredo (RFC 4380, section 5.1.1): authentication and origin indications may precede the IPv6 packet. */
export function teredo(packet: Packet, cursor: Cursor): Layer {
  const bytes = packet.bytes
  let at = cursor.at
  if (at + 4 <= cursor.end && bytes[at] === 0 && bytes[at + 1] === 1) {
    at += 13 + bytes[at + 2]! + bytes[at + 3]!
  }
  if (at + 8 <= cursor.end && bytes[at] === 0 && bytes[at + 1] === 0) at += 8
  // The packet fills the datagram and is no IPv6 in name only.
  if (at + 40 > cursor.end || u32be(bytes, at) >>> 28 !== 6) return Layer.Done
  if (at + 40 + u16be(bytes, at + 4) !== cursor.wireEnd) return Layer.Done
  packet.tunnel = 'teredo'
  cursor.at = at
  return Layer.Ipv6
}
