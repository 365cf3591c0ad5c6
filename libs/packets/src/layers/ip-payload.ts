import { IpProtocol } from '../packet.ts'
import type { Packet } from '../packet.ts'
import { Layer } from './cursor.ts'
import type { Cursor } from './cursor.ts'

const IPV4_IN_IP = 4
const IPV6_IN_IP = 41
const GRE = 47
const ETHERNET_IN_IP = 143
const MPLS_IN_IP = 137

/** What follows an IP header with no more extension headers, by its protocol number. */
export function ipPayload(packet: Packet, cursor: Cursor, protocol: number): Layer {
  packet.protocol = protocol
  switch (protocol) {
    case IpProtocol.Tcp:
      return Layer.Tcp
    case IpProtocol.Udp:
      return Layer.Udp
    case IpProtocol.Sctp:
      return Layer.Sctp
    case GRE:
      return Layer.Gre
    case IPV4_IN_IP:
      packet.tunnel = 'ipip'
      return Layer.Ipv4
    case IPV6_IN_IP:
      packet.tunnel = packet.ipVersion === 4 ? '6in4' : 'ip6ip6'
      return Layer.Ipv6
    case MPLS_IN_IP:
      return Layer.Mpls
    case ETHERNET_IN_IP:
      // RFC 3378: version 3 in the first four bits, 12 reserved.
      if (cursor.at + 2 > cursor.end || packet.bytes[cursor.at] !== 0x30) return rest(packet, cursor)
      packet.tunnel = 'etherip'
      cursor.at += 2
      return Layer.Ethernet
    default:
      // Those of a tunnel around it, if any.
      packet.srcPort = 0
      packet.dstPort = 0
      return rest(packet, cursor)
  }
}

/** Everything from the cursor on is payload. */
export function rest(packet: Packet, cursor: Cursor): Layer {
  packet.payloadStart = cursor.at
  packet.payloadEnd = cursor.end
  packet.payloadLength = cursor.wireEnd - cursor.at
  return Layer.Done
}
