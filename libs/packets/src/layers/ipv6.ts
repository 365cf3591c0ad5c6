import { u16be } from '@hindwire/bytes/endian.ts'

import type { Packet } from '../packet.ts'
import { Layer, short } from './cursor.ts'
import type { Cursor } from './cursor.ts'
import { ipPayload } from './ip-payload.ts'

/** Extension headers (IANA IPv6 extension header types). */
const HOP_BY_HOP = 0
const ROUTING = 43
const FRAGMENT = 44
const AUTHENTICATION = 51
const DESTINATION = 60
const MOBILITY = 135
const HIP = 139
const SHIM6 = 140

/** IPv6 (RFC 8200). */
export function ipv6(packet: Packet, cursor: Cursor): Layer {
  const at = cursor.at
  if (at + 40 > cursor.end) return short(cursor, 40)
  const bytes = packet.bytes
  const view = cursor.view
  if (bytes[at]! >> 4 !== 6) return Layer.Malformed
  const payloadLength = u16be(bytes, at + 4)
  // Zero: a jumbogram (RFC 2675), or one that the card was to cut. It fills the frame.
  if (payloadLength !== 0) {
    cursor.wireEnd = at + 40 + payloadLength
    if (cursor.wireEnd < cursor.end) cursor.end = cursor.wireEnd
  }
  packet.ipVersion = 6
  packet.src0 = view.getUint32(at + 8)
  packet.src1 = view.getUint32(at + 12)
  packet.src2 = view.getUint32(at + 16)
  packet.src3 = view.getUint32(at + 20)
  packet.dst0 = view.getUint32(at + 24)
  packet.dst1 = view.getUint32(at + 28)
  packet.dst2 = view.getUint32(at + 32)
  packet.dst3 = view.getUint32(at + 36)
  cursor.at = at + 40
  return extensions(packet, cursor, bytes[at + 6]!)
}

/** Walks the chain of extension headers; every step moves on by 8 bytes or more. */
function extensions(packet: Packet, cursor: Cursor, first: number): Layer {
  const bytes = packet.bytes
  let next = first
  for (;;) {
    const at = cursor.at
    switch (next) {
      case HOP_BY_HOP:
      case ROUTING:
      case DESTINATION:
      case MOBILITY:
      case HIP:
      case SHIM6:
      case AUTHENTICATION: {
        if (at + 8 > cursor.end) return short(cursor, 8)
        // AH counts 32-bit words less two (RFC 4302, section 2.2), the others 64-bit words less one.
        const length = next === AUTHENTICATION ? (bytes[at + 1]! + 2) << 2 : (bytes[at + 1]! + 1) << 3
        if (at + length > cursor.end) return short(cursor, length)
        next = bytes[at]!
        cursor.at = at + length
        break
      }
      case FRAGMENT: {
        if (at + 8 > cursor.end) return short(cursor, 8)
        const field = u16be(bytes, at + 2)
        next = bytes[at]!
        cursor.at = at + 8
        // An atomic fragment (RFC 6946) is whole.
        if ((field & 0xfff9) === 0) break
        packet.protocol = next
        packet.fragmentId = cursor.view.getUint32(at + 4)
        packet.fragmentOffset = field & 0xfff8
        packet.moreFragments = (field & 1) !== 0
        return Layer.Fragment
      }
      default:
        return ipPayload(packet, cursor, next)
    }
  }
}
