import { u16be } from '@hindwire/bytes/endian.ts'

import { IpProtocol } from '../packet.ts'
import type { Packet } from '../packet.ts'
import { Layer, short } from './cursor.ts'
import type { Cursor } from './cursor.ts'
import { ipPayload } from './ip-payload.ts'

/** Flags and fragment offset (RFC 791, section 3.1). */
const MORE_FRAGMENTS = 0x2000
const OFFSET_MASK = 0x1fff

/** IPv4 (RFC 791). */
export function ipv4(packet: Packet, cursor: Cursor): Layer {
  const at = cursor.at
  if (at + 20 > cursor.end) return short(cursor, 20)
  const bytes = packet.bytes
  const first = bytes[at]!
  if (first >> 4 !== 4) return Layer.Malformed
  const headerLength = (first & 15) << 2
  if (headerLength < 20) return Layer.Malformed
  if (at + headerLength > cursor.end) return short(cursor, headerLength)
  const view = cursor.view
  const totalLength = view.getUint16(at + 2)
  // Zero: the card was to cut it into segments (TSO), and the kernel captured it before. It fills the frame.
  if (totalLength !== 0) {
    if (totalLength < headerLength) return Layer.Malformed
    bound(cursor, at + totalLength)
  }
  packet.ipVersion = 4
  packet.src0 = 0
  packet.src1 = 0
  packet.src2 = 0xffff
  packet.src3 = view.getUint32(at + 12)
  packet.dst0 = 0
  packet.dst1 = 0
  packet.dst2 = 0xffff
  packet.dst3 = view.getUint32(at + 16)
  cursor.at = at + headerLength
  const protocol = bytes[at + 9]!
  const fragment = view.getUint16(at + 6)
  if ((fragment & (MORE_FRAGMENTS | OFFSET_MASK)) !== 0) {
    packet.protocol = protocol
    packet.fragmentId = u16be(bytes, at + 4)
    packet.fragmentOffset = (fragment & OFFSET_MASK) << 3
    packet.moreFragments = (fragment & MORE_FRAGMENTS) !== 0
    return Layer.Fragment
  }
  if (protocol === IpProtocol.Tcp) {
    packet.protocol = IpProtocol.Tcp
    return Layer.Tcp
  }
  return ipPayload(packet, cursor, protocol)
}

/** Bytes behind the datagram are padding. One that is longer than its frame has been cut, whoever cut it. */
function bound(cursor: Cursor, wireEnd: number): void {
  cursor.wireEnd = wireEnd
  if (wireEnd < cursor.end) cursor.end = wireEnd
}
