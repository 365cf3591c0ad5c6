import type { Packet } from '@hindwire/packets/packet.ts'

/** Largest shift (RFC 7323, section 2.3). */
const MAX_SHIFT = 14

/** Shift of the window-scale option (RFC 7323, section 2.2); -1 where a segment has none. */
export function readWindowScale(packet: Packet): number {
  const { bytes, optionsEnd } = packet
  let at = packet.optionsStart
  while (at < optionsEnd) {
    const kind = bytes[at]!
    if (kind === 0) return -1
    if (kind === 1) {
      at++
      continue
    }
    const length = at + 1 < optionsEnd ? bytes[at + 1]! : 0
    if (length < 2) return -1
    if (kind === 3 && length === 3 && at + 2 < optionsEnd) return Math.min(bytes[at + 2]!, MAX_SHIFT)
    at += length
  }
  return -1
}
