import type { FieldSource } from '@hindwire/protocols/contract/field.ts'

import type { StoredRow } from './catalogue.ts'

/** Names of databases by the number in the column `dissection`. */
export type Databases = ReadonlyMap<number, { readonly snapshot: string; readonly dissection: string }>

/** What a source gives, before it is taken for a value of a variable's type; undefined is the type's default. */
export type SourceValue = StoredRow[string] | boolean

/** Reads a source of a row. Absent columns are at their defaults. */
export function sourceReader(source: FieldSource, databases: Databases): (row: StoredRow) => SourceValue {
  if ('column' in source) return (row) => row[source.column]
  if ('constant' in source) return () => source.constant
  if ('sum' in source) return (row) => source.sum.reduce((sum, column) => sum + numberIn(row, column), 0)
  if ('ratio' in source) return (row) => ratioIn(row, source)
  if ('present' in source) return (row) => isPresent(row[source.present])
  if ('protocolIn' in source) return (row) => source.protocolIn.includes(textIn(row, 'protocol'))
  if ('oneOf' in source) return (row) => source.oneOf.includes(textIn(row, source.of))
  if ('firstOf' in source) return (row) => textsOf(row, source.firstOf)[0] ?? ''
  if ('listOf' in source) return (row) => [...new Set(textsOf(row, source.listOf))]
  if ('joined' in source)
    return (row) => source.joined.map((column) => decimalOrText(row[column])).join(source.separator)
  if ('mapOf' in source) return (row) => mapOf(row, source.mapOf)
  if ('ifPresent' in source) {
    const value = sourceReader(source.value, databases)
    const otherwise = sourceReader(source.otherwise, databases)
    return (row) => (textIn(row, source.ifPresent) === '' ? otherwise(row) : value(row))
  }
  if ('side' in source) {
    const client = sourceReader(source.client, databases)
    const server = sourceReader(source.server, databases)
    return (row) => (clientIsLocal(row) === (source.side === 'local') ? client(row) : server(row))
  }
  return (row) => databases.get(numberIn(row, 'dissection'))?.[source.database] ?? ''
}

/** Value of a ratio: doubles all the way, as ClickHouse computes it. */
function ratioIn(row: StoredRow, source: Extract<FieldSource, { readonly ratio: string }>): number {
  const sum = source.to.reduce((total, column) => total + numberIn(row, column), 0)
  const divisor = Math.max(sum, source.atLeast)
  const quotient = divisor === 0 ? 0 : (numberIn(row, source.ratio) * source.scale) / divisor
  return source.whole ? Math.floor(quotient) : quotient
}

/** Value of a number column. */
export function numberIn(row: StoredRow, column: string): number {
  const value = row[column]
  return typeof value === 'number' ? value : 0
}

/** Value of a label or string column. */
export function textIn(row: StoredRow, column: string): string {
  const value = row[column]
  return typeof value === 'string' ? value : ''
}

function textsOf(row: StoredRow, columns: readonly string[]): readonly string[] {
  return columns.map((column) => textIn(row, column)).filter((text) => text !== '')
}

function mapOf(row: StoredRow, columns: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(columns).map(([key, column]) => [key, textIn(row, column)] as const)
  return Object.fromEntries(entries.filter(([, text]) => text !== ''))
}

function clientIsLocal(row: StoredRow): boolean {
  const node = textIn(row, 'node')
  return node !== '' && textIn(row, 'src_node') === node && textIn(row, 'dst_node') !== node
}

/** Of columns that every row has: an absent one would have to be `0` or empty, and nothing tells which. */
function decimalOrText(value: StoredRow[string]): string {
  return typeof value === 'number' || typeof value === 'string' ? String(value) : ''
}

function isPresent(value: StoredRow[string]): boolean {
  if (typeof value === 'object') return Object.keys(value).length > 0
  return value !== undefined && value !== 0 && value !== ''
}
