import { Side } from '../contract/message.ts'
import { Detection, type Transport } from '../contract/protocol.ts'
import { Frontend } from './constants.ts'
import { Check, checkMessage, checkStartup, messageEnd } from './parse.ts'

/** Messages that are checked before a stream is believed. */
const ENOUGH = 3

export function detect(bytes: Uint8Array, start: number, end: number, transport: Transport): Detection {
  if (transport !== 'tcp' || start >= end) return Detection.No
  if (bytes[start] === 0) return toDetection(checkStartup(bytes, start, end))
  const client = chain(Side.Client, bytes, start, end)
  if (client === Check.Yes) return Detection.Yes
  const server = chain(Side.Server, bytes, start, end)
  if (server === Check.Yes) return Detection.Yes
  return client === Check.Short || server === Check.Short ? Detection.NeedMore : Detection.No
}

function toDetection(check: Check): Detection {
  return check === Check.Yes ? Detection.Yes : check === Check.Short ? Detection.NeedMore : Detection.No
}

/** All messages up to the end of the bytes (ENOUGH of them at most) are right, the last as far as it is seen. */
function chain(side: Side, bytes: Uint8Array, start: number, end: number): Check {
  let at = start
  for (let n = 0; n < ENOUGH && at < end; n++) {
    const check = checkMessage(side, bytes, at, end)
    if (check === Check.Short) return n > 0 ? Check.Yes : Check.Short
    if (check === Check.No) return n > 0 && isUnchecked(side, bytes[at]!) ? Check.Yes : Check.No
    at = messageEnd
  }
  return Check.Yes
}

/** Types whose content proves nothing either way: behind a message that does, they are no objection. */
function isUnchecked(side: Side, type: number): boolean {
  return side === Side.Client
    ? type === Frontend.CopyData ||
        type === Frontend.CopyDone ||
        type === Frontend.FunctionCall ||
        type === Frontend.Password
    : 'KdcGHWAVv'.includes(String.fromCharCode(type))
}

export function sender(bytes: Uint8Array, start: number, end: number): Side | -1 {
  if (bytes[start] === 0) return Side.Client
  const client = chain(Side.Client, bytes, start, end) === Check.Yes
  const server = chain(Side.Server, bytes, start, end) === Check.Yes
  return client === server ? -1 : client ? Side.Client : Side.Server
}

/** The next offset from which on messages of that side follow each other, or -1. */
export function findStart(side: Side, bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    if (side === Side.Client && bytes[at] === 0) {
      if (end - at >= 8 && checkStartup(bytes, at, end) === Check.Yes) return at
      continue
    }
    if (end - at >= 5 && chain(side, bytes, at, end) === Check.Yes) return at
  }
  return -1
}
