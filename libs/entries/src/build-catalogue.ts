import { isDeepStrictEqual } from 'node:util'

import { columns } from '@hindwire/protocols/contract/column.ts'
import type { ColumnSpec, ColumnType } from '@hindwire/protocols/contract/column.ts'
import type { Field, FieldSource, KflType } from '@hindwire/protocols/contract/field.ts'
import type { Protocol } from '@hindwire/protocols/contract/protocol.ts'

import type { Catalogue, Variable } from './catalogue.ts'
import { commonFields } from './common-fields.ts'
import './name-columns.ts'
import { sourceColumns } from './source-columns.ts'

/** What the catalogue needs to know of a protocol. */
export type ProtocolFields = Pick<Protocol, 'name' | 'title' | 'entryProtocols' | 'fields'>

/**
 * Makes the catalogue of the registry's protocols and the common variables. Every entry protocol gets a flag variable
 * of its name. A protocol may declare flags too (`http` on gRPC entries); declarations of a flag add up. Other
 * variables may be declared by several protocols when they mean the same.
 * @throws when declarations contradict each other or name columns that do not exist: mistakes in a protocol's code
 */
export function buildCatalogue(protocols: readonly ProtocolFields[]): Catalogue {
  const specs = new Map(columns().map((spec) => [spec.name, spec]))
  const variables = new Map<string, Variable>()
  for (const field of commonFields) declare(variables, { ...field, protocols: null })
  for (const protocol of protocols) {
    for (const field of [...protocol.fields, ...flags(protocol, variables)]) {
      const isFlag = 'protocolIn' in field.source
      declare(variables, { ...field, protocols: isFlag ? null : protocol.entryProtocols })
    }
  }
  for (const variable of variables.values()) check(variable, specs)
  return { variables, columns: specs }
}

function flags(protocol: ProtocolFields, variables: ReadonlyMap<string, Variable>): readonly Field[] {
  // The transports' flags are common fields: `icmp` is true of everything that ICMP carried.
  const names = protocol.entryProtocols.filter((name) => !('oneOf' in (variables.get(name)?.source ?? {})))
  return names.map((name) => ({
    variable: name,
    type: 'bool',
    source: { protocolIn: [name] },
    description: variables.get(name)?.description ?? flagDescription(protocol, name),
    example: variables.get(name)?.example ?? `${name} && duration_us > 1000000`,
  }))
}

function flagDescription(protocol: ProtocolFields, name: string): string {
  return name === protocol.name ? `true on ${protocol.title} entries` : `true on ${name} entries (${protocol.title})`
}

function declare(variables: Map<string, Variable>, added: Variable): void {
  const known = variables.get(added.variable)
  variables.set(added.variable, known === undefined ? added : merge(known, added))
}

function merge(known: Variable, added: Variable): Variable {
  const name = known.variable
  if (known.type !== added.type) throw new Error(`${name} is declared as ${known.type} and as ${added.type}`)
  if ('protocolIn' in known.source && 'protocolIn' in added.source) {
    return { ...known, source: { protocolIn: union(known.source.protocolIn, added.source.protocolIn) } }
  }
  if (!isDeepStrictEqual(known.source, added.source) || known.default !== added.default) {
    throw new Error(`${name} is declared twice, with different sources`)
  }
  if (known.protocols === null || added.protocols === null) throw new Error(`${name} is a common variable`)
  return { ...known, protocols: union(known.protocols, added.protocols) }
}

function union(a: readonly string[], b: readonly string[]): readonly string[] {
  return [...new Set([...a, ...b])]
}

const numbers: readonly ColumnType[] = ['i32', 'u8', 'u16', 'u32', 'u64']
const texts: readonly ColumnType[] = ['label', 'string']

const stored: Readonly<Record<KflType, readonly ColumnType[]>> = {
  int: numbers,
  uint: numbers,
  double: numbers,
  bool: numbers,
  string: texts,
  bytes: texts,
  timestamp: ['time'],
  'list<string>': ['labels', 'strings'],
  'map<string,string>': ['map'],
}

function check(variable: Variable, specs: ReadonlyMap<string, ColumnSpec>): void {
  for (const name of sourceColumns(variable.source)) {
    if (!specs.has(name)) throw new Error(`${variable.variable} reads the column ${name}, which nobody declares`)
  }
  checkType(variable, variable.source, specs)
}

function checkType(variable: Variable, source: FieldSource, specs: ReadonlyMap<string, ColumnSpec>): void {
  if ('column' in source) {
    const type = specs.get(source.column)?.type
    if (type !== undefined && !stored[variable.type].includes(type)) {
      throw new Error(`${variable.variable} is ${variable.type}, its column ${source.column} is ${type}`)
    }
  } else if ('ifPresent' in source) {
    checkType(variable, source.value, specs)
    checkType(variable, source.otherwise, specs)
  } else if ('side' in source) {
    checkType(variable, source.client, specs)
    checkType(variable, source.server, specs)
  }
}
