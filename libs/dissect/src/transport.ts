import { IpProtocol } from '@hindwire/packets/packet.ts'
import type { Transport } from '@hindwire/protocols/contract/protocol.ts'

/** Transport of an IP protocol number. */
export function transportOf(protocol: number): Transport {
  if (protocol === IpProtocol.Tcp) return 'tcp'
  if (protocol === IpProtocol.Udp) return 'udp'
  return protocol === IpProtocol.Sctp ? 'sctp' : 'icmp'
}
