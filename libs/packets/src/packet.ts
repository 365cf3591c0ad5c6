/**
 * What the decoder makes of one packet. One Packet is reused for a whole capture, so that reading allocates nothing
 * per packet: every field is overwritten by the next `read`/`decode`, and whoever needs a byte later copies it.
 */

/** How far decoding came. `Ok` packets have addresses; all others go to the coverage bucket of the same name. */
export const Verdict = {
  /** Addresses and, for TCP/UDP/SCTP, ports are set; the payload range is what was captured of it. */
  Ok: 0,
  /** A link type or EtherType chain that this reader does not know. */
  UnsupportedLink: 1,
  /** A known link layer around a network protocol that is not IP (ARP, LLDP, …). */
  UnsupportedNetwork: 2,
  /** The snapshot length cut the packet inside its headers. */
  Truncated: 3,
  /**
   * Headers that contradict themselves: a length below its own header or beyond the datagram around it, a wrong version.
   * An IP length beyond the frame is none: tools that cut frames do not always keep the length on the wire.
   */
  Malformed: 4,
  /** An IP fragment: kept by the defragmenter, part of a later datagram. */
  Fragment: 5,
} as const
export type Verdict = (typeof Verdict)[keyof typeof Verdict]

/** IP protocol numbers (IANA) that the engine knows. */
export const IpProtocol = { Icmp: 1, Tcp: 6, Udp: 17, Icmpv6: 58, Sctp: 132 } as const

/** TCP header flags (RFC 9293, section 3.1). */
export const TcpFlag = {
  Fin: 0x01,
  Syn: 0x02,
  Rst: 0x04,
  Psh: 0x08,
  Ack: 0x10,
  Urg: 0x20,
  Ece: 0x40,
  Cwr: 0x80,
} as const

export class Packet {
  // -- the record: set by a capture reader -------------------------------------------------------------------------
  /** The buffer that holds the record. Valid until the reader is fed again. */
  bytes: Uint8Array = new Uint8Array(0)
  /** First captured byte of the link frame in `bytes`. */
  start = 0
  /** One past the last captured byte. */
  end = 0
  /** Length on the wire, in bytes; larger than `end - start` where the snapshot length cut the packet. */
  wireLength = 0
  /** Capture time, microseconds since the Unix epoch (a whole number; nanoseconds are cut). */
  time = 0
  /** Number of the packet in its file, from 1, as Wireshark numbers frames. */
  number = 0
  /** LINKTYPE_ value of the interface that captured it (https://www.tcpdump.org/linktypes.html). */
  linkType = 0
  /** pcapng interface index within its section; 0 for pcap. */
  interfaceId = 0

  // -- the layers: set by decode() ---------------------------------------------------------------------------------
  verdict: Verdict = Verdict.Ok
  /** 4 or 6. */
  ipVersion = 0
  /** IP protocol number of the innermost header, e.g. 6 for TCP. */
  protocol = 0
  /** Source address as four unsigned 32-bit words; IPv4 is mapped (0, 0, 0xffff, address). */
  src0 = 0
  src1 = 0
  src2 = 0
  src3 = 0
  /** Destination address, in the same form. */
  dst0 = 0
  dst1 = 0
  dst2 = 0
  dst3 = 0
  /** Ports of TCP, UDP and SCTP; 0 otherwise. */
  srcPort = 0
  dstPort = 0
  /** TCP only: sequence and acknowledgement numbers (unsigned 32 bit), flags, unscaled window. */
  seq = 0
  ack = 0
  flags = 0
  window = 0
  /** TCP options, as a range of `bytes`; empty when there are none. */
  optionsStart = 0
  optionsEnd = 0
  /** Transport payload as captured, a range of `bytes`. For other IP protocols and for fragments: everything after the IP header. */
  payloadStart = 0
  payloadEnd = 0
  /** Transport payload on the wire, by the IP length field; more than captured where the snapshot length cut it. */
  payloadLength = 0
  /** Verdict.Fragment only: IP identification, offset of this part in bytes, and whether more parts follow it. */
  fragmentId = 0
  fragmentOffset = 0
  moreFragments = false
  /** Id of the outermost VLAN tag of an Ethernet frame; -1 without one. */
  vlan = -1
  /** Encapsulation that was removed, e.g. `vxlan`; empty for none. */
  tunnel = ''
}
