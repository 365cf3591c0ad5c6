import { u16be } from '@hindwire/bytes/endian.ts'

import type { Packet } from '../packet.ts'
import { etherLayer, Layer, short } from './cursor.ts'
import type { Cursor } from './cursor.ts'
import { rest } from './ip-payload.ts'

/** Flags (RFC 2784, RFC 2890, RFC 2637). */
const CHECKSUM = 0x8000
const ROUTING = 0x4000
const KEY = 0x2000
const SEQUENCE = 0x1000
const ACKNOWLEDGEMENT = 0x0080

const ERSPAN = 0x88be
const ERSPAN_3 = 0x22eb

/** GRE. A payload that is not known stays the outer packet's. */
export function gre(packet: Packet, cursor: Cursor): Layer {
  const bytes = packet.bytes
  const at = cursor.at
  if (at + 4 > cursor.end) return short(cursor, 4)
  const flags = u16be(bytes, at)
  const version = flags & 7
  const type = u16be(bytes, at + 2)
  if (version > 1 || (flags & ROUTING) !== 0) return rest(packet, cursor)
  let length = 4
  if ((flags & CHECKSUM) !== 0) length += 4
  if ((flags & KEY) !== 0) length += 4
  if ((flags & SEQUENCE) !== 0) length += 4
  if (version === 1 && (flags & ACKNOWLEDGEMENT) !== 0) length += 4
  if (at + length > cursor.end) return short(cursor, length)
  const next = greLayer(type, (flags & SEQUENCE) !== 0)
  // Also: an acknowledgement of PPTP without payload, a keep-alive.
  if (next === Layer.UnsupportedNetwork || at + length === cursor.wireEnd) return rest(packet, cursor)
  packet.tunnel = type === ERSPAN || type === ERSPAN_3 ? 'erspan' : 'gre'
  cursor.at = at + length
  return next
}

function greLayer(type: number, sequence: boolean): Layer {
  // Type I has neither sequence number nor header of its own.
  if (type === ERSPAN) return sequence ? Layer.Erspan2 : Layer.Ethernet
  if (type === ERSPAN_3) return Layer.Erspan3
  return etherLayer(type)
}

/** ERSPAN type II (draft-foschiano-erspan, section 4.2): 8 bytes, then Ethernet. */
export function erspan2(_packet: Packet, cursor: Cursor): Layer {
  if (cursor.at + 8 > cursor.end) return short(cursor, 8)
  cursor.at += 8
  return Layer.Ethernet
}

/** Frame types of ERSPAN III: 0 is Ethernet, 2 is IP. */
const FRAME_TYPE_IP = 2

/** ERSPAN type III (section 4.3): 12 bytes, 8 more with the O flag, then what the frame type says. */
export function erspan3(packet: Packet, cursor: Cursor): Layer {
  const at = cursor.at
  if (at + 12 > cursor.end) return short(cursor, 12)
  const last = packet.bytes[at + 11]!
  const length = (last & 1) === 0 ? 12 : 20
  if (at + length > cursor.end) return short(cursor, length)
  cursor.at = at + length
  const frameType = (packet.bytes[at + 10]! >> 2) & 0x1f
  return frameType === FRAME_TYPE_IP ? Layer.Ip : Layer.Ethernet
}
