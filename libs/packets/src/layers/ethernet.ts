import { u16be, u24be } from '@hindwire/bytes/endian.ts'

import type { Packet } from '../packet.ts'
import { etherLayer, Layer, short } from './cursor.ts'
import type { Cursor } from './cursor.ts'

/** Type field values up to this are lengths of an IEEE 802.3 frame. */
const LARGEST_LENGTH = 1500

/** Ethernet II or IEEE 802.3: destination 6, source 6, type or length 2. */
export function ethernet(packet: Packet, cursor: Cursor): Layer {
  const at = cursor.at
  if (at + 14 > cursor.end) return short(cursor, 14)
  const bytes = packet.bytes
  const type = (bytes[at + 12]! << 8) | bytes[at + 13]!
  cursor.at = at + 14
  if (type === 0x0800) return Layer.Ipv4
  return type <= LARGEST_LENGTH ? Layer.Llc : etherLayer(type)
}

/** IEEE 802.1Q and 802.1ad: tag control information 2, type 2. */
export function vlan(packet: Packet, cursor: Cursor): Layer {
  const at = cursor.at
  if (at + 4 > cursor.end) return short(cursor, 4)
  if (packet.vlan < 0) packet.vlan = u16be(packet.bytes, at) & 0x0fff
  const type = u16be(packet.bytes, at + 2)
  cursor.at = at + 4
  return type <= LARGEST_LENGTH ? Layer.Llc : etherLayer(type)
}

/** Cisco VN-Tag (IEEE 802.1BR is like it): 4 bytes of tag, type 2. */
export function vnTag(packet: Packet, cursor: Cursor): Layer {
  const at = cursor.at
  if (at + 6 > cursor.end) return short(cursor, 6)
  cursor.at = at + 6
  return etherLayer(u16be(packet.bytes, at + 4))
}

/** IEEE 802.1ah: a service tag of 4 bytes, then the customer's Ethernet frame. */
export function pbb(_packet: Packet, cursor: Cursor): Layer {
  if (cursor.at + 4 > cursor.end) return short(cursor, 4)
  cursor.at += 4
  return Layer.Ethernet
}

/** IEEE 802.2: SNAP with an EtherType, or the SAP that stands for IP. */
export function llc(packet: Packet, cursor: Cursor): Layer {
  const at = cursor.at
  const bytes = packet.bytes
  if (at + 3 > cursor.end) return short(cursor, 3)
  const control = u24be(bytes, at)
  if (control === 0x060603) {
    cursor.at = at + 3
    return Layer.Ipv4
  }
  if (control !== 0xaaaa03) return Layer.UnsupportedNetwork
  if (at + 8 > cursor.end) return short(cursor, 8)
  cursor.at = at + 8
  const organisation = u24be(bytes, at + 3)
  // RFC 1042 (000000) and IEEE 802.1H bridge tunnels (0000f8).
  if (organisation !== 0 && organisation !== 0x0000f8) return Layer.UnsupportedNetwork
  return etherLayer(u16be(bytes, at + 6))
}
