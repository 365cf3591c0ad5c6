import { u16be } from '@hindwire/bytes/endian.ts'

import type { Packet } from '../packet.ts'
import { etherLayer, Layer, short } from './cursor.ts'
import type { Cursor } from './cursor.ts'

/** ARPHRD_ values whose protocol field is no EtherType (https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html). */
const ARPHRD_RADIOTAP = 803
const ARPHRD_IPGRE = 778
const ARPHRD_NETLINK = 824

/** Linux cooked capture: packet type 2, ARPHRD 2, address length 2, address 8, protocol 2. */
export function cookedV1(packet: Packet, cursor: Cursor): Layer {
  const at = cursor.at
  if (at + 16 > cursor.end) return short(cursor, 16)
  cursor.at = at + 16
  return cookedLayer(u16be(packet.bytes, at + 2), u16be(packet.bytes, at + 14))
}

/** Version 2: protocol 2, reserved 2, interface 4, ARPHRD 2, packet type 1, address length 1, address 8. */
export function cookedV2(packet: Packet, cursor: Cursor): Layer {
  const at = cursor.at
  if (at + 20 > cursor.end) return short(cursor, 20)
  cursor.at = at + 20
  return cookedLayer(u16be(packet.bytes, at + 8), u16be(packet.bytes, at))
}

function cookedLayer(hardware: number, protocol: number): Layer {
  if (hardware === ARPHRD_RADIOTAP) return Layer.Radiotap
  if (hardware === ARPHRD_NETLINK) return Layer.UnsupportedNetwork
  // A GRE interface puts the GRE header's protocol type here, an EtherType too.
  if (hardware === ARPHRD_IPGRE) return etherLayer(protocol)
  // 4: an IEEE 802.2 frame. 1: Novell's raw 802.3.
  return protocol === 4 ? Layer.Llc : etherLayer(protocol)
}
