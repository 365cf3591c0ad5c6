import { utf8 } from '@hindwire/bytes/text.ts'

import { Columns } from '../contract/common-columns.ts'
import type { EntryWriter } from '../contract/entry-writer.ts'
import type { Pair } from '../contract/message.ts'
import { SqlColumns } from '../sql/columns.ts'
import { rowText } from '../sql/row-text.ts'
import { withoutSecrets } from '../sql/statement.ts'
import { MysqlColumns } from './columns.ts'
import { Command, commandName } from './constants.ts'
import { type MysqlMessage, MysqlRequest, type MysqlResponse, Pseudo } from './types.ts'
import { type ColumnDefinition, readBinaryRow, readColumn, readParameters, readTextRow } from './values.ts'

const MAX_SUMMARY_CHARACTERS = 160

/** JSON of what no column holds; members without a value are left out. */
type Detail = Record<string, unknown>

/**
 * method: name of the command (COM_QUERY), LOGIN, SSL_REQUEST · path: statement text, of prepared statements too; name
 * of a database · host: database · request_body: parameters as JSON, or a file sent with LOAD DATA LOCAL ·
 * response_body: first rows, tab-separated below their column names · status_code, error_code: number of an error.
 */
export function summarize(pair: Pair<MysqlMessage>, entry: EntryWriter): void {
  const request = pair.request instanceof MysqlRequest ? pair.request : null
  const response = (pair.response ?? (request === null ? pair.request : null)) as MysqlResponse | null
  const detail: Detail = {}
  if (request !== null) writeRequest(request, entry, detail)
  const statementId = idOf(request, response)
  if (statementId >= 0) entry.number(MysqlColumns.statementId, statementId)
  if (response !== null) {
    // A server that refuses the connection instead of greeting, or ends it.
    const unasked = request === null && pair.response === null
    if (unasked) {
      entry.text(Columns.method, 'ERROR')
      entry.text(Columns.summary, `ERROR ${response.error?.message ?? ''}`.slice(0, MAX_SUMMARY_CHARACTERS))
    }
    entry.number(unasked ? Columns.requestSize : Columns.responseSize, response.wireSize)
    writeResponse(response, request, entry, detail)
  }
  for (const _ in detail) {
    entry.text(Columns.detail, JSON.stringify(detail))
    break
  }
}

/** Of a COM_STMT_PREPARE, the one it was given; of a statement executed before that was known, too. */
function idOf(request: MysqlRequest | null, response: MysqlResponse | null): number {
  if (request?.statement && request.statement.id >= 0) return request.statement.id
  return request !== null && request.statementId >= 0 ? request.statementId : (response?.statementId ?? -1)
}

function methodOf(command: number): string {
  if (command === Pseudo.Login) return 'LOGIN'
  return command === Pseudo.Ssl ? 'SSL_REQUEST' : commandName(command)
}

function writeRequest(request: MysqlRequest, entry: EntryWriter, detail: Detail): void {
  const method = methodOf(request.command)
  entry.text(Columns.method, method)
  entry.number(Columns.requestSize, request.wireSize)
  if (request.login.database !== '') entry.text(Columns.host, request.login.database)
  if (request.login.user !== '') entry.text(SqlColumns.user, request.login.user)
  writePath(request, method, entry)
  if (request.textCut || request.statement?.textCut === true) detail['statement_cut'] = true
  if (request.argument >= 0)
    detail[request.command === Command.StmtFetch ? 'max_rows' : 'connection_id'] = request.argument
  if (request.plugin !== '') detail['plugin'] = request.plugin
  if (request.attributes !== null) detail['attributes'] = request.attributes
  if (request.greeting !== null) {
    const { version, connectionId, plugin } = request.greeting
    entry.text(Columns.version, version)
    detail['connection_id'] = connectionId
    if (plugin !== '') detail['server_plugin'] = plugin
  }
  writeRequestBody(request, entry)
}

