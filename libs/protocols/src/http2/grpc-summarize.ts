import type { Column } from '../contract/column.ts'
import { Columns } from '../contract/common-columns.ts'
import type { EntryWriter } from '../contract/entry-writer.ts'
import { GrpcColumns } from './columns.ts'
import { errorName } from './constants.ts'
import { decodeMessages } from './grpc-messages.ts'
import { decodeStatusMessage, statusName } from './grpc-status.ts'
import { fieldOf, fieldValue, type HeaderField, Kind } from './header-field.ts'
import { isFailure, streamDetail } from './stream-outcome.ts'
import type { Http2Message, Stream } from './types.ts'

/** Is a request with its response a call of gRPC? The content type says so, or the status that ends it. */
export function isGrpcCall(request: Http2Message | null, response: Http2Message | null, path: string): boolean {
  if (request !== null && fieldOf(request.fields, Kind.GrpcContentType) !== null) return true
  if (response !== null) {
    if (fieldOf(response.fields, Kind.GrpcContentType) !== null) return true
    if (statusField(response) !== null) return true
  }
  return looksLikeGrpc(request, path) || looksLikeGrpc(response, path)
}

/** Where the content type was in a table entry from before the capture: content that is messages to the last byte. */
function looksLikeGrpc(message: Http2Message | null, path: string): boolean {
  if (message === null || message.framing === null) return false
  if (!message.incomplete && message.partial !== 'start missing') return false
  if (path !== '' && path.split('/').length !== 3) return false
  const { framing } = message
  if (framing.broken || framing.messages === 0 || fieldOf(message.fields, Kind.ContentType) !== null) return false
  return !message.ended || framing.bytes + framing.messages * 5 === message.bodySize
}

function statusField(response: Http2Message): HeaderField | null {
  return fieldOf(response.trailers, Kind.GrpcStatus) ?? fieldOf(response.fields, Kind.GrpcStatus)
}

/** The path split last: calls of one method follow each other. */
const latest = { path: '', service: '', method: '' }

/** Path = "/" Service-Name "/" Method-Name. */
function split(path: string): void {
  const slash = path.lastIndexOf('/')
  latest.path = path
  latest.service = slash > 1 ? path.slice(1, slash) : ''
  latest.method = slash < 0 ? '' : path.slice(slash + 1)
}

/** Writes what a call has beside the columns of HTTP, its status, and its messages as JSON. */
export function summarizeGrpc(
  request: Http2Message | null,
  response: Http2Message | null,
  path: string,
  entry: EntryWriter,
): void {
  entry.protocol('grpc')
  if (path !== latest.path) split(path)
  if (latest.service !== '') entry.text(GrpcColumns.service, latest.service)
  if (latest.method !== '') entry.text(GrpcColumns.method, latest.method)
  const { stream } = (request ?? response) as Http2Message
  writeStatus(stream, response, entry)
  let detail = streamDetail(stream)
  if (request !== null) {
    const timeout = fieldValue(request.fields, Kind.GrpcTimeout)
    if (timeout !== '') detail += `,"timeout":${JSON.stringify(timeout)}`
    detail += `,"request":${messageDetail(request)}`
    writeMessages(request, path, entry, Columns.requestBody, Columns.requestBodySize, Columns.requestBodyTruncated)
  }
  if (response !== null) {
    detail += `,"response":${messageDetail(response)}`
    writeMessages(response, path, entry, Columns.responseBody, Columns.responseBodySize, Columns.responseBodyTruncated)
  }
  entry.text(Columns.detail, `{${detail}}`)
}

/** Status and message stand in the trailers, or in the header list of a Trailers-Only response. */
function writeStatus(stream: Stream, response: Http2Message | null, entry: EntryWriter): void {
  const found = response === null ? null : statusField(response)
  const status = found === null ? -1 : found.number
  entry.number(GrpcColumns.status, status)
  if (status > 0 || (response?.status ?? 0) >= 400 || isFailure(stream)) entry.number(Columns.isError, 1)
  if (status > 0) entry.text(Columns.errorCode, statusName(status))
  else if (stream.resetCode > 0) entry.text(Columns.errorCode, errorName(stream.resetCode))
  // grpc-js and others say OK there.
  if (response === null || status <= 0) return
  const text = fieldOf(response.trailers, Kind.GrpcMessage) ?? fieldOf(response.fields, Kind.GrpcMessage)
  if (text !== null && text.valueEnd > text.nameEnd) entry.text(Columns.errorMessage, decodeStatusMessage(text.value))
}

function messageDetail(message: Http2Message): string {
  const { framing } = message
  if (framing === null) return '{"messages":0}'
  let json = `{"messages":${framing.messages}`
  if (framing.compressed > 0) {
    json += `,"compressed":${framing.compressed},"encoding":${JSON.stringify(fieldValue(message.fields, Kind.GrpcEncoding))}`
  }
  return framing.broken ? `${json},"broken":true}` : `${json}}`
}

function writeMessages(
  message: Http2Message,
  path: string,
  entry: EntryWriter,
  body: Column,
  size: Column,
  truncated: Column,
): void {
  const { bodyStart, bodyEnd, bodySize, lost, bodyLimit, framing } = message
  if (bodySize === 0) return
  if (lost > 0 || framing === null || framing.messages === 0) {
    // Behind a loss nobody knows where messages begin; and what a proxy answers is none.
    entry.bytes(body, message.body, bodyStart, bodyEnd)
    entry.number(size, bodySize)
    if (bodyEnd - bodyStart < bodySize) entry.number(truncated, 1)
    return
  }
  const codec = {
    contentType: fieldValue(message.fields, Kind.GrpcContentType),
    encoding: fieldValue(message.fields, Kind.GrpcEncoding),
    path,
    isRequest: message === message.stream.request,
  }
  const decoded = decodeMessages(message.body, bodyStart, bodyEnd, codec, bodyLimit)
  const cut = bodyEnd - bodyStart < bodySize
  entry.text(body, decoded.text)
  entry.number(size, cut ? Math.max(decoded.size, framing.bytes) : decoded.size)
  if (cut || decoded.cut) entry.number(truncated, 1)
}
