import { findByte, latin1 } from '@hindwire/bytes/text.ts'

import type { Column } from '../contract/column.ts'
import { Columns } from '../contract/common-columns.ts'
import type { EntryWriter } from '../contract/entry-writer.ts'
import type { Pair } from '../contract/message.ts'
import { HttpColumns } from '../http/columns.ts'
import { decodeContent } from '../http/content-coding.ts'
import { eachQueryParameter } from '../http/parameters.ts'
import { writePlainQuery } from '../http/write-parameters.ts'
import { GrpcColumns } from './columns.ts'
import { errorName } from './constants.ts'
import { isGrpcCall, summarizeGrpc } from './grpc-summarize.ts'
import { fieldOf, fieldValue, type HeaderField, Kind } from './header-field.ts'
import { isFailure, streamDetail } from './stream-outcome.ts'
import type { Http2Message, Stream } from './types.ts'
import { writeFields } from './write-fields.ts'

export function summarize(pair: Pair<Http2Message>, entry: EntryWriter): void {
  const { request, response } = pair
  const any = request ?? response
  if (any === null) return
  entry.text(Columns.version, 'HTTP/2')
  let path = ''
  if (request !== null) {
    path = writeTarget(request.fields, entry)
    entry.number(Columns.requestSize, request.wireSize)
    entry.number(HttpColumns.requestHeadersSize, request.headerBytes)
    writeFields(request.fields, entry, Columns.requestHeaders)
    writeFields(request.trailers, entry, Columns.requestHeaders)
  }
  if (response !== null) {
    if (response.status > 0) entry.number(Columns.statusCode, response.status)
    entry.number(Columns.responseSize, response.wireSize)
    entry.number(HttpColumns.responseHeadersSize, response.headerBytes)
    writeFields(response.fields, entry, Columns.responseHeaders)
    writeFields(response.trailers, entry, Columns.responseHeaders)
  }
  if (isGrpcCall(request, response, path)) {
    summarizeGrpc(request, response, path, entry)
    return
  }
  entry.number(GrpcColumns.status, -1)
  writeOutcome(any.stream, response?.status ?? 0, entry)
  if (request !== null) {
    writeBody(request, entry, Columns.requestBody, Columns.requestBodySize, Columns.requestBodyTruncated)
  }
  if (response !== null) {
    writeBody(response, entry, Columns.responseBody, Columns.responseBodySize, Columns.responseBodyTruncated)
  }
  entry.text(Columns.detail, `{${streamDetail(any.stream)}}`)
}

function writeOutcome(stream: Stream, status: number, entry: EntryWriter): void {
  if (status >= 400 || isFailure(stream)) entry.number(Columns.isError, 1)
  if (stream.resetCode > 0) entry.text(Columns.errorCode, errorName(stream.resetCode))
}

/** Writes method, path, query and host, and returns the path. */
function writeTarget(fields: readonly HeaderField[], entry: EntryWriter): string {
  const method = fieldOf(fields, Kind.Method)
  if (method !== null) entry.bytes(Columns.method, method.bytes, method.nameEnd, method.valueEnd)
  const authority = fieldOf(fields, Kind.Authority) ?? fieldOf(fields, Kind.Host)
  if (authority !== null) entry.bytes(Columns.host, authority.bytes, authority.nameEnd, authority.valueEnd)
  const target = fieldOf(fields, Kind.Path) ?? unnamedPath(fields)
  if (target === null) return ''
  const { bytes, nameEnd, valueEnd } = target
  const question = findByte(bytes, nameEnd, valueEnd, 0x3f)
  if (question < 0) {
    entry.bytes(Columns.path, bytes, nameEnd, valueEnd)
    return target.value
  }
  entry.bytes(Columns.path, bytes, nameEnd, question)
  entry.bytes(HttpColumns.query, bytes, question + 1, valueEnd)
  if (!writePlainQuery(entry, bytes, question + 1, valueEnd)) {
    eachQueryParameter(latin1(bytes, question + 1, valueEnd), (name, value) =>
      entry.pair(HttpColumns.queryString, name, value),
    )
  }
  return latin1(bytes, nameEnd, question)
}

/** Of fields whose names are unknown, the one among the pseudo fields with a value that begins as a path does. */
function unnamedPath(fields: readonly HeaderField[]): HeaderField | null {
  for (const field of fields) {
    if (field.nameUnknown && field.bytes[field.nameEnd] === 0x2f && field.valueEnd > field.nameEnd) return field
    if (!field.nameUnknown && (field.kind === Kind.Other || field.kind > Kind.LastPseudo)) return null
  }
  return null
}

function writeBody(message: Http2Message, entry: EntryWriter, body: Column, size: Column, truncated: Column): void {
  const { bodyStart, bodyEnd, bodySize, lost, bodyLimit } = message
  if (bodySize === 0) return
  const cut = bodyEnd - bodyStart + lost < bodySize
  const codings = lost > 0 ? '' : fieldValue(message.fields, Kind.ContentEncoding)
  const decoded = codings === '' ? null : decodeContent(codings, message.body.subarray(bodyStart, bodyEnd), bodyLimit)
  if (decoded === null) {
    entry.bytes(body, message.body, bodyStart, bodyEnd)
    entry.number(size, bodySize)
    if (cut || lost > 0) entry.number(truncated, 1)
    return
  }
  const kept = Math.min(decoded.bytes.length, bodyLimit)
  entry.bytes(body, decoded.bytes, 0, kept)
  entry.number(size, Math.max(decoded.bytes.length, cut ? bodySize : 0))
  if (cut || decoded.cut || kept < decoded.bytes.length) entry.number(truncated, 1)
}
