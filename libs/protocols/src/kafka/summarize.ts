import { utf8 } from '@hindwire/bytes/text.ts'

import type { Column } from '../contract/column.ts'
import { Columns } from '../contract/common-columns.ts'
import type { EntryWriter } from '../contract/entry-writer.ts'
import type { Pair } from '../contract/message.ts'
import { ApiKey, apiName } from './api-keys.ts'
import { KafkaColumns } from './columns.ts'
import { type Decoder, Status } from './decode.ts'
import { errorName } from './error-codes.ts'
import { MAX_SUMMARY_CHARACTERS } from './limits.ts'
import { clientIdEnd, REQUEST_HEADER_BYTES, requestBody, RESPONSE_HEADER_BYTES, responseBody } from './parse.ts'
import { RecordText } from './record-text.ts'
import { RecordReader } from './records.ts'
import { schemaOf } from './schemas.ts'
import type { KafkaMessage, Struct } from './types.ts'

/** A body as it was read. */
interface Read {
  readonly decoder: Decoder
  readonly body: Struct
}

/**
 * method: API · path: topics, else groups · status_code, error_code: first error of the response, NONE left out ·
 * bodies: records written (Produce) or read (Fetch), one JSON object a line · detail: decoded request and response.
 */
export function summarize({ request, response }: Pair<KafkaMessage>, entry: EntryWriter): void {
  const asked = request === null ? null : readRequest(request)
  const answered = request === null || response === null ? null : readResponse(request, response)
  const records = { count: 0 }
  const detail: Struct = { correlation_id: (request ?? response)?.id ?? 0 }
  entry.number(KafkaColumns.apiKey, request?.apiKey ?? -1)
  if (request !== null) {
    entry.number(Columns.requestSize, request.wireSize)
    entry.text(Columns.method, apiName(request.apiKey))
    entry.number(KafkaColumns.apiVersion, request.apiVersion)
    writeClientId(request, entry)
    if (asked !== null) {
      records.count += writeRecords(request, asked, entry, requestColumns)
      detail['request'] = asked.body
    }
  }
  if (response !== null) {
    entry.number(Columns.responseSize, response.wireSize)
    if (answered !== null) {
      records.count += writeRecords(response, answered, entry, responseColumns)
      detail['response'] = answered.body
      writeError(answered.decoder, entry)
    }
  }
  const path = writeTopics(asked?.decoder, answered?.decoder, entry)
  const error = answered?.decoder.errorCode ?? 0
  entry.text(Columns.summary, summaryText(request, path, records.count, error))
  entry.text(Columns.detail, JSON.stringify(detail))
}

function summaryText(request: KafkaMessage | null, path: string, records: number, error: number): string {
  let text = request === null ? 'response without request' : apiName(request.apiKey)
  if (path !== '') text += ` ${path}`
  if (records > 0) text += ` (${records} ${records === 1 ? 'record' : 'records'})`
  if (error === 0) return text.slice(0, MAX_SUMMARY_CHARACTERS)
  const name = errorName(error)
  return `${text.slice(0, MAX_SUMMARY_CHARACTERS - name.length)} → ${name}`
}

function readRequest(request: KafkaMessage): Read | null {
  const { bytes, start, end, apiKey, apiVersion } = request
  if (end - start < REQUEST_HEADER_BYTES) return null
  const decoder = requestBody(bytes, start, end)
  const shape = schemaOf(apiKey, apiVersion)?.request.shape(apiVersion)
  return decoder === null || shape === undefined ? null : finished({ decoder, body: decoder.struct(shape) })
}

function readResponse(request: KafkaMessage, response: KafkaMessage): Read | null {
  const { apiKey, apiVersion } = request
  const read = readResponseAs(response, apiKey, apiVersion)
  // A broker that does not know the client's version of ApiVersions answers in version 0 (KIP-511).
  if (apiKey === ApiKey.ApiVersions && read?.decoder.status !== Status.Ok) {
    return readResponseAs(response, apiKey, 0) ?? read
  }
  return read
}

function readResponseAs({ bytes, start, end }: KafkaMessage, key: number, version: number): Read | null {
  if (end - start < RESPONSE_HEADER_BYTES) return null
  const decoder = responseBody(bytes, start, end, key, version)
  const shape = schemaOf(key, version)?.response.shape(version)
  return decoder === null || shape === undefined ? null : finished({ decoder, body: decoder.struct(shape) })
}

/** Says in the decoded message that it is not all. */
function finished(read: Read): Read {
  if (read.decoder.status === Status.Short) read.body['cut'] = true
  else if (!read.decoder.atEnd) read.body['not_understood'] = true
  return read
}

function writeClientId({ bytes, start, end }: KafkaMessage, entry: EntryWriter): void {
  if (end - start < REQUEST_HEADER_BYTES) return
  const idEnd = clientIdEnd(bytes, start)
  const idStart = start + REQUEST_HEADER_BYTES
  if (idEnd > idStart && idEnd <= end) entry.text(KafkaColumns.clientId, utf8(bytes, idStart, idEnd))
}

interface BodyColumns {
  readonly body: Column
  readonly size: Column
  readonly truncated: Column
}

const requestColumns: BodyColumns = {
  body: Columns.requestBody,
  size: Columns.requestBodySize,
  truncated: Columns.requestBodyTruncated,
}

const responseColumns: BodyColumns = {
  body: Columns.responseBody,
  size: Columns.responseBodySize,
  truncated: Columns.responseBodyTruncated,
}

/** Writes the records of a message as its body; returns how many its batches hold. */
function writeRecords(message: KafkaMessage, { decoder }: Read, entry: EntryWriter, to: BodyColumns): number {
  if (decoder.recordSets.length === 0) return 0
  const text = new RecordText(message.bodyLimit)
  const reader = new RecordReader((record) => text.add(record))
  for (const set of decoder.recordSets) reader.readSet(message.bytes, set)
  const body = text.text
  if (body !== '') {
    entry.text(to.body, body)
    entry.number(to.size, Buffer.byteLength(body))
  }
  if (text.truncated || reader.incomplete) entry.number(to.truncated, 1)
  return reader.total
}

function writeError({ errorCode, errorMessage }: Decoder, entry: EntryWriter): void {
  entry.number(Columns.statusCode, errorCode)
  if (errorCode === 0) return
  entry.number(Columns.isError, 1)
  entry.text(Columns.errorCode, errorName(errorCode))
  if (errorMessage !== '') entry.text(Columns.errorMessage, errorMessage)
}

/** Topics of the request, or of the response to one that asked for all; else groups. Returns the path. */
function writeTopics(asked: Decoder | undefined, answered: Decoder | undefined, entry: EntryWriter): string {
  const topics = firstFilled(asked?.topics, answered?.topics)
  if (topics.length > 0) entry.list(KafkaColumns.topics, topics)
  const path = (topics.length > 0 ? topics : firstFilled(asked?.groups, answered?.groups)).join(',')
  if (path !== '') entry.text(Columns.path, path)
  return path
}

function firstFilled(first: readonly string[] | undefined, second: readonly string[] | undefined): readonly string[] {
  return first !== undefined && first.length > 0 ? first : (second ?? [])
}
