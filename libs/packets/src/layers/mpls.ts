import { u16be } from '@hindwire/bytes/endian.ts'

import type { Packet } from '../packet.ts'
import { etherLayer, Layer, short } from './cursor.ts'
import type { Cursor } from './cursor.ts'

/** MPLS (RFC 3032): labels of 4 bytes to the one with the bottom-of-stack bit. What follows has no type field. */
export function mpls(packet: Packet, cursor: Cursor): Layer {
  const bytes = packet.bytes
  let at = cursor.at
  for (;;) {
    if (at + 4 > cursor.end) {
      cursor.at = at
      return short(cursor, 4)
    }
    const bottom = (bytes[at + 2]! & 1) === 1
    at += 4
    if (bottom) break
  }
  cursor.at = at
  if (at >= cursor.end) return short(cursor, 1)
  packet.tunnel = 'mpls'
  const nibble = bytes[at]! >> 4
  if (nibble === 4) return Layer.Ipv4
  if (nibble === 6) return Layer.Ipv6
  // A pseudowire's control word begins with zero (RFC 4385, section 3); Ethernet is what they carry.
  if (nibble !== 0) return Layer.UnsupportedNetwork
  cursor.at = at + 4
  return Layer.Ethernet
}

/** Network service header (RFC 8300, section 2): length in words in 6 bits, next protocol 1. */
export function nsh(packet: Packet, cursor: Cursor): Layer {
  const at = cursor.at
  if (at + 8 > cursor.end) return short(cursor, 8)
  const length = (u16be(packet.bytes, at) & 0x3f) << 2
  if (length < 8) return Layer.Malformed
  if (at + length > cursor.end) return short(cursor, length)
  cursor.at = at + length
  packet.tunnel = 'nsh'
  return nextProtocol(packet.bytes[at + 3]!)
}

/** Next protocol numbers that NSH and VXLAN-GPE share. */
export function nextProtocol(value: number): Layer {
  switch (value) {
    case 1:
      return etherLayer(0x0800)
    case 2:
      return etherLayer(0x86dd)
    case 3:
      return Layer.Ethernet
    case 4:
      return Layer.Nsh
    case 5:
      return Layer.Mpls
    default:
      return Layer.UnsupportedNetwork
  }
}
