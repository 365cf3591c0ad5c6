import { u32le } from '@hindwire/bytes/endian.ts'
import { Slab } from '@hindwire/bytes/keep.ts'

import { Role, Side } from '../contract/message.ts'
import { MsgFlag, Op } from './constants.ts'
import { inflate } from './inflate.ts'
import { MongodbMessage } from './types.ts'

/** Messages outlive the packet that held them: they are small, and share arrays. */
const slab = new Slab()

/** Reads a message whose beginning is bytes[start, end); `length` is that of the whole. */
export function readMessage(
  side: Side,
  bytes: Uint8Array,
  start: number,
  end: number,
  length: number,
  limit: number,
): MongodbMessage {
  const requestId = u32le(bytes, start + 4)
  const responseTo = u32le(bytes, start + 8)
  const op = u32le(bytes, start + 12)
  const message =
    op === Op.Compressed && end - start >= 25
      ? readCompressed(bytes, start, end, limit)
      : new MongodbMessage(Role.Request, requestId, responseTo, op, copied(bytes, start + 16, end, limit))
  if (end - start < length) message.cut = true
  if (message.op === Op.Msg && message.end - message.start >= 4) message.flags = u32le(message.bytes, message.start)
  message.role = roleOf(side, message)
  message.id = message.role === Role.Response ? responseTo : requestId
  return message
}

function copied(
  bytes: Uint8Array,
  start: number,
  end: number,
  limit: number,
): { bytes: Uint8Array; start: number; end: number; cut: boolean } {
  const stop = Math.min(end, start + limit)
  const at = slab.copy(bytes, start, stop)
  return { bytes: slab.bytes, start: at, end: at + stop - start, cut: stop < end }
}

function readCompressed(bytes: Uint8Array, start: number, end: number, limit: number): MongodbMessage {
  const compressor = bytes[start + 24]!
  const body = inflate(compressor, bytes, start + 25, end, u32le(bytes, start + 20))
  const kept =
    body === null
      ? { bytes: new Uint8Array(0), start: 0, end: 0, cut: true }
      : copied(body.bytes, 0, body.bytes.length, limit)
  if (body !== null && !body.whole) kept.cut = true
  const message = new MongodbMessage(
    Role.Request,
    u32le(bytes, start + 4),
    u32le(bytes, start + 8),
    u32le(bytes, start + 16),
    kept,
  )
  message.compressor = compressor
  message.opaque = body === null
  return message
}

function roleOf(side: Side, { op, flags }: MongodbMessage): Role {
  switch (op) {
    case Op.Reply:
    case Op.CommandReply:
      return Role.Response
    case Op.Query:
    case Op.GetMore:
    case Op.Command:
      return Role.Request
    case Op.Insert:
    case Op.Update:
    case Op.Delete:
    case Op.KillCursors:
      return Role.OneWay
    default:
      if (side === Side.Server) return Role.Response
      return (flags & MsgFlag.MoreToCome) === 0 ? Role.Request : Role.OneWay
  }
}
