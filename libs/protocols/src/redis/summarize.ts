import { latin1, utf8 } from '@hindwire/bytes/text.ts'

import { Columns } from '../contract/common-columns.ts'
import type { EntryWriter } from '../contract/entry-writer.ts'
import type { Pair } from '../contract/message.ts'
import { Arguments, isString, keyIndex, lineEndOf, secretArguments } from './arguments.ts'
import { Type } from './constants.ts'
import { MAX_ERROR_BYTES, MAX_KEY_BYTES, MAX_SUMMARY_BYTES } from './limits.ts'
import { ReplyRenderer, writeCommand, writeCommandJson } from './render.ts'
import { characterEnd, TextOut } from './text-out.ts'
import type { RedisMessage } from './types.ts'

const args = new Arguments()
// One for each column: a row's columns may be read together.
const commandText = new TextOut()
const summaryText = new TextOut()
const replyText = new TextOut()
const detail = new TextOut()
const replyRenderer = new ReplyRenderer(replyText)
const detailRenderer = new ReplyRenderer(detail)

/**
 * method: verb · path: first key or channel · error_code, error_message: of an error reply · request_body: the command
 * as one would type it · response_body: a string reply's value, else as redis-cli prints it · detail: both as JSON.
 */
export function summarize(pair: Pair<RedisMessage>, entry: EntryWriter): void {
  const { request, response } = pair
  detail.clear()
  detail.byte(0x7b)
  if (request !== null) summarizeRequest(request, entry)
  if (response !== null) {
    if (request === null && response.verb !== '') entry.text(Columns.method, response.verb)
    if (request !== null) detail.byte(0x2c)
    summarizeReply(response, entry, request)
  }
  detail.byte(0x7d)
  entry.bytes(Columns.detail, detail.bytes, 0, detail.length)
}

function summarizeRequest(message: RedisMessage, entry: EntryWriter): void {
  entry.text(Columns.method, message.verb)
  entry.number(Columns.requestSize, message.wireSize)
  if (message.type === Type.Rdb || message.type === Type.SimpleString) {
    summarizeOpaque(message, entry)
    return
  }
  args.read(message)
  const key = message.pushed ? Math.min(1, args.count - 1) : keyIndex(message.verb, message, args)
  const secrets = secretArguments(message.verb, message, args)
  if (key > 0 && !secrets.has(key)) {
    const start = args.starts[key]!
    const end = Math.min(args.ends[key]!, start + MAX_KEY_BYTES)
    entry.bytes(
      Columns.path,
      message.bytes,
      start,
      end === args.ends[key]! ? end : characterEnd(message.bytes, start, end),
    )
  }
  commandText.clear()
  writeCommand(commandText, message, args, secrets)
  entry.bytes(Columns.requestBody, commandText.bytes, 0, commandText.length)
  const whole = !args.more
  entry.number(Columns.requestBodySize, whole ? commandText.length : message.wireSize)
  if (!whole) entry.number(Columns.requestBodyTruncated, 1)
  writeSummary(entry)
  detail.ascii('"request":')
  writeCommandJson(detail, message, args, secrets)
}

function writeSummary(entry: EntryWriter): void {
  summaryText.clear()
  summaryText.copy(commandText.bytes, 0, Math.min(commandText.length, MAX_SUMMARY_BYTES))
  summaryText.truncate(characterEnd(summaryText.bytes, 0, summaryText.length))
  entry.bytes(Columns.summary, summaryText.bytes, 0, summaryText.length)
}

/** A line of MONITOR's output, or the payload of a replication (its size only). */
function summarizeOpaque(message: RedisMessage, entry: EntryWriter): void {
  commandText.clear()
  if (message.type === Type.Rdb) commandText.ascii(`RDB payload, ${message.wireSize} bytes`)
  else commandText.copy(message.bytes, message.start + 1, Math.max(message.start + 1, message.end - 2))
  entry.bytes(Columns.requestBody, commandText.bytes, 0, commandText.length)
  entry.number(Columns.requestBodySize, commandText.length)
  writeSummary(entry)
  detail.ascii('"request":')
  detail.ascii(JSON.stringify([utf8(commandText.bytes, 0, commandText.length)]))
}

/** Replies that are themselves credentials, or hold their hashes. */
function isSecretReply(request: RedisMessage | null): boolean {
  if (request === null || request.verb !== 'ACL') return false
  args.read(request)
  return /^(?:GENPASS|GETUSER|LIST)$/iu.test(args.text(request, 1))
}

function summarizeReply(message: RedisMessage, entry: EntryWriter, request: RedisMessage | null): void {
  entry.number(Columns.responseSize, message.wireSize)
  detail.ascii('"response":')
  if (isSecretReply(request)) {
    entry.text(Columns.responseBody, '***')
    detail.ascii('"***"')
    return
  }
  if (message.type === Type.Error || message.type === Type.BulkError) writeError(message, entry)
  detailRenderer.json(message)
  const [start, end, size] = scalarRange(message)
  if (start >= 0) {
    entry.bytes(Columns.responseBody, message.bytes, start, end)
    entry.number(Columns.responseBodySize, size)
    if (size > end - start) entry.number(Columns.responseBodyTruncated, 1)
    return
  }
  replyText.clear()
  replyRenderer.text(message)
  entry.bytes(Columns.responseBody, replyText.bytes, 0, replyText.length)
  entry.number(Columns.responseBodySize, message.cut ? message.wireSize : replyText.length)
  if (message.cut) entry.number(Columns.responseBodyTruncated, 1)
}

/** Value of a reply that is one string, number or status: start, end, size on the wire. Start -1 for all else. */
function scalarRange(message: RedisMessage): readonly [number, number, number] {
  const { bytes, start, end } = message
  const type = bytes[start]!
  const lineEnd = lineEndOf(bytes, start, end)
  if (lineEnd < 0) return [-1, 0, 0]
  switch (type) {
    case Type.SimpleString:
    case Type.Error:
    case Type.Integer:
    case Type.Double:
    case Type.BigNumber:
      return [start + 1, lineEnd, lineEnd - start - 1]
    default:
  }
  if (!isString(type) || bytes[start + 1] === 0x2d || bytes[start + 1] === 0x3f) return [-1, 0, 0]
  const size = Number(latin1(bytes, start + 1, lineEnd))
  // `=15\r\ntxt:` : format and colon are not the value.
  const prefix = type === Type.VerbatimString ? 4 : 0
  const from = Math.min(end, lineEnd + 2 + prefix)
  return [from, Math.max(from, Math.min(end, lineEnd + 2 + size)), Math.max(0, size - prefix)]
}

/** `-CODE text`: the code is the first word, in capitals. */
function writeError(message: RedisMessage, entry: EntryWriter): void {
  const [start, end] = scalarRange(message)
  const text = utf8(message.bytes, start, Math.min(end, start + MAX_ERROR_BYTES))
  const code = /^[A-Z][A-Z0-9_]*(?= |$)/u.exec(text)
  entry.number(Columns.isError, 1)
  entry.text(Columns.errorCode, code === null ? 'ERR' : code[0])
  entry.text(Columns.errorMessage, text)
}
