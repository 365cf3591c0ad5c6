import type { Catalogue, StoredRow, Variable } from '@hindwire/entries/catalogue.ts'
import { sourceColumns } from '@hindwire/entries/source-columns.ts'
import { sourceReader } from '@hindwire/kfl/evaluate-source.ts'

import { bodyText } from './body.ts'
import { ALL_NAMES, compactShape, endpoint } from './compact.ts'
import { compactObject, type Member, numberOf, type Shape, storedString, textMember, textOf } from './shape.ts'

/** Bytes of a body in a list of calls. */
export const PREVIEW_BYTES = 4096

/** `format=full`: the compact call, with headers, previews of bodies, the protocol's own fields and the evidence. */
export function fullShape(catalogue: Catalogue): Shape {
  return {
    textBytes: PREVIEW_BYTES,
    members: [
      ...compactShape(catalogue).members.map(withDns),
      { name: 'is_error', columns: ['is_error'], read: (row) => numberOf(row, 'is_error') > 0 },
      textMember('error_code', 'error_code'),
      flowNumber('conn_id'),
      flowNumber('flow_id'),
      textMember('node_id', 'node'),
      textMember('worker', 'node'),
      { name: 'duration_ms', columns: ['duration_us'], read: (row) => numberOf(row, 'duration_us') / 1000 },
      textMember('host', 'host'),
      textMember('summary', 'summary'),
      textMember('error_message', 'error_message'),
      map('req_headers', 'request_headers'),
      map('resp_headers', 'response_headers'),
      ...body('req', 'request'),
      ...body('resp', 'response'),
      { name: 'req_size', columns: ['request_size'], read: (row) => numberOf(row, 'request_size') },
      { name: 'resp_size', columns: ['response_size'], read: (row) => numberOf(row, 'response_size') },
      ownFields(catalogue),
      { name: 'detail', columns: ['detail'], read: detail },
      evidence(),
    ],
  }
}

/** Endpoints with the name that DNS answers gave. */
function withDns(member: Member): Member {
  const { name } = member
  return name === 'src' || name === 'dst' ? endpoint(name, ALL_NAMES) : member
}

function flowNumber(name: string): Member {
  return { name, columns: ['flow'], read: (row) => numberOf(row, 'flow') }
}

function map(name: string, column: string): Member {
  return {
    name,
    columns: [column],
    read(row) {
      const value = row[column]
      return typeof value === 'object' && Object.keys(value).length > 0 ? value : undefined
    },
  }
}

function body(short: string, side: string): Member[] {
  const text = `${side}_body`
  const size = `${side}_body_size`
  const isCut = (row: StoredRow) => Buffer.byteLength(storedString(row, text)) >= PREVIEW_BYTES
  const isTruncated = (row: StoredRow) => numberOf(row, size) > PREVIEW_BYTES || numberOf(row, `${text}_truncated`) > 0
  const read = (row: StoredRow) => bodyText(storedString(row, text), isCut(row))
  return [
    {
      name: `${short}_body`,
      columns: [text],
      read: (row) => (storedString(row, text) === '' ? undefined : read(row).text),
    },
    { name: `${short}_body_encoding`, columns: [text], read: (row) => read(row).encoding },
    { name: `${short}_body_size`, columns: [size], read: (row) => numberOf(row, size) || undefined },
    {
      name: `${short}_body_truncated`,
      columns: [size, `${text}_truncated`],
      read: (row) => isTruncated(row) || undefined,
    },
  ]
}

/** What the members of a call hold already is not repeated as a field. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  'method',
  'path',
  'status_code',
  'host',
  'request_headers',
  'response_headers',
  'request_body',
  'response_body',
  'request_size',
  'response_size',
  'request_body_size',
  'response_body_size',
])

/** The variables of the entry's protocol under their KFL names, as far as they have a value. */
function ownFields(catalogue: Catalogue): Member {
  const own = [...catalogue.variables.values()].filter(isOwn).map((variable) => ({
    name: variable.variable,
    type: variable.type,
    protocols: new Set(variable.protocols),
    read: sourceReader(variable.source, new Map()),
  }))
  const columns = [...catalogue.variables.values()].filter(isOwn).flatMap(({ source }) => sourceColumns(source))
  return {
    name: 'fields',
    columns: ['protocol', ...new Set(columns)],
    read(row) {
      const protocol = textOf(row, 'protocol') ?? ''
      const entries = own
        .filter(({ protocols }) => protocols.has(protocol))
        .map(({ name, type, read }) => [name, shown(read(row), type)] as const)
      return compactObject(Object.fromEntries(entries))
    },
  }
}

function isOwn({ protocols, source }: Variable): boolean {
  return protocols !== null && !('column' in source && ELSEWHERE.has(source.column))
}

function shown(value: ReturnType<ReturnType<typeof sourceReader>>, type: Variable['type']): unknown {
  if (type === 'bool') return value === true || (typeof value === 'number' && value !== 0) || undefined
  if (typeof value === 'string') return value === '' ? undefined : value.toWellFormed()
  if (typeof value === 'object') return Object.keys(value).length === 0 ? undefined : value
  return value === 0 ? undefined : value
}

/** The rest of the decoded message, JSON in the column; a preview that is cut is no JSON any more, and stays text. */
function detail(row: StoredRow): unknown {
  const text = textOf(row, 'detail')
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Where in which file the packets are, and how whole the call is. */
function evidence(): Member {
  const packets = [
    'request_first_packet',
    'request_last_packet',
    'response_first_packet',
    'response_last_packet',
  ] as const
  const texts = ['file', 'completeness', 'completeness_reason', 'tunnel', 'transport'] as const
  return {
    name: 'evidence',
    columns: [...texts, ...packets],
    read: (row) =>
      compactObject({
        ...Object.fromEntries(texts.map((column) => [column, textOf(row, column)])),
        ...Object.fromEntries(packets.map((column) => [column, numberOf(row, column) || undefined])),
      }),
  }
}
