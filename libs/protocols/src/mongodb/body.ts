import { u32le } from '@hindwire/bytes/endian.ts'
import { toHex } from '@hindwire/bytes/hex.ts'
import { findByte, latin1, utf8 } from '@hindwire/bytes/text.ts'

import { MsgFlag, Op } from './constants.ts'
import type { MongodbMessage } from './types.ts'

/** Documents of a section of kind 1: an argument of the command. */
export interface Sequence {
  readonly name: string
  readonly start: number
  readonly end: number
}

/** What the body of a message holds, as ranges of its bytes. One document at `main`; −1 without any. */
export interface Body {
  main: number
  mainEnd: number
  sequences: Sequence[]
  /** Documents of legacy operations, behind each other from there: replies, inserts; −1 without. */
  list: number
  /** `database.collection` of legacy operations. */
  namespace: string
  /** Command name of OP_COMMAND. */
  command: string
  /** Other values, for `detail`. */
  values: Record<string, unknown>
}

export function readBody(message: MongodbMessage): Body {
  const body: Body = { main: -1, mainEnd: -1, sequences: [], list: -1, namespace: '', command: '', values: {} }
  if (message.end - message.start < 4) return body
  switch (message.op) {
    case Op.Reply:
      readReply(message, body)
      break
    case Op.Query:
    case Op.GetMore:
    case Op.Insert:
    case Op.Update:
    case Op.Delete:
      readLegacy(message, body)
      break
    case Op.KillCursors:
      readKillCursors(message, body)
      break
    case Op.Command:
      readCommand(message, body)
      break
    case Op.CommandReply:
      setMain(message, body, message.start)
      break
    default:
      readMsg(message, body)
  }
  return body
}

function setMain({ bytes, end }: MongodbMessage, body: Body, at: number): number {
  if (end - at < 5) return end
  body.main = at
  body.mainEnd = Math.min(end, at + Math.max(5, u32le(bytes, at)))
  return body.mainEnd
}

/** OP_MSG = flagBits section+ checksum:uint32? */
function readMsg(message: MongodbMessage, body: Body): void {
  const { bytes, start, flags } = message
  let { end } = message
  if ((flags & MsgFlag.ChecksumPresent) !== 0 && !message.cut && end - start >= 9) {
    end -= 4
    body.values['checksum'] = toHex(bytes, end, end + 4)
  }
  let at = start + 4
  while (at < end) {
    const kind = bytes[at++]!
    if (kind === 0) {
      at = body.main < 0 ? setMain(message, body, at) : end
    } else if (kind === 1 && end - at >= 5) {
      const size = Math.max(4, u32le(bytes, at))
      const nameEnd = findByte(bytes, at + 4, end, 0)
      if (nameEnd < 0) return
      const stop = Math.min(end, at + size)
      body.sequences.push({ name: utf8(bytes, at + 4, nameEnd), start: nameEnd + 1, end: stop })
      at = stop
    } else return
  }
}

/** OP_REPLY = responseFlags cursorID:int64 startingFrom numberReturned document* */
function readReply(message: MongodbMessage, body: Body): void {
  const { bytes, start, end } = message
  if (end - start < 20) return
  const returned = u32le(bytes, start + 16)
  body.values['reply_flags'] = u32le(bytes, start)
  if (u32le(bytes, start + 4) !== 0 || u32le(bytes, start + 8) !== 0)
    body.values['cursor_id'] = cursorAt(bytes, start + 4)
  body.values['returned'] = returned
  if (returned > 0) setMain(message, body, start + 20)
  if (returned > 1) body.list = start + 20
}

function cursorAt(bytes: Uint8Array, at: number): string {
  return String((BigInt(u32le(bytes, at + 4)) << 32n) | BigInt(u32le(bytes, at)))
}

/**
 * OP_QUERY = flags fullCollectionName numberToSkip numberToReturn query fields?; OP_GET_MORE = ZERO fullCollectionName
 * numberToReturn cursorID; OP_INSERT = flags fullCollectionName document+; OP_UPDATE = ZERO fullCollectionName flags
 * selector update; OP_DELETE = ZERO fullCollectionName flags selector
 */
function readLegacy(message: MongodbMessage, body: Body): void {
  const { bytes, start, end, op } = message
  const nameEnd = findByte(bytes, start + 4, end, 0)
  if (nameEnd < 0) return
  body.namespace = utf8(bytes, start + 4, nameEnd)
  const at = nameEnd + 1
  if (op === Op.Insert) {
    body.list = at
    return
  }
  if (op === Op.GetMore) {
    if (end - at >= 12) {
      body.values['number_to_return'] = u32le(bytes, at) | 0
      body.values['cursor_id'] = cursorAt(bytes, at + 4)
    }
    return
  }
  if (op === Op.Query) {
    if (end - at < 8) return
    body.values['query_flags'] = u32le(bytes, start)
    body.values['number_to_skip'] = u32le(bytes, at) | 0
    body.values['number_to_return'] = u32le(bytes, at + 4) | 0
    const next = setMain(message, body, at + 8)
    if (end - next >= 5) body.sequences.push({ name: 'returnFieldsSelector', start: next, end })
    return
  }
  if (end - at < 4) return
  body.values['operation_flags'] = u32le(bytes, at)
  if (op === Op.Update) body.list = at + 4
  else setMain(message, body, at + 4)
}

/** OP_KILL_CURSORS = ZERO numberOfCursorIDs cursorID:int64* */
function readKillCursors({ bytes, start, end }: MongodbMessage, body: Body): void {
  const cursors: string[] = []
  for (let at = start + 8; end - at >= 8 && cursors.length < 64; at += 8) cursors.push(cursorAt(bytes, at))
  body.values['cursor_ids'] = cursors
}

/** OP_COMMAND = database:cstring commandName:cstring metadata commandArgs inputDoc* (MongoDB 3.2 to 4.0, inside clusters) */
function readCommand(message: MongodbMessage, body: Body): void {
  const { bytes, start, end } = message
  const databaseEnd = findByte(bytes, start, end, 0)
  const commandEnd = databaseEnd < 0 ? -1 : findByte(bytes, databaseEnd + 1, end, 0)
  if (commandEnd < 0) return
  body.namespace = `${utf8(bytes, start, databaseEnd)}.$cmd`
  body.command = latin1(bytes, databaseEnd + 1, commandEnd)
  const next = setMain(message, body, commandEnd + 1)
  if (end - next >= 5) body.sequences.push({ name: 'commandArgs', start: next, end })
}
