import { nflog, pktap } from './layers/annotated.ts'
import { cookedV1, cookedV2 } from './layers/cooked.ts'
import { Cursor, Layer, short } from './layers/cursor.ts'
import { ethernet, llc, pbb, vlan, vnTag } from './layers/ethernet.ts'
import { erspan2, erspan3, gre } from './layers/gre.ts'
import { ipv4 } from './layers/ipv4.ts'
import { ipv6 } from './layers/ipv6.ts'
import { mpls, nsh } from './layers/mpls.ts'
import { ciscoHdlc, frameRelay, loopback, ppp, pppoe, pppWithDirection } from './layers/point-to-point.ts'
import { sctp, tcp, udp } from './layers/transport.ts'
import { geneve, gtp, teredo, vxlan, vxlanGpe } from './layers/udp-tunnels.ts'
import { ppi, radiotap, wifi } from './layers/wifi.ts'
import { Verdict } from './packet.ts'
import type { Packet } from './packet.ts'

/** Headers that one packet may hold; more are an attack on the decoder, or garbage. */
const MAX_LAYERS = 32

const cursor = new Cursor()

/**
 * Reads the headers of a packet whose record part is set, down to the innermost transport header, and fills the
 * layers part. Never throws, never reads outside of the record. A verdict other than Ok leaves what was read so far.
 */
export function decodePacket(packet: Packet): void {
  reset(packet)
  cursor.begin(packet.bytes, packet.start, packet.end, packet.wireLength)
  let layer = linkLayer(packet.linkType)
  // Most packets of most captures: calls in a straight line are inlined, those of the loop below are not.
  if (layer === Layer.Ethernet) layer = ethernet(packet, cursor)
  if (layer === Layer.Ipv4) layer = ipv4(packet, cursor)
  if (layer === Layer.Tcp) layer = tcp(packet, cursor)
  for (let count = 0; layer > Layer.Fragment; count++) {
    layer = count < MAX_LAYERS ? decodeLayer(packet, layer) : Layer.Malformed
  }
  if (layer === Layer.Fragment) fragment(packet)
  // The ends of the chain have the numbers of the verdicts.
  packet.verdict = layer as Verdict
}

function reset(packet: Packet): void {
  packet.verdict = Verdict.Ok
  packet.ipVersion = 0
  packet.protocol = 0
  packet.srcPort = 0
  packet.dstPort = 0
  packet.flags = 0
  packet.optionsStart = 0
  packet.optionsEnd = 0
  packet.payloadStart = packet.end
  packet.payloadEnd = packet.end
  packet.payloadLength = 0
  packet.vlan = -1
  packet.tunnel = ''
}

/** The payload of a fragment is all behind the IP header. */
function fragment(packet: Packet): void {
  packet.payloadStart = cursor.at
  packet.payloadEnd = cursor.end
  packet.payloadLength = cursor.wireEnd - cursor.at
  packet.srcPort = 0
  packet.dstPort = 0
}

/** The first layer of a link type (https://www.tcpdump.org/linktypes.html). */
function linkLayer(linkType: number): Layer {
  switch (linkType) {
    case 1:
      return Layer.Ethernet
    case 0:
    case 108:
      return Layer.Loopback
    // LINKTYPE_RAW is 101; 12 and 14 are what some systems number it inside.
    case 12:
    case 14:
    case 101:
      return Layer.Ip
    case 228:
      return Layer.Ipv4
    case 229:
      return Layer.Ipv6
    case 113:
      return Layer.CookedV1
    case 276:
      return Layer.CookedV2
    case 9:
      return Layer.Ppp
    case 50:
    case 104:
      return Layer.CiscoHdlc
    case 51:
      return Layer.Pppoe
    case 204:
      return Layer.PppWithDirection
    case 100:
      return Layer.Llc
    case 105:
      return Layer.Wifi
    case 107:
      return Layer.FrameRelay
    case 127:
      return Layer.Radiotap
    case 192:
      return Layer.Ppi
    case 219:
      return Layer.Mpls
    case 239:
      return Layer.Nflog
    // LINKTYPE_USER2 is what Apple used before 258 was assigned.
    case 149:
    case 258:
      return Layer.Pktap
    default:
      return Layer.UnsupportedLink
  }
}

function decodeLayer(packet: Packet, layer: Layer): Layer {
  // The usual ones first: a switch over many cases is a search.
  switch (layer) {
    case Layer.Ethernet:
      return ethernet(packet, cursor)
    case Layer.Ipv4:
      return ipv4(packet, cursor)
    case Layer.Tcp:
      return tcp(packet, cursor)
    case Layer.Udp:
      return udp(packet, cursor)
    case Layer.Ipv6:
      return ipv6(packet, cursor)
    case Layer.Ip:
      return ip(packet)
    case Layer.Vlan:
      return vlan(packet, cursor)
    case Layer.CookedV1:
      return cookedV1(packet, cursor)
    case Layer.CookedV2:
      return cookedV2(packet, cursor)
    default:
      return decodeRareLayer(packet, layer)
  }
}

function decodeRareLayer(packet: Packet, layer: Layer): Layer {
  switch (layer) {
    case Layer.Sctp:
      return sctp(packet, cursor)
    case Layer.Vxlan:
      return vxlan(packet, cursor)
    case Layer.VxlanGpe:
      return vxlanGpe(packet, cursor)
    case Layer.Geneve:
      return geneve(packet, cursor)
    case Layer.Gtp:
      return gtp(packet, cursor)
    case Layer.Teredo:
      return teredo(packet, cursor)
    case Layer.Gre:
      return gre(packet, cursor)
    case Layer.Erspan2:
      return erspan2(packet, cursor)
    case Layer.Erspan3:
      return erspan3(packet, cursor)
    case Layer.Mpls:
      return mpls(packet, cursor)
    case Layer.Nsh:
      return nsh(packet, cursor)
    case Layer.VnTag:
      return vnTag(packet, cursor)
    case Layer.Pbb:
      return pbb(packet, cursor)
    case Layer.Llc:
      return llc(packet, cursor)
    default:
      return decodeLinkLayer(packet, layer)
  }
}

function decodeLinkLayer(packet: Packet, layer: Layer): Layer {
  switch (layer) {
    case Layer.Loopback:
      return loopback(packet, cursor)
    case Layer.Ppp:
      return ppp(packet, cursor)
    case Layer.Pppoe:
      return pppoe(packet, cursor)
    case Layer.PppWithDirection:
      return pppWithDirection(packet, cursor)
    case Layer.CiscoHdlc:
      return ciscoHdlc(packet, cursor)
    case Layer.FrameRelay:
      return frameRelay(packet, cursor)
    case Layer.Wifi:
      return wifi(packet, cursor)
    case Layer.Radiotap:
      return radiotap(packet, cursor)
    case Layer.Ppi:
      return ppi(packet, cursor)
    case Layer.Nflog:
      return nflog(packet, cursor)
    case Layer.Pktap:
      return pktap(packet, cursor)
    default:
      return Layer.UnsupportedLink
  }
}

/** LINKTYPE_RAW: the version tells which IP it is. */
function ip(packet: Packet): Layer {
  if (cursor.at >= cursor.end) return short(cursor, 1)
  const version = packet.bytes[cursor.at]! >> 4
  return version === 4 ? Layer.Ipv4 : version === 6 ? Layer.Ipv6 : Layer.Malformed
}