function writePath(request: MysqlRequest, method: string, entry: EntryWriter): void {
  const text = request.text ?? request.statement?.text ?? null
  if (text === null) {
    const unknown = request.statementId >= 0 ? `(prepared statement ${request.statementId})` : ''
    if (unknown !== '') entry.text(Columns.path, unknown)
    const who =
      request.command === Pseudo.Login || request.command === Command.ChangeUser ? request.login.user : unknown
    entry.text(Columns.summary, `${method} ${who}`.trimEnd())
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

function writeRequestBody(request: MysqlRequest, entry: EntryWriter): void {
  if (request.file !== null) {
    const { bytes, sample, sampled } = request.file
    entry.bytes(Columns.requestBody, sample, 0, sampled)
    entry.number(Columns.requestBodySize, bytes)
    if (bytes > sampled) entry.number(Columns.requestBodyTruncated, 1)
    return
  }
  if (request.values === null || mayBeSecret(request)) return
  const values = readParameters(request.values, request.types)
  const text = JSON.stringify(values)
  entry.text(Columns.requestBody, text)
  entry.number(Columns.requestBodySize, Buffer.byteLength(text))
  if (request.valuesCut || values.length < request.types.length) entry.number(Columns.requestBodyTruncated, 1)
}

/** Parameters of a statement that deals with passwords in clear text are not stored. */
function mayBeSecret(request: MysqlRequest): boolean {
  const text = request.statement?.text
  if (!text) return false
  return /^\s*(?:create|alter|set|grant)\b[\s\S]*(?:identified|password)/iu.test(utf8(text.bytes, text.start, text.end))
}

function writeResponse(
  response: MysqlResponse,
  request: MysqlRequest | null,
  entry: EntryWriter,
  detail: Detail,
): void {
  const { error } = response
  if (error !== null) {
    entry.number(Columns.isError, 1)
    entry.number(Columns.statusCode, error.code)
    entry.text(Columns.errorCode, String(error.code))
    entry.text(Columns.errorMessage, error.message)
    if (error.state !== '') detail['sqlstate'] = error.state
  }
  const rows = response.rows + response.affected
  if (rows > 0) entry.number(SqlColumns.rows, rows)
  if (response.statementId >= 0) detail['parameters'] = response.parameters
  if (response.affected > 0) detail['affected_rows'] = response.affected
  if (response.lastInsertId > 0) detail['last_insert_id'] = response.lastInsertId
  if (response.warnings > 0) detail['warnings'] = response.warnings
  if (response.info !== '') detail['info'] = response.info
  if (response.results > 1) detail['results'] = response.results
  if (response.plugins.length > 0) detail['plugins'] = response.plugins
  if (response.fileName !== '') detail['file'] = response.fileName
  if (response.events > 0) detail['events'] = response.events
  if (response.text === '') writeRows(response, request, entry, detail)
  else {
    entry.text(Columns.responseBody, response.text)
    entry.number(Columns.responseBodySize, Buffer.byteLength(response.text))
  }
}

function writeRows(response: MysqlResponse, request: MysqlRequest | null, entry: EntryWriter, detail: Detail): void {
  const described = response.columns.length > 0 || response.rows === 0 ? response.columns : request?.statement?.columns
  const columns: readonly ColumnDefinition[] = (described ?? []).map((kept) => readColumn(kept))
  if (columns.length > 0) detail['columns'] = columns.map(({ name, type }) => ({ name, type }))
  if (response.sample.length === 0) return
  const lines = columns.length > 0 ? [rowText(columns.map(({ name }) => name))] : []
  for (const row of response.sample) {
    lines.push(rowText(response.binary ? readBinaryRow(row, columns) : readTextRow(row)))
  }
  const text = lines.join('\n')
  entry.text(Columns.responseBody, text)
  entry.number(Columns.responseBodySize, Buffer.byteLength(text))
  if (response.rows > response.sample.length) entry.number(Columns.responseBodyTruncated, 1)
}
