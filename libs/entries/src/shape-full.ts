import { bodyText } from './body-text.ts'
import type { Catalogue, StoredRow, Variable } from './catalogue.ts'
import { numberIn, sourceReader, textIn } from './read-source.ts'
import type { SourceValue } from './read-source.ts'
import { compactShape } from './shape-compact.ts'
import { collectionOf, numberMember, positive, textMember, textOf, withValues } from './shape.ts'
import type { Member, Shape } from './shape.ts'
import { sourceColumns } from './source-columns.ts'

/** Bytes of a body that a list of calls shows. */
export const PREVIEW_BYTES = 4096

/** `format=full`: the compact call with headers, previews of bodies, the protocol's own variables and the evidence. */
export function fullShape(catalogue: Catalogue): Shape {
  const shared: readonly Member[] = [
    ...compactShape(catalogue).members,
    numberMember('conn_id', 'flow'),
    numberMember('flow_id', 'flow'),
    textMember('node_id', 'node'),
    textMember('worker', 'node'),
    { name: 'duration_ms', columns: ['duration_us'], read: (row) => numberIn(row, 'duration_us') / 1000 },
    textMember('summary', 'summary'),
    textMember('error_message', 'error_message'),
    mapMember('req_headers', 'request_headers'),
    mapMember('resp_headers', 'response_headers'),
    ...bodyMembers('req', 'request'),
    ...bodyMembers('resp', 'response'),
    numberMember('req_size', 'request_size'),
    numberMember('resp_size', 'response_size'),
    textMember('completeness', 'completeness'),
    textMember('completeness_reason', 'completeness_reason'),
    evidence(),
    { name: 'detail', columns: ['detail'], read: detail },
  ]
  const taken = new Set(shared.map(({ name }) => name))
  const own = [...catalogue.variables.values()].filter((one) => isOwn(one) && !taken.has(one.variable))
  return { textBytes: PREVIEW_BYTES, members: [...shared, ...own.map(variableMember)] }
}

/** What the shared members hold already is not repeated under the protocol's name for it, bodies and headers above all. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  'status_code',
  'request_headers',
  'response_headers',
  'request_body',
  'response_body',
  'request_body_size',
  'response_body_size',
])

function isOwn({ protocols, source }: Variable): boolean {
  return protocols !== null && !('column' in source && ELSEWHERE.has(source.column))
}

function variableMember({ variable, type, source, protocols }: Variable): Member {
  const read = sourceReader(source, new Map())
  const having = new Set(protocols)
  return {
    name: variable,
    columns: ['protocol', ...sourceColumns(source)],
    read: (row) => (having.has(textIn(row, 'protocol')) ? shown(read(row), type) : undefined),
  }
}

function shown(value: SourceValue, type: Variable['type']): unknown {
  if (type === 'bool') return value === true || (typeof value === 'number' && value !== 0) || undefined
  if (type === 'timestamp' && typeof value === 'number') return Math.floor(value / 1000) || undefined
  if (type === 'bytes' && typeof value === 'string') return bodyText(value, PREVIEW_BYTES, false).text || undefined
  if (typeof value === 'string') return value.toWellFormed() || undefined
  if (typeof value === 'object') return collectionOf(value)
  return value === 0 ? undefined : value
}

function mapMember(name: string, column: string): Member {
  return { name, columns: [column], read: (row) => collectionOf(row[column]) }
}

function bodyMembers(short: string, side: string): readonly Member[] {
  const body = `${side}_body`
  const size = `${side}_body_size`
  const cut = `${body}_truncated`
  const needed = [body, size, cut]
  const isShort = (row: StoredRow): boolean => numberIn(row, size) > PREVIEW_BYTES || numberIn(row, cut) > 0
  const preview = (row: StoredRow): ReturnType<typeof bodyText> =>
    bodyText(textIn(row, body), PREVIEW_BYTES, isShort(row))
  return [
    { name: `${short}_body`, columns: needed, read: (row) => preview(row).text || undefined },
    { name: `${short}_body_encoding`, columns: needed, read: (row) => preview(row).encoding },
    { name: `${short}_body_size`, columns: [size], read: (row) => positive(row, size) },
    { name: `${short}_body_truncated`, columns: [size, cut], read: (row) => isShort(row) || undefined },
  ]
}

/** The rest of the decoded message: JSON in the column. A cut one is no JSON any more, and stays text. */
function detail(row: StoredRow): unknown {
  const text = textOf(row, 'detail')
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** The file of the packets, their numbers in it, and what carried them. */
function evidence(): Member {
  const texts = ['file', 'transport', 'tunnel'] as const
  const packets = [
    'request_first_packet',
    'request_last_packet',
    'response_first_packet',
    'response_last_packet',
  ] as const
  return {
    name: 'evidence',
    columns: [...texts, ...packets],
    read: (row) =>
      withValues({
        ...Object.fromEntries(texts.map((column) => [column, textOf(row, column)])),
        ...Object.fromEntries(packets.map((column) => [column, positive(row, column)])),
      }),
  }
}
