import { utf8 } from '@hindwire/bytes/text.ts'

import { Columns } from '../contract/common-columns.ts'
import type { EntryWriter } from '../contract/entry-writer.ts'
import type { Pair } from '../contract/message.ts'
import { SqlColumns } from '../sql/columns.ts'
import { rowText } from '../sql/row-text.ts'
import { verbOf, withoutSecrets } from '../sql/statement.ts'
import { rowsOfTag } from './server.ts'
import { Kind, type PostgresqlMessage, PostgresqlRequest, type PostgresqlResponse, type Statement } from './types.ts'
import { type ColumnDescription, readBind, readColumns, readRow } from './values.ts'

const MAX_SUMMARY_CHARACTERS = 160

/** JSON of what no column holds; members without a value are left out. */
type Detail = Record<string, unknown>

/**
 * method: verb of the command tag, or of the statement where none came; STARTUP, PARSE, NOTIFICATION, … else ·
 * path: statement text · host: database · request_body: bound parameters as JSON, or data of COPY FROM ·
 * response_body: first rows, tab-separated below their column names · detail: the rest.
 */
export function summarize(pair: Pair<PostgresqlMessage>, entry: EntryWriter): void {
  const request = pair.request instanceof PostgresqlRequest ? pair.request : null
  const response = (pair.response ?? (request === null ? pair.request : null)) as PostgresqlResponse | null
  const detail: Detail = {}
  if (request !== null) writeRequest(request, entry, detail)
  if (response !== null) writeResponse(response, request, entry, detail)
  const method = methodOf(request, response)
  entry.text(Columns.method, method)
  if ((request?.statement ?? null) === null)
    entry.text(Columns.summary, summaryWithoutStatement(method, request, response))
  for (const _ in detail) {
    entry.text(Columns.detail, JSON.stringify(detail))
    break
  }
}

function methodOf(request: PostgresqlRequest | null, response: PostgresqlResponse | null): string {
  const tag = response?.tags[0]
  if (tag !== undefined) {
    const space = tag.indexOf(' ')
    return space < 0 ? tag : tag.slice(0, space)
  }
  if (request === null) return response?.command ?? ''
  if (request.command !== '') return request.command
  const text = request.statement?.text
  const verb = text === null || text === undefined ? '' : verbOf(text.bytes, text.start, text.end)
  return verb !== '' ? verb : request.kind === Kind.Execute ? 'EXECUTE' : 'QUERY'
}

function summaryWithoutStatement(
  method: string,
  request: PostgresqlRequest | null,
  response: PostgresqlResponse | null,
): string {
  if (request?.kind === Kind.Startup) return `${method} ${request.login.user}@${request.login.database}`
  const channel = response?.channel
  if (channel) return `${method} ${utf8(channel.bytes, channel.start, channel.end)}`
  const message = response?.error?.['message'] ?? response?.notices[0]?.['message']
  return message === undefined ? method : `${method} ${message}`.trimStart().slice(0, MAX_SUMMARY_CHARACTERS)
}

function writeRequest(request: PostgresqlRequest, entry: EntryWriter, detail: Detail): void {
  entry.number(Columns.requestSize, request.wireSize)
  const { login, statement } = request
  if (login.database !== '') entry.text(Columns.host, login.database)
  if (login.user !== '') entry.text(SqlColumns.user, login.user)
  if (login.version !== '') entry.text(Columns.version, login.version)
  if (statement !== null) writeStatement(statement, request, entry, detail)
  if (request.options !== null) detail['parameters'] = request.options
  if (request.processId !== 0) detail['process_id'] = request.processId
  if (request.copyFailed !== '') detail['copy_failed'] = request.copyFailed
  if (request.copy !== null) {
    const { bytes, sample, sampled } = request.copy
    entry.bytes(Columns.requestBody, sample, 0, sampled)
    entry.number(Columns.requestBodySize, bytes)
    if (bytes > sampled) entry.number(Columns.requestBodyTruncated, 1)
  } else if (request.bind !== null) {
    const { parameters } = readBind(request.bind, statement?.parameterTypes ?? [])
    if (parameters.length > 0 && !mayBeSecret(statement)) {
      const text = JSON.stringify(parameters)
      entry.text(Columns.requestBody, text)
      entry.number(Columns.requestBodySize, Buffer.byteLength(text))
      if (request.bindCut) entry.number(Columns.requestBodyTruncated, 1)
    }
  }
}

/** Parameters of a statement that deals with passwords in clear text are not stored. */
function mayBeSecret(statement: Statement | null): boolean {
  const text = statement?.text
  if (!text) return false
  const verb = verbOf(text.bytes, text.start, text.end)
  return (verb === 'ALTER' || verb === 'CREATE') && /password/iu.test(utf8(text.bytes, text.start, text.end))
}

