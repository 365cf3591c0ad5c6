import { utf8 } from '@hindwire/bytes/text.ts'

import { Columns } from '../contract/common-columns.ts'
import type { EntryWriter } from '../contract/entry-writer.ts'
import { type Pair, Side } from '../contract/message.ts'
import { closeNames, isFailure, Opcode, opcodeNames } from './constants.ts'
import { MAX_SUMMARY_BYTES } from './limits.ts'
import type { WebsocketMessage } from './types.ts'

export function summarize(pair: Pair<WebsocketMessage>, entry: EntryWriter): void {
  const message = pair.request ?? pair.response
  if (message === null) return
  const name = opcodeNames[message.opcode] ?? `UNKNOWN(0x${message.opcode.toString(16)})`
  const fromClient = message.side === Side.Client
  const { body, length, size } = message
  entry.text(Columns.method, name)
  entry.text(Columns.version, 'WebSocket 13')
  entry.number(fromClient ? Columns.requestSize : Columns.responseSize, message.wireSize)
  const close = message.opcode === Opcode.Close ? closeOf(message, entry) : null
  const start = close === null ? 0 : Math.min(2, length)
  if (length > start) entry.bytes(fromClient ? Columns.requestBody : Columns.responseBody, body, start, length)
  entry.number(fromClient ? Columns.requestBodySize : Columns.responseBodySize, size - start)
  if (length < size) entry.number(fromClient ? Columns.requestBodyTruncated : Columns.responseBodyTruncated, 1)
  entry.text(Columns.summary, `${name} ${close === null ? textOf(message) : close.text}`.trimEnd())
  entry.text(
    Columns.detail,
    JSON.stringify({
      from: fromClient ? 'client' : 'server',
      opcode: name,
      masked: message.masked,
      fragments: message.fragments,
      compressed: message.compressed,
      ...(message.compressed ? { inflated: message.inflated } : {}),
      ...(close === null ? {} : { close_code: close.code, close_reason: close.reason }),
    }),
  )
}

interface Close {
  readonly code: number
  readonly reason: string
  readonly text: string
}

/** Status code (2 bytes) and reason (RFC 6455, section 5.5.1); both may be missing. */
function closeOf({ body, length }: WebsocketMessage, entry: EntryWriter): Close {
  const code = length < 2 ? 1005 : (body[0] as number) * 256 + (body[1] as number)
  const reason = utf8(body, 2, length)
  const name = closeNames[code] ?? `UNKNOWN(${code})`
  entry.number(Columns.statusCode, code)
  if (isFailure(code)) {
    entry.number(Columns.isError, 1)
    entry.text(Columns.errorCode, name)
    if (reason !== '') entry.text(Columns.errorMessage, reason)
  }
  return { code, reason, text: `${code} ${name} ${reason}`.trimEnd() }
}

function textOf({ opcode, body, length, size, compressed, inflated }: WebsocketMessage): string {
  if (opcode !== Opcode.Text || (compressed && !inflated)) return `${size} bytes`
  return utf8(body, 0, Math.min(length, MAX_SUMMARY_BYTES))
}
