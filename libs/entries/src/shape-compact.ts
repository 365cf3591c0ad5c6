import type { Catalogue, StoredRow } from './catalogue.ts'
import { formatEntryId } from './entry-id.ts'
import { numberIn, textIn } from './read-source.ts'
import { positive, textMember, textOf, withValues } from './shape.ts'
import type { Member, Shape } from './shape.ts'

const PAIR = ['request_first_packet', 'response_first_packet'] as const

export const idMember: Member = {
  name: 'id',
  columns: ['node', 'flow', 'index'],
  read: (row) =>
    formatEntryId({ node: textIn(row, 'node'), flow: numberIn(row, 'flow'), index: numberIn(row, 'index') }),
}

/** `format=compact`: what a list of calls shows. */
export function compactShape(catalogue: Catalogue): Shape {
  return {
    members: [
      idMember,
      { name: 'ts', columns: ['ts'], read: (row) => Math.floor(numberIn(row, 'ts') / 1000) },
      endpoint('src'),
      endpoint('dst'),
      textMember('proto', 'protocol'),
      textMember('method', 'method'),
      textMember('path', 'path'),
      status(catalogue),
      {
        name: 'error',
        columns: ['is_error', 'error_code'],
        read: (row) => (numberIn(row, 'is_error') === 0 ? undefined : (textOf(row, 'error_code') ?? true)),
      },
      { name: 'latency_ms', columns: ['elapsed_us', ...PAIR], read: latency },
    ],
  }
}

function endpoint(side: 'src' | 'dst'): Member {
  const names = { pod: 'pod', ns: 'namespace', svc: 'service', node: 'node', dns: 'dns' }
  const texts = Object.entries(names).map(([name, column]) => [name, `${side}_${column}`] as const)
  return {
    name: side,
    columns: [`${side}_ip`, `${side}_port`, ...texts.map(([, column]) => column)],
    read: (row) =>
      withValues({
        ip: textOf(row, `${side}_ip`),
        port: positive(row, `${side}_port`),
        ...Object.fromEntries(texts.map(([name, column]) => [name, textOf(row, column)])),
      }),
  }
}

/**
 * A status of 0 is one where the protocol has statuses (NOERROR, gRPC's OK) and a response came. A protocol may have a
 * field of its own that says it.
 */
function status(catalogue: Catalogue): Member {
  const having = new Set(catalogue.variables.get('status_code')?.protocols)
  const own = ownStatuses(catalogue)
  return {
    name: 'status',
    columns: ['status_code', 'protocol', 'response_first_packet', ...new Set(own.values())],
    read(row) {
      const protocol = textIn(row, 'protocol')
      if (numberIn(row, 'response_first_packet') === 0) return positive(row, 'status_code')
      const column = own.get(protocol)
      if (column !== undefined && numberIn(row, column) >= 0) return numberIn(row, column)
      return having.has(protocol) ? numberIn(row, 'status_code') : positive(row, 'status_code')
    },
  }
}

/** Columns of the fields that stand for the status, by entry protocol. */
function ownStatuses(catalogue: Catalogue): ReadonlyMap<string, string> {
  const columns = new Map<string, string>()
  for (const { isStatus, source, protocols } of catalogue.variables.values()) {
    if (isStatus !== true || !('column' in source)) continue
    for (const protocol of protocols ?? []) columns.set(protocol, source.column)
  }
  return columns
}

/** From the request's last packet to the response's first, ms with µs; of pairs only. */
function latency(row: StoredRow): number | undefined {
  return PAIR.every((column) => numberIn(row, column) > 0) ? numberIn(row, 'elapsed_us') / 1000 : undefined
}
