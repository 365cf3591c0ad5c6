import { buildCatalogue } from '@hindwire/entries/build-catalogue.ts'
import type { ProtocolFields } from '@hindwire/entries/build-catalogue.ts'
import type { Catalogue } from '@hindwire/entries/catalogue.ts'
import { column } from '@hindwire/protocols/contract/column.ts'
import '@hindwire/protocols/contract/common-columns.ts'
import type { Field, FieldSource, KflType } from '@hindwire/protocols/contract/field.ts'

column('query_string', 'map', 'query of the URL')
column('questions', 'strings', 'names asked for')
column('question_types', 'labels', 'types asked for')
column('ratio_percent', 'u32', 'a number that is read as a double')
column('payload', 'string', 'bytes')
column('own_code', 'i32', 'a column of one protocol alone')

const field = (variable: string, type: KflType, source: FieldSource, extra: Partial<Field> = {}): Field => ({
  variable,
  type,
  source,
  description: variable,
  example: variable,
  ...extra,
})

const headers = { caseInsensitiveKeys: true } as const

const perSecond = { ratio: 'response_size', to: ['elapsed_us', 'request_size'], scale: 1e6, atLeast: 1 } as const

const http: readonly Field[] = [
  field('method', 'string', { column: 'method' }),
  field('path', 'string', { column: 'path' }),
  field('url', 'string', { joined: ['host', 'path'], separator: '' }),
  field('status_code', 'int', { column: 'status_code' }),
  field('request.headers', 'map<string,string>', { column: 'request_headers' }, headers),
  field('response.headers', 'map<string,string>', { column: 'response_headers' }, headers),
  field('query_string', 'map<string,string>', { column: 'query_string' }),
  field('request_body', 'string', { column: 'request_body' }),
  field('response_body', 'string', { column: 'response_body' }),
  field('bytes_per_second', 'int', { ...perSecond, whole: true }),
  field('response_share', 'double', { ...perSecond, scale: 1, atLeast: 0, whole: false }),
  field('http_total_size', 'int', { sum: ['request_size', 'response_size'] }),
]

/** A realistic part of the real catalogue: every kind of source, every type, columns that protocols share. */
const protocols: readonly ProtocolFields[] = [
  { name: 'http', title: 'HTTP', entryProtocols: ['http', 'http2', 'grpc'], fields: http },
  {
    name: 'grpc',
    title: 'gRPC',
    entryProtocols: ['grpc'],
    fields: [
      field('http', 'bool', { protocolIn: ['grpc'] }),
      field('grpc_status', 'int', { column: 'status_code' }, { default: -1 }),
      field('grpc_method', 'string', { column: 'method' }),
    ],
  },
  {
    name: 'dns',
    title: 'DNS',
    entryProtocols: ['dns', 'mdns'],
    fields: [
      field('status_code', 'int', { column: 'status_code' }),
      field('dns_rcode', 'string', { column: 'error_code' }),
      field('dns_questions', 'list<string>', { column: 'questions' }),
      field('dns_question_types', 'list<string>', { column: 'question_types' }),
      field('dns_response', 'bool', { present: 'response_last_packet' }),
    ],
  },
  {
    name: 'redis',
    title: 'Redis',
    entryProtocols: ['redis'],
    fields: [
      field('redis_type', 'string', { column: 'method' }),
      field('redis_key', 'string', { column: 'path' }),
      field('redis_total_size', 'int', { sum: ['request_size', 'response_size'] }),
      field('redis_ratio', 'double', { column: 'ratio_percent' }),
      field('redis_payload', 'bytes', { column: 'payload' }),
      field('redis_code', 'int', { column: 'own_code' }),
    ],
  },
]

export const catalogue: Catalogue = buildCatalogue(protocols)

/** A fixed `now()`: 2026-03-14T22:00:00Z. */
export const now = Date.UTC(2026, 2, 14, 22)
