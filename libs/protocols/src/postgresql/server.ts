import { u32be } from '@hindwire/bytes/endian.ts'
import { keep } from '@hindwire/bytes/keep.ts'
import { findByte, latin1, utf8 } from '@hindwire/bytes/text.ts'

import { Role } from '../contract/message.ts'
import { typesAt } from './client.ts'
import { authenticationNames, Backend, errorFieldNames } from './constants.ts'
import { newCopyData, takeCopyData } from './copy-data.ts'
import {
  MAX_DESCRIPTION_BYTES,
  MAX_ERROR_TEXT_BYTES,
  MAX_NAME_BYTES,
  MAX_NOTICES,
  MAX_OPTIONS,
  MAX_SAMPLE_BYTES,
  MAX_SAMPLE_ROWS,
  MAX_TAGS,
} from './limits.ts'
import { type Fields, Kind, PostgresqlResponse, type Statement } from './types.ts'

/** Begins a response: what it answers decides where it ends. */
export function beginResponse(kind: Kind | -1, elements: number): PostgresqlResponse {
  const response = new PostgresqlResponse(Role.Response)
  response.kind = kind
  response.pending = elements
  return response
}

/**
 * Adds the message of `type` with the body bytes[start, end) to a response. True when the response ends with it. Where
 * the body is cut, `size` is its whole size. `statement`: what the response is about, as far as known.
 */
export function addToResponse(
  response: PostgresqlResponse,
  statement: Statement | null,
  type: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  size: number,
): boolean {
  switch (type) {
    case Backend.DataRow:
      addRow(response, bytes, start, end)
      return false
    case Backend.CommandComplete:
      addTag(response, bytes, start, end)
      return endsStatement(response)
    case Backend.EmptyQueryResponse:
      if (response.tags.length < MAX_TAGS) response.tags.push('EMPTY')
      return endsStatement(response)
    case Backend.PortalSuspended:
      response.suspended = true
      return endsStatement(response)
    case Backend.ReadyForQuery:
      response.status = String.fromCharCode(bytes[start]!)
      return true
    case Backend.ErrorResponse:
      return addError(response, bytes, start, end)
    case Backend.NoticeResponse:
      response.noticeCount++
      if (response.notices.length < MAX_NOTICES) response.notices.push(readFields(bytes, start, end))
      return false
    case Backend.RowDescription:
      response.columns = keep(bytes, start, Math.min(end, start + MAX_DESCRIPTION_BYTES))
      response.columnsCut = end - start < size || end - start > MAX_DESCRIPTION_BYTES
      if (statement !== null) statement.columns = response.columns
      return acknowledged(response)
    case Backend.NoData:
      return acknowledged(response)
    case Backend.ParameterDescription:
      if (statement !== null) statement.parameterTypes = typesAt(bytes, start, end)
      return false
    case Backend.ParseComplete:
    case Backend.BindComplete:
    case Backend.CloseComplete:
      response.extended = true
      return acknowledged(response)
    default:
      return addOther(response, type, bytes, start, end, size)
  }
}

function addOther(
  response: PostgresqlResponse,
  type: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  size: number,
): boolean {
  switch (type) {
    case Backend.Authentication:
      addAuthentication(response, bytes, start, end)
      return false
    case Backend.ParameterStatus:
      addParameter(response, bytes, start, end)
      return false
    case Backend.BackendKeyData:
      // Behind the process number stands the key to cancel with: a credential.
      if (end - start >= 4) response.processId = u32be(bytes, start)
      return false
    case Backend.CopyInResponse:
      response.copyDirection = 'in'
      return false
    case Backend.CopyOutResponse:
      response.copyDirection = 'out'
      return false
    case Backend.CopyBothResponse:
      // Replication: both sides send CopyData from here on, for days.
      response.copyDirection = 'both'
      return true
    case Backend.CopyData:
      takeCopyData((response.copy ??= newCopyData()), bytes, start, end, size)
      return false
    default:
      return false
  }
}

/** CommandComplete and its like: the end in the extended protocol, one of several results in the simple one. */
function endsStatement(response: PostgresqlResponse): boolean {
  if (response.kind === Kind.Execute) return true
  return response.kind !== Kind.Query && (response.extended || response.suspended)
}

function acknowledged(response: PostgresqlResponse): boolean {
  return --response.pending === 0 && response.kind === Kind.Prepare
}

function addRow(response: PostgresqlResponse, bytes: Uint8Array, start: number, end: number): void {
  response.rows++
  const size = end - start
  if (response.sample.length >= MAX_SAMPLE_ROWS || response.sampleBytes + size > MAX_SAMPLE_BYTES) return
  response.sample.push(keep(bytes, start, end))
  response.sampleBytes += size
}

