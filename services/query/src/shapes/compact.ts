import type { Catalogue, StoredRow } from '@hindwire/entries/catalogue.ts'

import { compactObject, type Member, numberOf, type Shape, textMember, textOf } from './shape.ts'

/** Names of one side: member and column. */
const NAMES = { pod: 'pod', ns: 'namespace', svc: 'service', node: 'node' } as const
/** The same with the name that DNS answers in the capture gave. */
export const ALL_NAMES = { ...NAMES, dns: 'dns' } as const

const KEY = ['node', 'flow', 'index'] as const
const PAIR = ['request_first_packet', 'response_first_packet'] as const

export const idMember: Member = {
  name: 'id',
  columns: KEY,
  read: (row) => `${textOf(row, 'node') ?? ''}/${numberOf(row, 'flow')}/${numberOf(row, 'index')}`,
}

/** `format=compact`: what a list of calls shows. */
export function compactShape(catalogue: Catalogue): Shape {
  return {
    members: [
      idMember,
      { name: 'ts', columns: ['ts'], read: (row) => Math.floor(numberOf(row, 'ts') / 1000) },
      endpoint('src', NAMES),
      endpoint('dst', NAMES),
      textMember('proto', 'protocol'),
      textMember('method', 'method'),
      textMember('path', 'path'),
      status(catalogue),
      { name: 'latency_ms', columns: ['elapsed_us', ...PAIR], read: latency },
    ],
  }
}

export function endpoint(side: 'src' | 'dst', names: Readonly<Record<string, string>>): Member {
  const column = (name: string) => `${side}_${name}`
  return {
    name: side,
    columns: [column('ip'), column('port'), ...Object.values(names).map(column)],
    read: (row) =>
      compactObject({
        ip: textOf(row, column('ip')),
        port: numberOf(row, column('port')) || undefined,
        ...Object.fromEntries(Object.entries(names).map(([name, of]) => [name, textOf(row, column(of))])),
      }),
  }
}

/** A status of 0 is one where the protocol has statuses (NOERROR, gRPC's OK) and a response came. */
function status(catalogue: Catalogue): Member {
  const carriers = new Set(catalogue.variables.get('status_code')?.protocols)
  return {
    name: 'status',
    columns: ['status_code', 'protocol', 'response_first_packet'],
    read(row) {
      const code = numberOf(row, 'status_code')
      const has = numberOf(row, 'response_first_packet') > 0 && carriers.has(textOf(row, 'protocol') ?? '')
      return code !== 0 || has ? code : undefined
    },
  }
}

/** From the request's last packet to the response's first; of pairs only. */
function latency(row: StoredRow): number | undefined {
  return PAIR.every((column) => numberOf(row, column) > 0) ? numberOf(row, 'elapsed_us') / 1000 : undefined
}
