import { asciiEqualsIgnoreCase, asciiStartsIgnoreCase, findByte, latin1 } from '@hindwire/bytes/text.ts'

import type { Column } from '../contract/column.ts'
import { Columns } from '../contract/common-columns.ts'
import type { EntryWriter } from '../contract/entry-writer.ts'
import type { Pair } from '../contract/message.ts'
import { HttpColumns } from './columns.ts'
import { type Decoded, decodeContent } from './content-coding.ts'
import { eachQueryParameter, setCookie } from './parameters.ts'
import { fieldText, type HttpMessage } from './types.ts'
import { writeCookiePairs, writePlainQuery } from './write-parameters.ts'

const versions: readonly string[] = Array.from({ length: 10 }, (_, minor) => `HTTP/1.${minor}`)

export function summarize(pair: Pair<HttpMessage>, entry: EntryWriter): void {
  const { request, response } = pair
  entry.text(Columns.version, versions[(request ?? response)?.minor ?? 1] ?? 'HTTP/1.1')
  if (request !== null) writeRequest(request, entry)
  if (response !== null) writeResponse(response, entry)
}

function writeRequest(request: HttpMessage, entry: EntryWriter): void {
  const { head, headStart } = request
  entry.bytes(Columns.method, head, headStart, headStart + request.methodEnd)
  writeTarget(request, entry)
  entry.number(Columns.requestSize, request.wireSize)
  entry.number(HttpColumns.requestHeadersSize, request.headEnd - headStart)
  writeFields(request, entry, Columns.requestHeaders)
  writeBody(request, entry, Columns.requestBody, Columns.requestBodySize, Columns.requestBodyTruncated)
}

function writeResponse(response: HttpMessage, entry: EntryWriter): void {
  const { head, headStart, status } = response
  entry.number(Columns.statusCode, status)
  if (status >= 400) entry.number(Columns.isError, 1)
  entry.bytes(HttpColumns.reason, head, headStart + response.targetStart, headStart + response.targetEnd)
  entry.number(Columns.responseSize, response.wireSize)
  entry.number(HttpColumns.responseHeadersSize, response.headEnd - headStart)
  writeFields(response, entry, Columns.responseHeaders)
  writeBody(response, entry, Columns.responseBody, Columns.responseBodySize, Columns.responseBodyTruncated)
}

/** request-target: origin-form, absolute-form, authority-form or asterisk-form (RFC 9112, section 3.2). */
function writeTarget(request: HttpMessage, entry: EntryWriter): void {
  const { head, headStart } = request
  let start = headStart + request.targetStart
  const end = headStart + request.targetEnd
  let hostKnown = false
  if (head[start] !== 0x2f && isAbsolute(head, start, end)) {
    const authority = findByte(head, start, end, 0x3a) + 3
    const slash = findByte(head, authority, end, 0x2f)
    start = slash < 0 ? end : slash
    entry.bytes(Columns.host, head, authority, start)
    hostKnown = true
  }
  const question = findByte(head, start, end, 0x3f)
  if (start === end) entry.text(Columns.path, '/')
  else entry.bytes(Columns.path, head, start, question < 0 ? end : question)
  if (question >= 0) {
    entry.bytes(HttpColumns.query, head, question + 1, end)
    if (!writePlainQuery(entry, head, question + 1, end)) {
      eachQueryParameter(latin1(head, question + 1, end), (name, value) =>
        entry.pair(HttpColumns.queryString, name, value),
      )
    }
  }
  if (!hostKnown) writeHost(request, entry)
}

function isAbsolute(head: Uint8Array, start: number, end: number): boolean {
  return asciiStartsIgnoreCase(head, start, end, 'http://') || asciiStartsIgnoreCase(head, start, end, 'https://')
}

function writeHost(request: HttpMessage, entry: EntryWriter): void {
  const { fields, head, headStart, fieldsStart } = request
  const last = fieldsStart + request.fieldCount * 4
  for (let at = fieldsStart; at < last; at += 4) {
    if ((fields[at + 1] as number) - (fields[at] as number) !== 4) continue
    const name = headStart + (fields[at] as number)
    if (!asciiEqualsIgnoreCase(head, name, name + 4, 'host')) continue
    entry.bytes(Columns.host, head, headStart + (fields[at + 2] as number), headStart + (fields[at + 3] as number))
    return
  }
}

function writeFields(message: HttpMessage, entry: EntryWriter, headers: Column): void {
  const { fields, fieldsStart, head, headStart } = message
  const last = fieldsStart + message.fieldCount * 4
  for (let at = fieldsStart; at < last; at += 4) {
    const nameStart = headStart + (fields[at] as number)
    const nameEnd = headStart + (fields[at + 1] as number)
    const valueStart = headStart + (fields[at + 2] as number)
    const valueEnd = headStart + (fields[at + 3] as number)
    if (message.folded)
      entry.pair(headers, latin1(head, nameStart, nameEnd).toLowerCase(), unfold(latin1(head, valueStart, valueEnd)))
    else entry.pairBytes(headers, head, nameStart, nameEnd, valueStart, valueEnd, true)
    writeCookies(message, entry, nameStart, nameEnd, valueStart, valueEnd)
  }
}

function writeCookies(
  message: HttpMessage,
  entry: EntryWriter,
  nameStart: number,
  nameEnd: number,
  valueStart: number,
  valueEnd: number,
): void {
  const { head } = message
  const length = nameEnd - nameStart
  if (length === 6 && message.status === 0) {
    if (!asciiEqualsIgnoreCase(head, nameStart, nameEnd, 'cookie')) return
    writeCookiePairs(entry, head, valueStart, valueEnd)
  } else if (length === 10 && message.status !== 0) {
    if (!asciiEqualsIgnoreCase(head, nameStart, nameEnd, 'set-cookie')) return
    setCookie(latin1(head, valueStart, valueEnd), (name, value) => entry.pair(HttpColumns.responseCookies, name, value))
  }
}

/** obs-fold is one or more spaces (RFC 9112, section 5.2). */
function unfold(value: string): string {
  return value.replaceAll(/\r?\n[ \t]+/g, ' ')
}

function writeBody(message: HttpMessage, entry: EntryWriter, body: Column, size: Column, truncated: Column): void {
  if (message.contentSize === 0) return
  const cut = message.bodyEnd - message.bodyStart + message.lost < message.contentSize
  const decoded = decodedBody(message)
  if (decoded === null) {
    entry.bytes(body, message.body, message.bodyStart, message.bodyEnd)
    entry.number(size, message.contentSize)
    if (cut || message.lost > 0) entry.number(truncated, 1)
    return
  }
  const kept = Math.min(decoded.bytes.length, message.bodyLimit)
  entry.bytes(body, decoded.bytes, 0, kept)
  entry.number(size, Math.max(decoded.bytes.length, cut ? message.contentSize : 0))
  if (cut || decoded.cut || kept < decoded.bytes.length) entry.number(truncated, 1)
}

function decodedBody(message: HttpMessage): Decoded | null {
  if (message.lost > 0) return null
  const codings = fieldText(message, 'content-encoding')
  if (codings === '') return null
  return decodeContent(codings, message.body.subarray(message.bodyStart, message.bodyEnd), message.bodyLimit)
}
