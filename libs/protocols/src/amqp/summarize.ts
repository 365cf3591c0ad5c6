import { Columns } from '../contract/common-columns.ts'
import type { EntryWriter } from '../contract/entry-writer.ts'
import type { Pair } from '../contract/message.ts'
import { AmqpColumns } from './columns.ts'
import { classNames, Id, replyNames } from './constants.ts'
import { MAX_SUMMARY_CHARACTERS } from './limits.ts'
import type { AmqpMessage } from './types.ts'
import { readArguments, readProperties, type Table } from './values.ts'

const SECRET = '***'

/**
 * method: class and method · host: exchange · path: what it is about (queue, routing key, exchange, virtual host) ·
 * status_code, error_code, error_message: reply code of a close or return · bodies: contents · headers: properties of
 * the contents · detail: arguments of both methods.
 */
export function summarize(pair: Pair<AmqpMessage>, entry: EntryWriter): void {
  const { request, response } = pair
  const first = request ?? response
  if (first === null) return
  const detail: Table = {}
  const named: Table = {}
  if (request !== null) {
    entry.number(Columns.requestSize, request.wireSize)
    detail['request'] = describe(request, named)
    writeContent(request, entry, true)
  }
  if (response !== null) {
    entry.number(Columns.responseSize, response.wireSize)
    detail['response'] = describe(response, named)
    writeContent(response, entry, false)
  }
  const name = nameOf(first)
  entry.text(Columns.method, name)
  writeNames(name, named, entry)
  if (request !== null) writeFailure(request, entry)
  if (response !== null) writeFailure(response, entry)
  entry.text(Columns.detail, JSON.stringify(detail))
}

function nameOf(message: AmqpMessage): string {
  if (message.methodId === 0) return 'protocol-header'
  const { method, methodId } = message
  return method?.name ?? `${classNames.get(methodId >>> 16) ?? 'unknown'}.UNKNOWN(${methodId & 0xffff})`
}

/** Arguments and properties of a message; what it names is added to `named`. */
function describe(message: AmqpMessage, named: Table): Table {
  const table: Table = { method: nameOf(message), channel: message.channel }
  if (message.methodId === 0) table['version'] = message.bytes.slice(message.start, message.end).join('-')
  const values = argumentsOf(message)
  for (const [key, value] of Object.entries(values)) named[key] ??= value
  if (Object.keys(values).length > 0) table['arguments'] = values
  if (message.header !== null) {
    table['properties'] = readProperties(message.header)
    table['body_size'] = message.bodySize
  }
  return table
}

/** Arguments by name; those that are credentials are masked. */
function argumentsOf(message: AmqpMessage): Table {
  if (message.method === undefined) return {}
  const values = readArguments(message.method.fields, message.bytes, message.start, message.end)
  switch (message.methodId) {
    case Id.ConnectionStartOk:
    case Id.ConnectionSecureOk:
      if ('response' in values) values['response'] = SECRET
      break
    case Id.ConnectionSecure:
      if ('challenge' in values) values['challenge'] = SECRET
      break
    case Id.ConnectionUpdateSecret:
      if ('new-secret' in values) values['new-secret'] = SECRET
      break
    default:
  }
  return values
}

function textIn(table: Table, name: string): string {
  const value = table[name]
  return typeof value === 'string' ? value : ''
}

function writeNames(name: string, named: Table, entry: EntryWriter): void {
  const exchange = textIn(named, 'exchange') || textIn(named, 'source')
  const queue = textIn(named, 'queue')
  const key = textIn(named, 'routing-key')
  if (exchange !== '') entry.text(Columns.host, exchange)
  if (queue !== '') entry.text(AmqpColumns.queue, queue)
  if (key !== '') entry.text(AmqpColumns.routingKey, key)
  const other = textIn(named, 'virtual-host') || textIn(named, 'consumer-tag')
  const path = queue || key || exchange || other
  if (path !== '') entry.text(Columns.path, path)
  const about = [exchange, key, queue].filter((part) => part !== '').join(' ') || other
  entry.text(Columns.summary, `${name} ${about}`.trimEnd().slice(0, MAX_SUMMARY_CHARACTERS))
}

/** A close or return with a reply code above 299, or a negative acknowledgement. */
function writeFailure(message: AmqpMessage, entry: EntryWriter): void {
  const { methodId } = message
  if (methodId === Id.BasicNack) {
    entry.number(Columns.isError, 1)
    entry.text(Columns.errorCode, 'NACK')
    entry.text(Columns.errorMessage, 'not acknowledged')
    return
  }
  const hasCode = methodId === Id.ConnectionClose || methodId === Id.ChannelClose || methodId === Id.BasicReturn
  if (!hasCode) return
  const values = argumentsOf(message)
  const code = Number(values['reply-code'] ?? 0)
  entry.number(Columns.statusCode, code)
  if (code < 300) return
  entry.number(Columns.isError, 1)
  entry.text(Columns.errorCode, replyNames.get(code) ?? String(code))
  entry.text(Columns.errorMessage, textIn(values, 'reply-text'))
}

function writeContent(message: AmqpMessage, entry: EntryWriter, isRequest: boolean): void {
  if (message.header === null) return
  const { body, kept, bodySize } = message
  if (body !== null && kept > 0) entry.bytes(isRequest ? Columns.requestBody : Columns.responseBody, body, 0, kept)
  entry.number(isRequest ? Columns.requestBodySize : Columns.responseBodySize, bodySize)
  if (kept < bodySize) entry.number(isRequest ? Columns.requestBodyTruncated : Columns.responseBodyTruncated, 1)
  const column = isRequest ? Columns.requestHeaders : Columns.responseHeaders
  const { headers, ...rest } = readProperties(message.header)
  for (const [name, value] of Object.entries(rest)) entry.pair(column, name, String(value))
  if (typeof headers !== 'object' || headers === null) return
  for (const [name, value] of Object.entries(headers)) {
    entry.pair(column, name.toLowerCase(), typeof value === 'string' ? value : JSON.stringify(value))
  }
}
