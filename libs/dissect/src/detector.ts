import { Detection, type Protocol, type Transport } from '@hindwire/protocols/contract/protocol.ts'

/** What the candidates said of a stream's first bytes: a protocol, `null` for none of them, or `undefined`: need more. */
export type Verdict = Protocol | null | undefined

/** Asks the protocols, those that usually live on the port first. Content decides; the port is only the order. */
export class Detector {
  readonly #byTransport = new Map<Transport, readonly Protocol[]>()
  readonly #byPort = new Map<string, readonly Protocol[]>()

  constructor(protocols: readonly Protocol[]) {
    for (const transport of ['tcp', 'udp', 'sctp', 'icmp'] as const) {
      const own = protocols.filter((p) => p.transports.includes(transport)).sort((x, y) => x.priority - y.priority)
      this.#byTransport.set(transport, own)
      for (const port of new Set(own.flatMap((p) => p.ports))) {
        const usual = own.filter((p) => p.ports.includes(port))
        this.#byPort.set(`${transport}/${port}`, [...usual, ...own.filter((p) => !p.ports.includes(port))])
      }
    }
  }

  /** Candidates in the order in which they are asked. The list is shared: keep it with the flow. */
  candidates(transport: Transport, port: number, otherPort: number): readonly Protocol[] {
    return (
      this.#byPort.get(`${transport}/${port}`) ??
      this.#byPort.get(`${transport}/${otherPort}`) ??
      (this.#byTransport.get(transport) as readonly Protocol[])
    )
  }

  /** `final`: no more bytes will come, a candidate that needs more is refused. */
  detect(
    candidates: readonly Protocol[],
    transport: Transport,
    bytes: Uint8Array,
    start: number,
    end: number,
    final: boolean,
  ): Verdict {
    for (const protocol of candidates) {
      const answer = protocol.detect(bytes, start, end, transport)
      if (answer === Detection.Yes) return protocol
      if (answer === Detection.NeedMore && !final) return undefined
    }
    return null
  }
}
