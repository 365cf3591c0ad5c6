import { Side } from '../contract/message.ts'
import { Detection, type Transport } from '../contract/protocol.ts'
import { Check, checkFrame, checkPacket, packetEnd } from './parse.ts'

export function detect(bytes: Uint8Array, start: number, end: number, transport: Transport): Detection {
  if (transport !== 'tcp' || start >= end) return Detection.No
  const client = chain(Side.Client, bytes, start, end)
  if (client === Check.Yes) return Detection.Yes
  const server = chain(Side.Server, bytes, start, end)
  if (server === Check.Yes) return Detection.Yes
  if (isCompressed(bytes, start, end)) return Detection.Yes
  return client === Check.No && server === Check.No ? Detection.No : Detection.NeedMore
}

/** A compressed frame of either side. */
export function isCompressed(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    checkFrame(Side.Client, bytes, start, end) === Check.Yes || checkFrame(Side.Server, bytes, start, end) === Check.Yes
  )
}

/** A packet that proves itself, perhaps behind commands that prove little each. */
export function chain(side: Side, bytes: Uint8Array, start: number, end: number): Check {
  let at = start
  let weak = 0
  while (at < end) {
    const check = checkPacket(side, bytes, at, end)
    if (check !== Check.Weak) return check
    if (packetEnd > end) return Check.Short
    if (++weak === 3) return Check.Yes
    at = packetEnd
  }
  return weak > 0 ? Check.Weak : Check.Short
}

export function sender(bytes: Uint8Array, start: number, end: number): Side | -1 {
  for (const side of [Side.Client, Side.Server]) {
    const check = chain(side, bytes, start, end)
    if (check === Check.Yes || checkFrame(side, bytes, start, end) === Check.Yes) return side
  }
  return -1
}

/** The next offset at which a command, or a response, begins; or -1. */
export function findStart(
  side: Side,
  bytes: Uint8Array,
  start: number,
  end: number,
  compressed: boolean,
  unsure: boolean,
): number {
  for (let at = start; at + 5 <= end; at++) {
    if ((compressed || unsure) && checkFrame(side, bytes, at, end) === Check.Yes) return at
    if (compressed) continue
    const check = chain(side, bytes, at, end)
    // Commands of one byte: believed where nothing but them is left.
    if (check === Check.Yes || (check === Check.Weak && at === start)) return at
  }
  return -1
}