function writeStatement(statement: Statement, request: PostgresqlRequest, entry: EntryWriter, detail: Detail): void {
  const { text, name } = statement
  if (name !== '') detail['statement'] = name
  if (request.portal !== '') detail['portal'] = request.portal
  if (request.maxRows > 0) detail['max_rows'] = request.maxRows
  if (statement.cut) detail['statement_cut'] = true
  if (text === null) {
    const unknown = name === '' ? '(statement not captured)' : `(prepared statement "${name}")`
    entry.text(Columns.path, unknown)
    entry.text(Columns.summary, unknown)
    return
  }
  const masked = withoutSecrets(text.bytes, text.start, text.end)
  if (masked === null) {
    entry.bytes(Columns.path, text.bytes, text.start, text.end)
    entry.bytes(Columns.summary, text.bytes, text.start, Math.min(text.end, text.start + MAX_SUMMARY_CHARACTERS))
  } else {
    entry.text(Columns.path, masked)
    entry.text(Columns.summary, masked.slice(0, MAX_SUMMARY_CHARACTERS))
  }
}

function writeResponse(
  response: PostgresqlResponse,
  request: PostgresqlRequest | null,
  entry: EntryWriter,
  detail: Detail,
): void {
  const alone = response.command !== ''
  entry.number(alone ? Columns.requestSize : Columns.responseSize, response.wireSize)
  writeError(response, entry, detail)
  if (response.skipped) return
  const rows = rowsOf(response)
  if (rows > 0) entry.number(SqlColumns.rows, rows)
  if (response.tagCount > 1) {
    detail['tags'] = response.tags
    detail['statements'] = response.tagCount
  } else if (response.tagCount === 1) detail['tag'] = response.tags[0]
  if (response.suspended) detail['suspended'] = true
  if (response.status !== '') detail['transaction_status'] = response.status
  if (response.reply !== '') detail['reply'] = response.reply
  if (response.authentication.length > 0) detail['authentication'] = response.authentication
  if (response.parameters !== null) detail['server_parameters'] = response.parameters
  if (response.processId !== 0) detail['process_id'] = response.processId
  if (response.copyDirection !== '') detail['copy'] = response.copyDirection
  if (response.notices.length > 0) detail['notices'] = response.notices
  if (response.noticeCount > response.notices.length) detail['notice_count'] = response.noticeCount
  if (response.channel !== null) writeNotification(response, entry)
  else if (response.copy !== null) writeCopyOut(response, entry)
  else writeRows(response, request, entry, detail)
}

/** Rows of all tags; of results without a tag, and of statements whose tag has no number, the rows that were sent. */
function rowsOf(response: PostgresqlResponse): number {
  let sum = -1
  for (const tag of response.tags) {
    const rows = rowsOfTag(tag)
    if (rows >= 0) sum = Math.max(0, sum) + rows
  }
  return sum < 0 ? response.rows : sum
}

function writeError(response: PostgresqlResponse, entry: EntryWriter, detail: Detail): void {
  if (response.skipped) {
    entry.number(Columns.isError, 1)
    entry.text(Columns.errorMessage, 'not executed: an earlier statement of the pipeline failed')
    return
  }
  const { error } = response
  if (error === null) return
  entry.number(Columns.isError, 1)
  entry.text(Columns.errorCode, error['code'] ?? '')
  entry.text(Columns.errorMessage, error['message'] ?? '')
  detail['error'] = error
}

function writeNotification(response: PostgresqlResponse, entry: EntryWriter): void {
  const { channel, payload } = response
  if (channel !== null) entry.bytes(Columns.path, channel.bytes, channel.start, channel.end)
  if (payload === null || payload.end === payload.start) return
  entry.bytes(Columns.requestBody, payload.bytes, payload.start, payload.end)
  entry.number(Columns.requestBodySize, payload.end - payload.start)
}

function writeCopyOut(response: PostgresqlResponse, entry: EntryWriter): void {
  const { copy } = response
  if (copy === null) return
  entry.bytes(Columns.responseBody, copy.sample, 0, copy.sampled)
  entry.number(Columns.responseBodySize, copy.bytes)
  if (copy.bytes > copy.sampled) entry.number(Columns.responseBodyTruncated, 1)
}

function writeRows(
  response: PostgresqlResponse,
  request: PostgresqlRequest | null,
  entry: EntryWriter,
  detail: Detail,
): void {
  const described = response.columns ?? (response.rows > 0 ? (request?.statement?.columns ?? null) : null)
  const columns: readonly ColumnDescription[] = described === null ? [] : readColumns(described)
  if (columns.length > 0) detail['columns'] = columns.map(({ name, type }) => ({ name, type }))
  if (response.sample.length === 0) return
  const formats = request?.bind ? readBind(request.bind, []).resultFormats : null
  const lines = columns.length > 0 ? [rowText(columns.map(({ name }) => name))] : []
  for (const row of response.sample) lines.push(rowText(readRow(row, columns, formats)))
  const text = lines.join('\n')
  entry.text(Columns.responseBody, text)
  entry.number(Columns.responseBodySize, Buffer.byteLength(text))
  if (response.rows > response.sample.length) entry.number(Columns.responseBodyTruncated, 1)
}
