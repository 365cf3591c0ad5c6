/** Values of `protocol` on flow entries: listings leave them out unless the filter names them. */
export const flowProtocols: readonly string[] = ['tcp_flow', 'udp_flow', 'sctp_flow', 'icmp_flow']

/** Entry protocol by transport. */
export const protocolOf = { tcp: 'tcp_flow', udp: 'udp_flow', sctp: 'sctp_flow', icmp: 'icmp_flow' } as const
