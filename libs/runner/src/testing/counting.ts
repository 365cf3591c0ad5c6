import type { Protocol } from '@hindwire/protocols/contract/protocol.ts'

/** A protocol whose sessions count their calls: parsers must come to an end. */
export interface Counted {
  readonly protocol: Protocol
  readonly calls: number
  reset(): void
}

export function countingCalls(protocol: Protocol): Counted {
  const counted = { protocol, calls: 0, reset: () => void (counted.calls = 0) }
  counted.protocol = {
    ...protocol,
    open(link) {
      const session = protocol.open(link)
      return {
        matcher: session.matcher,
        parse(side, bytes, start, end) {
          counted.calls++
          return session.parse(side, bytes, start, end)
        },
        gap: (side, length) => session.gap(side, length),
        resync(side, bytes, start, end) {
          counted.calls++
          return session.resync(side, bytes, start, end)
        },
        end: (side) => session.end(side),
      }
    },
  }
  return counted
}
