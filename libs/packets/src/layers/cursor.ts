/**
 * How layers work together: each reads its header at `cursor.at`, moves the cursor behind it and says which layer
 * comes next. The loop in decode.ts calls that one. No layer imports another, however tunnels nest them, and nothing
 * is allocated.
 */
export const Layer = {
  // -- ends
  /** Everything is set: Verdict.Ok. */
  Done: 0,
  UnsupportedLink: 1,
  UnsupportedNetwork: 2,
  Truncated: 3,
  Malformed: 4,
  Fragment: 5,
  // -- layers that go on
  Ipv4: 6,
  Ipv6: 7,
  /** IPv4 or IPv6, by the first four bits. */
  Ip: 8,
  Tcp: 9,
  Udp: 10,
  Sctp: 11,
  Ethernet: 12,
  Vlan: 13,
  /** IEEE 802.2 LLC, with SNAP. */
  Llc: 14,
  Mpls: 15,
  Pppoe: 16,
  Ppp: 17,
  Gre: 18,
  VnTag: 19,
  Erspan2: 20,
  Erspan3: 21,
  Loopback: 22,
  CookedV1: 23,
  CookedV2: 24,
  Wifi: 25,
  Radiotap: 26,
  Ppi: 27,
  CiscoHdlc: 28,
  FrameRelay: 29,
  Nflog: 30,
  Pktap: 31,
  Vxlan: 32,
  VxlanGpe: 33,
  Geneve: 34,
  Gtp: 35,
  Teredo: 36,
  PppWithDirection: 37,
  Nsh: 38,
  /** IEEE 802.1ah, MAC in MAC. */
  Pbb: 39,
} as const
export type Layer = (typeof Layer)[keyof typeof Layer]

/** Where decoding stands in the packet. One object, reused. */
export class Cursor {
  /** Index of the next header. */
  at = 0
  /** One past the last captured byte of the layer: what lower layers and the snapshot length leave. */
  end = 0
  /** One past its last byte on the wire; beyond `end` where the packet was cut. */
  wireEnd = 0
  /** A view of the packet's buffer: made when the buffer changes, not for each packet. One load beats four and shifts. */
  view: DataView = new DataView(new ArrayBuffer(0))
  #bytes: Uint8Array = new Uint8Array(0)

  /** Begins with bytes[start, end) of a frame that had `wireLength` bytes. */
  begin(bytes: Uint8Array, start: number, end: number, wireLength: number): void {
    this.at = start
    this.end = end
    this.wireEnd = wireLength > end - start ? start + wireLength : end
    if (bytes !== this.#bytes) {
      this.#bytes = bytes
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
  }
}

/** Why a header does not fit: the capture was cut before its end, or it never had it. */
export function short(cursor: Cursor, length: number): Layer {
  return cursor.at + length <= cursor.wireEnd ? Layer.Truncated : Layer.Malformed
}

/** The layer behind an EtherType (IEEE 802 numbers). */
export function etherLayer(type: number): Layer {
  switch (type) {
    case 0x0800:
      return Layer.Ipv4
    case 0x86dd:
      return Layer.Ipv6
    case 0x8100:
    case 0x88a8:
    case 0x9100:
    case 0x9200:
    case 0x9300:
      return Layer.Vlan
    case 0x8847:
    case 0x8848:
      return Layer.Mpls
    case 0x8864:
      return Layer.Pppoe
    case 0x8926:
      return Layer.VnTag
    case 0x88e7:
      return Layer.Pbb
    case 0x894f:
      return Layer.Nsh
    case 0x6558:
      return Layer.Ethernet
    case 0x880b:
      return Layer.Ppp
    default:
      return Layer.UnsupportedNetwork
  }
}
