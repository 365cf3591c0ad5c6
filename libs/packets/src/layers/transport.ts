import { u16be } from '@hindwire/bytes/endian.ts'

import type { Packet } from '../packet.ts'
import { Layer, short } from './cursor.ts'
import type { Cursor } from './cursor.ts'
import { rest } from './ip-payload.ts'

/** TCP (RFC 9293, section 3.1). */
export function tcp(packet: Packet, cursor: Cursor): Layer {
  const at = cursor.at
  if (at + 20 > cursor.end) return short(cursor, 20)
  const bytes = packet.bytes
  const view = cursor.view
  packet.srcPort = view.getUint16(at)
  packet.dstPort = view.getUint16(at + 2)
  packet.seq = view.getUint32(at + 4)
  packet.ack = view.getUint32(at + 8)
  packet.flags = bytes[at + 13]!
  packet.window = view.getUint16(at + 14)
  const headerLength = (bytes[at + 12]! >> 4) << 2
  if (headerLength < 20) return Layer.Malformed
  if (at + headerLength > cursor.end) return short(cursor, headerLength)
  const data = at + headerLength
  packet.optionsStart = at + 20
  packet.optionsEnd = data
  packet.payloadStart = data
  packet.payloadEnd = cursor.end
  packet.payloadLength = cursor.wireEnd - data
  return Layer.Done
}

/** UDP (RFC 768). Well-known ports of tunnels lead on to their layer, which refuses what it does not recognise. */
export function udp(packet: Packet, cursor: Cursor): Layer {
  const at = cursor.at
  if (at + 8 > cursor.end) return short(cursor, 8)
  const bytes = packet.bytes
  packet.srcPort = u16be(bytes, at)
  packet.dstPort = u16be(bytes, at + 2)
  const length = u16be(bytes, at + 4)
  // Zero: a datagram of more than 65,535 bytes (RFC 2675, section 4), or one that the card was to cut.
  if (length !== 0) {
    if (length < 8 || at + length > cursor.wireEnd) return Layer.Malformed
    cursor.wireEnd = at + length
    if (cursor.wireEnd < cursor.end) cursor.end = cursor.wireEnd
  }
  cursor.at = at + 8
  rest(packet, cursor)
  const tunnel = tunnelOfPort(packet.dstPort)
  return tunnel === Layer.Done ? tunnelOfPort(packet.srcPort) : tunnel
}

function tunnelOfPort(port: number): Layer {
  switch (port) {
    case 4789:
    // Linux's default before the port was assigned.
    case 8472:
      return Layer.Vxlan
    case 4790:
      return Layer.VxlanGpe
    case 6081:
      return Layer.Geneve
    case 2152:
      return Layer.Gtp
    case 3544:
      return Layer.Teredo
    default:
      return Layer.Done
  }
}

/** SCTP (RFC 9260, section 3): the payload is the chunks. */
export function sctp(packet: Packet, cursor: Cursor): Layer {
  const at = cursor.at
  if (at + 12 > cursor.end) return short(cursor, 12)
  packet.srcPort = u16be(packet.bytes, at)
  packet.dstPort = u16be(packet.bytes, at + 2)
  cursor.at = at + 12
  return rest(packet, cursor)
}
