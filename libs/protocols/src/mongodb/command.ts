import { u32le } from '@hindwire/bytes/endian.ts'
import { utf8 } from '@hindwire/bytes/text.ts'

import type { Body } from './body.ts'
import { doubleAt, int64At } from './bson-number.ts'
import { BsonReader } from './bson.ts'
import { Bson, errorNames, Op, ReplyFlag } from './constants.ts'
import type { MongodbMessage } from './types.ts'

/** What a request asks for. */
export interface Command {
  name: string
  database: string
  collection: string
}

const legacyNames: ReadonlyMap<number, string> = new Map([
  [Op.Query, 'find'],
  [Op.GetMore, 'getMore'],
  [Op.Insert, 'insert'],
  [Op.Update, 'update'],
  [Op.Delete, 'delete'],
  [Op.KillCursors, 'killCursors'],
])

/** Name, database and collection of a request: of the first field of its document, `$db`, or the legacy namespace. */
export function commandOf(message: MongodbMessage, body: Body): Command {
  const command: Command = { name: '', database: '', collection: '' }
  const dot = body.namespace.indexOf('.')
  if (dot >= 0) {
    command.database = body.namespace.slice(0, dot)
    command.collection = body.namespace.slice(dot + 1)
  }
  const isCommand = command.collection === '$cmd' || dot < 0
  if (!isCommand || body.main < 0) {
    command.name = body.command || (legacyNames.get(message.op) ?? '')
    if (command.collection === '$cmd') command.collection = ''
    return command
  }
  command.collection = ''
  readDocument(message.bytes, body.main, body.mainEnd, command)
  if (body.command !== '') command.name = body.command
  return command
}

function readDocument(bytes: Uint8Array, start: number, end: number, command: Command): void {
  const reader = new BsonReader(bytes, start, end)
  for (let first = true; reader.next(); first = false) {
    const name = utf8(bytes, reader.nameStart, reader.nameEnd)
    if (first) {
      // `{ $query: {…}, $readPreference: … }` of drivers before OP_MSG
      if (name === '$query' || name === 'query') {
        if (reader.type === Bson.Document) readDocument(bytes, reader.valueStart, reader.valueEnd, command)
        return
      }
      command.name = name
      if (reader.type === Bson.String) command.collection = stringAt(reader)
    } else if (name === '$db') command.database = stringAt(reader)
    else if (name === 'collection' && reader.type === Bson.String) command.collection = stringAt(reader)
  }
}

function stringAt({ bytes, type, valueStart, valueEnd }: BsonReader): string {
  if (type !== Bson.String) return ''
  return utf8(bytes, valueStart + 4, Math.min(valueEnd, valueStart + 3 + u32le(bytes, valueStart)))
}

export function numberAt({ bytes, type, valueStart }: BsonReader): number {
  switch (type) {
    case Bson.Double:
      return doubleAt(bytes, valueStart)
    case Bson.Int32:
      return u32le(bytes, valueStart) | 0
    case Bson.Int64:
      return Number(int64At(bytes, valueStart))
    case Bson.Boolean:
      return bytes[valueStart]!
    default:
      return 0
  }
}

/** An error as a reply reports it. */
export interface Failure {
  code: number
  codeName: string
  message: string
}

/** The error of a reply: `ok: 0`, `$err`, or the first write error of an ok reply. Null where all went well. */
export function failureOf(message: MongodbMessage, body: Body): Failure | null {
  if (message.op === Op.Reply && (Number(body.values['reply_flags'] ?? 0) & ReplyFlag.CursorNotFound) !== 0) {
    return { code: 43, codeName: 'CursorNotFound', message: 'cursor not found' }
  }
  if (body.main < 0) return null
  const failure: Failure = { code: 0, codeName: '', message: '' }
  const failed = readFailure(message.bytes, body.main, body.mainEnd, failure)
  if (!failed) return null
  if (failure.codeName === '') failure.codeName = errorNames.get(failure.code) ?? ''
  if (failure.message === '') failure.message = failure.codeName || 'failed'
  return failure
}

function readFailure(bytes: Uint8Array, start: number, end: number, failure: Failure): boolean {
  const reader = new BsonReader(bytes, start, end)
  let failed = false
  while (reader.next()) {
    const length = reader.nameEnd - reader.nameStart
    // None of the names below is longer, and most replies have long ones.
    if (length > 17) continue
    switch (utf8(bytes, reader.nameStart, reader.nameEnd)) {
      case 'ok':
        failed ||= numberAt(reader) === 0
        break
      case 'errmsg':
        failure.message ||= stringAt(reader)
        break
      case '$err':
        failed = true
        failure.message = stringAt(reader)
        break
      case 'code':
        failure.code ||= numberAt(reader)
        break
      case 'codeName':
        failure.codeName ||= stringAt(reader)
        break
      case 'writeErrors':
        failed = (reader.type === Bson.Array && readFirstError(reader, failure)) || failed
        break
      case 'writeConcernError':
        if (reader.type === Bson.Document) {
          failed = true
          readFailure(bytes, reader.valueStart, reader.valueEnd, failure)
        }
        break
      default:
    }
  }
  return failed
}

function readFirstError(errors: BsonReader, failure: Failure): boolean {
  const reader = new BsonReader(errors.bytes, errors.valueStart, errors.valueEnd)
  if (!reader.next() || reader.type !== Bson.Document) return false
  readFailure(errors.bytes, reader.valueStart, reader.valueEnd, failure)
  return true
}

/** A reply that goes on with a login: shown without its payload, even where its request is not known. */
export function isLogin(message: MongodbMessage, body: Body): boolean {
  if (body.main < 0) return false
  const reader = new BsonReader(message.bytes, body.main, body.mainEnd)
  while (reader.next()) {
    const length = reader.nameEnd - reader.nameStart
    if (length === 14 && utf8(reader.bytes, reader.nameStart, reader.nameEnd) === 'conversationId') return true
    if (length === 5 && utf8(reader.bytes, reader.nameStart, reader.nameEnd) === 'nonce') return true
  }
  return false
}
