import { u16le, u32le } from '@hindwire/bytes/endian.ts'

import type { Packet } from '../packet.ts'
import { Layer, short } from './cursor.ts'
import type { Cursor } from './cursor.ts'

/** Frame control bits (IEEE 802.11, section 9.2.4.1), read as little-endian 16 bit. */
const TYPE_MASK = 0x000c
const TYPE_DATA = 0x0008
const SUBTYPE_NULL = 0x0040
const SUBTYPE_QOS = 0x0080
const BOTH_DS = 0x0300
const PROTECTED = 0x4000
const ORDER = 0x8000
/** QoS control: the body holds several frames. */
const AGGREGATE = 0x80

/** A data frame of IEEE 802.11 that is not encrypted, with LLC in it. */
export function wifi(packet: Packet, cursor: Cursor): Layer {
  const bytes = packet.bytes
  const at = cursor.at
  if (at + 2 > cursor.end) return short(cursor, 2)
  const control = u16le(bytes, at)
  if ((control & TYPE_MASK) !== TYPE_DATA || (control & SUBTYPE_NULL) !== 0) return Layer.UnsupportedNetwork
  if ((control & PROTECTED) !== 0) return Layer.UnsupportedNetwork
  let length = (control & BOTH_DS) === BOTH_DS ? 30 : 24
  if ((control & SUBTYPE_QOS) !== 0) {
    if (at + length + 2 > cursor.end) return short(cursor, length + 2)
    if ((bytes[at + length]! & AGGREGATE) !== 0) return Layer.UnsupportedNetwork
    length += (control & ORDER) === 0 ? 2 : 6
  }
  if (at + length > cursor.end) return short(cursor, length)
  cursor.at = at + length
  return Layer.Llc
}

/** https://www.radiotap.org: version 1, pad 1, length 2, present words of 4 with bit 31 for another one. */
export function radiotap(packet: Packet, cursor: Cursor): Layer {
  const bytes = packet.bytes
  const at = cursor.at
  if (at + 8 > cursor.end) return short(cursor, 8)
  const length = u16le(bytes, at + 2)
  if (bytes[at] !== 0 || length < 8) return Layer.Malformed
  if (at + length > cursor.end) return short(cursor, length)
  const padded = hasDataPad(bytes, at, at + length)
  cursor.at = at + length
  const next = wifi(packet, cursor)
  // Some drivers align the body to 32 bits behind the 802.11 header.
  if (next === Layer.Llc && padded) cursor.at += -(cursor.at - at - length) & 3
  return next
}

/** The flags field's bit 0x20; it stands first, but for the time stamp of the TSFT field. */
function hasDataPad(bytes: Uint8Array, at: number, end: number): boolean {
  const present = u32le(bytes, at + 4)
  if ((present & 2) === 0) return false
  let field = at + 4
  while (field + 4 <= end && bytes[field + 3]! >= 0x80) field += 4
  field += 4
  if ((present & 1) !== 0) field = at + ((field - at + 7) & ~7) + 8
  return field < end && (bytes[field]! & 0x20) !== 0
}

/** Per-packet information: version 1, flags 1, length 2, link type 4, all little-endian. */
export function ppi(packet: Packet, cursor: Cursor): Layer {
  const at = cursor.at
  if (at + 8 > cursor.end) return short(cursor, 8)
  const length = u16le(packet.bytes, at + 2)
  if (length < 8) return Layer.Malformed
  if (at + length > cursor.end) return short(cursor, length)
  cursor.at = at + length
  const linkType = u32le(packet.bytes, at + 4)
  if (linkType === 1) return Layer.Ethernet
  if (linkType === 105) return Layer.Wifi
  return Layer.UnsupportedLink
}
