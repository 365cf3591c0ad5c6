import { u32le } from '@hindwire/bytes/endian.ts'

import { Columns } from '../contract/common-columns.ts'
import type { EntryWriter } from '../contract/entry-writer.ts'
import type { Pair } from '../contract/message.ts'
import { type Body, readBody } from './body.ts'
import { BsonJson } from './bson-json.ts'
import { type Command, commandOf, failureOf, isLogin } from './command.ts'
import { compressorNames, MsgFlag, Op, opNames, secretCommands } from './constants.ts'
import { MAX_ERROR_CHARACTERS, MAX_SUMMARY_CHARACTERS } from './limits.ts'
import type { MongodbMessage } from './types.ts'

/** Room for the JSON of a message of which `kept` bytes are there: types cost more letters than they have bytes. */
const JSON_PER_BYTE = 2

/**
 * method: command · host: database · path: collection · version: operation · status_code, error_code, error_message:
 * the error · request_body, response_body: the documents as relaxed Extended JSON · detail: headers of both messages.
 */
export function summarize(pair: Pair<MongodbMessage>, entry: EntryWriter): void {
  const first = pair.request ?? pair.response
  if (first === null) return
  const request = first.follows ? null : pair.request
  const response = first.follows ? first : pair.response
  entry.text(Columns.version, opNames.get(first.op) ?? `UNKNOWN(${first.op})`)
  let secret = false
  let detail = '{'
  const asked = request ?? first.origin
  if (asked !== null) {
    const body = readBody(asked)
    const command = commandOf(asked, body)
    secret = secretCommands.has(command.name.toLowerCase())
    writeCommand(command, asked, entry)
    if (request !== null) {
      entry.number(Columns.requestSize, request.wireSize)
      writeBody(request, body, secret, entry, true)
      detail += `"request":${detailOf(request, body)}`
    }
  }
  if (response !== null) {
    const body = readBody(response)
    if (asked === null) entry.text(Columns.summary, opNames.get(first.op) ?? '')
    writeResponse(response, body, secret || isLogin(response, body), entry)
    detail += `${request === null ? '' : ','}"response":${detailOf(response, body)}`
  }
  entry.text(Columns.detail, `${detail}}`)
}

function writeCommand(command: Command, message: MongodbMessage, entry: EntryWriter): void {
  const name = command.name || (opNames.get(message.op) ?? `UNKNOWN(${message.op})`)
  entry.text(Columns.method, name)
  if (command.database !== '') entry.text(Columns.host, command.database)
  if (command.collection !== '') entry.text(Columns.path, command.collection)
  const namespace = [command.database, command.collection].filter((part) => part !== '').join('.')
  entry.text(Columns.summary, `${name} ${namespace}`.trimEnd().slice(0, MAX_SUMMARY_CHARACTERS))
}

function writeResponse(message: MongodbMessage, body: Body, secret: boolean, entry: EntryWriter): void {
  entry.number(Columns.responseSize, message.wireSize)
  writeBody(message, body, secret, entry, false)
  const failure = failureOf(message, body)
  if (failure === null) return
  entry.number(Columns.isError, 1)
  entry.number(Columns.statusCode, failure.code)
  if (failure.codeName !== '') entry.text(Columns.errorCode, failure.codeName)
  entry.text(Columns.errorMessage, failure.message.slice(0, MAX_ERROR_CHARACTERS))
}

function writeBody(message: MongodbMessage, body: Body, secret: boolean, entry: EntryWriter, isRequest: boolean): void {
  const json = new BsonJson((message.end - message.start) * JSON_PER_BYTE + 64, secret)
  if (body.list >= 0) writeList(json, message, body.list, message.end)
  else if (body.main >= 0) {
    json.document(message.bytes, body.main, body.mainEnd, 0, (open) => writeSequences(open, message, body))
  } else if (body.sequences.length > 0) {
    json.text += '{'
    writeSequences(json, message, body)
    json.text += '}'
  } else return
  const truncated = json.cut || message.cut
  entry.text(isRequest ? Columns.requestBody : Columns.responseBody, json.text)
  entry.number(
    isRequest ? Columns.requestBodySize : Columns.responseBodySize,
    truncated ? Math.max(json.text.length, message.wireSize) : Buffer.byteLength(json.text),
  )
  if (truncated) entry.number(isRequest ? Columns.requestBodyTruncated : Columns.responseBodyTruncated, 1)
}

/** Arguments of the command that came in sections of their own: `"documents":[…]`. */
function writeSequences(json: BsonJson, message: MongodbMessage, body: Body): void {
  for (const { name, start, end } of body.sequences) {
    json.text += `${json.text.endsWith('{') ? '' : ','}${JSON.stringify(name)}:`
    writeList(json, message, start, end)
  }
}

/** Documents behind each other, as an array. */
function writeList(json: BsonJson, { bytes }: MongodbMessage, start: number, end: number): void {
  json.text += '['
  for (let at = start; end - at >= 5;) {
    const size = u32le(bytes, at)
    if (size < 5) break
    if (at > start) json.text += ','
    json.document(bytes, at, Math.min(end, at + size), 1)
    at += size
  }
  json.text += ']'
}

function detailOf(message: MongodbMessage, body: Body): string {
  let text = `{"opcode":"${opNames.get(message.op) ?? `UNKNOWN(${message.op})`}","request_id":${message.requestId}`
  text += `,"response_to":${message.responseTo}`
  if (message.compressor >= 0)
    text += `,"compressor":"${compressorNames[message.compressor] ?? `UNKNOWN(${message.compressor})`}"`
  if (message.opaque) text += ',"unreadable":true'
  if (message.op === Op.Msg) {
    const { flags } = message
    if ((flags & MsgFlag.MoreToCome) !== 0) text += ',"more_to_come":true'
    if ((flags & MsgFlag.ExhaustAllowed) !== 0) text += ',"exhaust_allowed":true'
  }
  for (const name in body.values) text += `,"${name}":${JSON.stringify(body.values[name])}`
  return `${text}}`
}