function addTag(response: PostgresqlResponse, bytes: Uint8Array, start: number, end: number): void {
  response.tagCount++
  if (response.tags.length >= MAX_TAGS) return
  const nul = findByte(bytes, start, end, 0)
  response.tags.push(latin1(bytes, start, Math.min(nul < 0 ? end : nul, start + MAX_NAME_BYTES)))
}

/** Number at the end of a tag (`INSERT 0 5`, `SELECT 3`): rows; −1 where it has none. */
export function rowsOfTag(tag: string): number {
  let at = tag.length
  while (at > 0 && tag.charCodeAt(at - 1) >= 0x30 && tag.charCodeAt(at - 1) <= 0x39) at--
  return at === tag.length || at === 0 || tag.charCodeAt(at - 1) !== 0x20 ? -1 : Number(tag.slice(at))
}

function addError(response: PostgresqlResponse, bytes: Uint8Array, start: number, end: number): boolean {
  response.error = readFields(bytes, start, end)
  // No ReadyForQuery follows when the server ends the connection, nor in answer to a start-up packet.
  const severity = response.error['severity'] ?? response.error['localized_severity']
  if (severity === 'FATAL' || severity === 'PANIC' || response.kind === Kind.Startup) return true
  if (response.kind === Kind.Execute || response.kind === Kind.Prepare) return true
  return response.kind !== Kind.Query && response.extended
}

/** (type value NUL)* NUL, by name; types without a name are left out. */
export function readFields(bytes: Uint8Array, start: number, end: number): Fields {
  const fields: Record<string, string> = {}
  let at = start
  while (at < end && bytes[at] !== 0) {
    const nul = findByte(bytes, at + 1, end, 0)
    const to = nul < 0 ? end : nul
    const name = errorFieldNames[String.fromCharCode(bytes[at]!)]
    if (name !== undefined) fields[name] = utf8(bytes, at + 1, Math.min(to, at + 1 + MAX_ERROR_TEXT_BYTES))
    at = to + 1
  }
  return fields
}

function addAuthentication(response: PostgresqlResponse, bytes: Uint8Array, start: number, end: number): void {
  if (end - start < 4 || response.authentication.length >= MAX_NOTICES) return
  const code = u32be(bytes, start)
  const name = authenticationNames[code] ?? `UNKNOWN(${code})`
  // SASL lists its mechanisms.
  const nul = code === 10 ? findByte(bytes, start + 4, end, 0) : -1
  response.authentication.push(
    nul < 0 ? name : `${name} ${latin1(bytes, start + 4, Math.min(nul, start + 4 + MAX_NAME_BYTES))}`,
  )
}

function addParameter(response: PostgresqlResponse, bytes: Uint8Array, start: number, end: number): void {
  const parameters = (response.parameters ??= {})
  if (Object.keys(parameters).length >= MAX_OPTIONS) return
  const nameEnd = findByte(bytes, start, end, 0)
  if (nameEnd < 0) return
  const valueEnd = findByte(bytes, nameEnd + 1, end, 0)
  const name = latin1(bytes, start, Math.min(nameEnd, start + MAX_NAME_BYTES))
  parameters[name] = utf8(bytes, nameEnd + 1, Math.min(valueEnd < 0 ? end : valueEnd, nameEnd + 1 + MAX_NAME_BYTES))
}

/** NotificationResponse = Int32(process) channel NUL payload NUL */
export function readNotification(bytes: Uint8Array, start: number, end: number): PostgresqlResponse {
  const message = new PostgresqlResponse(Role.OneWay)
  message.command = 'NOTIFICATION'
  message.processId = end - start >= 4 ? u32be(bytes, start) : 0
  const from = Math.min(end, start + 4)
  const nul = findByte(bytes, from, end, 0)
  const channelEnd = nul < 0 ? end : nul
  message.channel = keep(bytes, from, Math.min(channelEnd, from + MAX_NAME_BYTES))
  const payloadStart = Math.min(end, channelEnd + 1)
  const payloadNul = findByte(bytes, payloadStart, end, 0)
  message.payload = keep(bytes, payloadStart, payloadNul < 0 ? end : payloadNul)
  return message
}

/** A notice, or the error that ends a connection, while nobody waits for a response. */
export function readUnasked(type: number, bytes: Uint8Array, start: number, end: number): PostgresqlResponse {
  const message = new PostgresqlResponse(Role.OneWay)
  message.command = type === Backend.ErrorResponse ? 'ERROR' : 'NOTICE'
  const fields = readFields(bytes, start, end)
  if (type === Backend.ErrorResponse) message.error = fields
  else {
    message.notices.push(fields)
    message.noticeCount = 1
  }
  return message
}
