import { u32le } from '@hindwire/bytes/endian.ts'

import { Side } from '../contract/message.ts'
import { Detection } from '../contract/protocol.ts'
import { Op, opNames, UNKNOWN_REQUIRED_FLAGS } from './constants.ts'
import { MAX_MESSAGE_BYTES, MAX_NAME_BYTES } from './limits.ts'

const HEADER = 16

/**
 * MsgHeader = messageLength requestID responseTo opCode (int32 each), and the beginning of the body that the code asks
 * for. The operation code alone is 31 bits that fit; with the first document a stranger cannot pass.
 */
export function detect(bytes: Uint8Array, start: number, end: number): Detection {
  const have = end - start
  if (have < 4) return have > 0 && !isPrefixOfLength(bytes, start, end) ? Detection.No : Detection.NeedMore
  const length = u32le(bytes, start)
  if (length < HEADER + 5 || length > MAX_MESSAGE_BYTES) return Detection.No
  if (have < HEADER) return Detection.NeedMore
  const op = u32le(bytes, start + 12)
  if (!opNames.has(op)) return isFutureMessage(bytes, start, end, length) ? Detection.Yes : Detection.No
  const body = start + HEADER
  const stop = start + length
  switch (op) {
    case Op.Msg:
      return checkMsg(bytes, body, stop, end)
    case Op.Reply:
      return checkReply(bytes, body, stop, end)
    case Op.Compressed:
      return checkCompressed(bytes, body, stop, end)
    case Op.KillCursors:
      return checkKillCursors(bytes, body, length, end)
    case Op.Command:
      return checkName(bytes, body, stop, end)
    case Op.CommandReply:
      return checkDocument(bytes, body, stop, end)
    default:
      return checkNamespace(bytes, body, stop, end)
  }
}

/** A length has no more than 26 bits. */
function isPrefixOfLength(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start < 4 || bytes[start + 3]! < 3
}

/** The document at `at` has a length that fits, and its first element a type and a printable name. */
function checkDocument(bytes: Uint8Array, at: number, stop: number, end: number): Detection {
  if (end - at < 5) return Detection.NeedMore
  const size = u32le(bytes, at)
  if (size < 5 || size > stop - at) return Detection.No
  const type = bytes[at + 4]!
  if (type === 0) return size === 5 ? Detection.Yes : Detection.No
  if (type > 0x13 && type !== 0x7f && type !== 0xff) return Detection.No
  return checkName(bytes, at + 5, stop, end)
}

/** A printable string that ends with 0. */
function checkName(bytes: Uint8Array, at: number, stop: number, end: number): Detection {
  const last = Math.min(stop, end, at + MAX_NAME_BYTES)
  for (let p = at; p < last; p++) {
    const byte = bytes[p]!
    if (byte === 0) return p > at ? Detection.Yes : Detection.No
    if (byte < 0x20 || byte === 0x7f) return Detection.No
  }
  return last === end && last < stop ? Detection.NeedMore : Detection.No
}

/** OP_MSG = flagBits section+ checksum?; section = 0 document | 1 size identifier document* */
function checkMsg(bytes: Uint8Array, body: number, stop: number, end: number): Detection {
  if (end - body < 5) return Detection.NeedMore
  if ((u32le(bytes, body) & UNKNOWN_REQUIRED_FLAGS) !== 0 || u32le(bytes, body) > 0x1_0003) return Detection.No
  const kind = bytes[body + 4]!
  if (kind === 0) return checkDocument(bytes, body + 5, stop, end)
  if (kind !== 1) return Detection.No
  if (end - body < 9) return Detection.NeedMore
  const size = u32le(bytes, body + 5)
  return size < 6 || size > stop - body - 5 ? Detection.No : checkName(bytes, body + 9, stop, end)
}

/** OP_REPLY = responseFlags cursorID:int64 startingFrom numberReturned document* */
function checkReply(bytes: Uint8Array, body: number, stop: number, end: number): Detection {
  if (stop - body < 20) return Detection.No
  if (end - body < 20) return Detection.NeedMore
  const returned = u32le(bytes, body + 16)
  if (u32le(bytes, body) > 15) return Detection.No
  if (returned === 0) return stop - body === 20 ? Detection.Yes : Detection.No
  return returned * 5 > stop - body - 20 ? Detection.No : checkDocument(bytes, body + 20, stop, end)
}

/** OP_COMPRESSED = originalOpcode uncompressedSize compressorId:u8 bytes */
function checkCompressed(bytes: Uint8Array, body: number, stop: number, end: number): Detection {
  if (stop - body < 9) return Detection.No
  if (end - body < 9) return Detection.NeedMore
  const op = u32le(bytes, body)
  const fits = opNames.has(op) && op !== Op.Compressed && u32le(bytes, body + 4) <= MAX_MESSAGE_BYTES
  return fits && bytes[body + 8]! <= 3 ? Detection.Yes : Detection.No
}

/** OP_KILL_CURSORS = ZERO numberOfCursorIDs int64* */
function checkKillCursors(bytes: Uint8Array, body: number, length: number, end: number): Detection {
  if (end - body < 8) return Detection.NeedMore
  const fits = u32le(bytes, body) === 0 && u32le(bytes, body + 4) * 8 === length - HEADER - 8
  return fits ? Detection.Yes : Detection.No
}

/** OP_QUERY, OP_INSERT = flags fullCollectionName …; OP_UPDATE, OP_DELETE, OP_GET_MORE = ZERO fullCollectionName … */
function checkNamespace(bytes: Uint8Array, body: number, stop: number, end: number): Detection {
  if (end - body < 4) return Detection.NeedMore
  return u32le(bytes, body) > 0xff ? Detection.No : checkName(bytes, body + 4, stop, end)
}

/** An operation that nobody knows, whole, in the form of OP_MSG: unknown codes are kept, not refused. */
function isFutureMessage(bytes: Uint8Array, start: number, end: number, length: number): boolean {
  const op = u32le(bytes, start + 12)
  if (op < 2000 || op > 2999 || end - start !== length || length < HEADER + 10) return false
  const documentSize = u32le(bytes, start + HEADER + 5)
  return (
    documentSize === length - HEADER - 5 &&
    checkMsg(bytes, start + HEADER, start + length, end) === Detection.Yes &&
    u32le(bytes, start + 8) === 0
  )
}

export function sender(bytes: Uint8Array, start: number, end: number): Side | -1 {
  if (end - start < HEADER) return -1
  const op = u32le(bytes, start + 12)
  if (op === Op.Reply || op === Op.CommandReply) return Side.Server
  if (op !== Op.Msg && op !== Op.Compressed) return Side.Client
  return u32le(bytes, start + 8) === 0 ? Side.Client : Side.Server
}

/** The next offset at which a message begins, or -1. */
export function findStart(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; end - at >= HEADER; at++) {
    if (bytes[at + 3]! < 3 && bytes[at + 14] === 0 && bytes[at + 15] === 0 && detect(bytes, at, end) === Detection.Yes)
      return at
  }
  return -1
}
