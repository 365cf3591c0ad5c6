import { ethernet, ip, tcp, udp } from '@hindwire/testkit/packet-builder.ts'
import type { Endpoint, Payload, TcpFields } from '@hindwire/testkit/packet-builder.ts'
import type { TimedFrame } from '@hindwire/testkit/tcp-session.ts'

/** The place where the example is captured: takes packets in any order, and gives them in that of their times. */
export class Wire {
  readonly #frames: TimedFrame[] = []
  /** IP identification by sender: hosts count their packets. */
  readonly #ids = new Map<string, number>()

  tcp(time: number, src: Endpoint, dst: Endpoint, fields: TcpFields): void {
    this.#packet(time, src, dst, 6, tcp(src, dst, fields))
  }

  udp(time: number, src: Endpoint, dst: Endpoint, payload: Payload): void {
    this.#packet(time, src, dst, 17, udp(src, dst, payload))
  }

  frames(): readonly TimedFrame[] {
    return this.#frames.toSorted((a, b) => a.time - b.time)
  }

  #packet(time: number, src: Endpoint, dst: Endpoint, protocol: number, payload: Uint8Array): void {
    const id = ((this.#ids.get(src.ip) ?? 0x1000) + 1) & 0xffff
    this.#ids.set(src.ip, id)
    const ttl = src.ip.startsWith('10.') ? 63 : 54
    this.#frames.push({ time, bytes: ethernet(ip(src.ip, dst.ip, protocol, payload, { id, ttl })) })
  }
}
