import { TcpFlag } from '@hindwire/packets/packet.ts'

/** What a segment was found to be; several may hold. */
export const Found = {
  Retransmission: 0x1,
  LostBefore: 0x2,
  AckedUnseen: 0x4,
  KeepAlive: 0x8,
  DupAck: 0x10,
  ZeroWindow: 0x20,
  ZeroWindowProbe: 0x40,
  ZeroWindowProbeAck: 0x80,
  KeepAliveAck: 0x100,
  OutOfOrder: 0x200,
  FastRetransmission: 0x400,
  WindowUpdate: 0x800,
  WindowFull: 0x1000,
  SpuriousRetransmission: 0x2000,
} as const

export const REPEATED = Found.Retransmission | Found.FastRetransmission | Found.SpuriousRetransmission
export const SYN_FIN = TcpFlag.Syn | TcpFlag.Fin
export const SYN_FIN_RST = SYN_FIN | TcpFlag.Rst

/** Bits of Wireshark's `tcp.completeness`. */
export const Completeness = { Syn: 1, SynAck: 2, Ack: 4, Data: 8, Fin: 16, Rst: 32 } as const
