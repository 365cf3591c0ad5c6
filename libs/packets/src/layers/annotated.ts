import { u16be, u16le, u32le } from '@hindwire/bytes/endian.ts'

import type { Packet } from '../packet.ts'
import { Layer, short } from './cursor.ts'
import type { Cursor } from './cursor.ts'

const NFLOG_PAYLOAD = 9
const AF_INET = 2
const AF_INET6 = 10

/** Linux NFLOG: family 1, version 1, resource 2, then attributes of length 2, type 2 in the host's order, padded to 4. */
export function nflog(packet: Packet, cursor: Cursor): Layer {
  const bytes = packet.bytes
  let at = cursor.at
  if (at + 4 > cursor.end) return short(cursor, 4)
  const family = bytes[at]!
  at += 4
  while (at + 4 <= cursor.end) {
    // Attributes are short but for the payload: a first byte of zero and a second that is not means big-endian.
    const bigEndian = bytes[at + 2] === 0 && bytes[at + 3] !== 0
    const length = bigEndian ? u16be(bytes, at) : u16le(bytes, at)
    const type = (bigEndian ? u16be(bytes, at + 2) : u16le(bytes, at + 2)) & 0x7fff
    if (length < 4) return Layer.Malformed
    if (type === NFLOG_PAYLOAD) {
      cursor.at = at + 4
      return family === AF_INET ? Layer.Ipv4 : family === AF_INET6 ? Layer.Ipv6 : Layer.UnsupportedNetwork
    }
    at += (length + 3) & ~3
  }
  cursor.at = at
  return cursor.wireEnd > cursor.end ? Layer.Truncated : Layer.UnsupportedNetwork
}

/** Apple PKTAP: header length 4, record type 4, link type 4, all little-endian. */
export function pktap(packet: Packet, cursor: Cursor): Layer {
  const at = cursor.at
  if (at + 12 > cursor.end) return short(cursor, 12)
  const length = u32le(packet.bytes, at)
  if (length < 12 || length > 65_535) return Layer.UnsupportedLink
  if (at + length > cursor.end) return short(cursor, length)
  cursor.at = at + length
  const linkType = u32le(packet.bytes, at + 8)
  switch (linkType) {
    case 0:
      return Layer.Loopback
    case 1:
      return Layer.Ethernet
    case 12:
    case 101:
      return Layer.Ip
    case 105:
      return Layer.Wifi
    default:
      return Layer.UnsupportedLink
  }
}
