import type { StoredRow } from '@hindwire/entries/catalogue.ts'
import type { FieldSource } from '@hindwire/protocols/contract/field.ts'

/** Names of the databases that a filter runs on, by the number in the column `dissection`. */
export type Databases = ReadonlyMap<number, { readonly snapshot: string; readonly dissection: string }>

/** Column that says which protocol's entry a row is. */
export const protocolColumn = 'protocol'

/** What a source gives before it is made a value of the variable's type; undefined is the type's default. */
export type Raw = StoredRow[string] | boolean

/** Reads a source of a row. */
export function sourceReader(source: FieldSource, databases: Databases): (row: StoredRow) => Raw {
  if ('column' in source) {
    const { column } = source
    return (row) => row[column]
  }
  if ('constant' in source) {
    const { constant } = source
    return () => constant
  }
  if ('sum' in source) return (row) => source.sum.reduce((sum, column) => sum + numberOf(row[column]), 0)
  if ('ratio' in source) {
    return (row) => {
      const sum = source.to.reduce((total, column) => total + numberOf(row[column]), 0)
      const divisor = Math.max(sum, source.atLeast)
      const quotient = divisor === 0 ? 0 : (numberOf(row[source.ratio]) * source.scale) / divisor
      return source.whole ? Math.floor(quotient) : quotient
    }
  }
  if ('present' in source) return (row) => isPresent(row[source.present])
  if ('protocolIn' in source) return oneOf(protocolColumn, source.protocolIn)
  if ('oneOf' in source) return oneOf(source.of, source.oneOf)
  if ('firstOf' in source)
    return (row) => textOf(row[source.firstOf.find((column) => textOf(row[column]) !== '') ?? ''])
  if ('listOf' in source) {
    return (row) => [...new Set(source.listOf.map((column) => textOf(row[column])).filter((text) => text !== ''))]
  }
  if ('joined' in source)
    return (row) => source.joined.map((column) => decimalOrText(row[column])).join(source.separator)
  if ('mapOf' in source) {
    const entries = Object.entries(source.mapOf)
    return (row) =>
      Object.fromEntries(entries.map(([key, column]) => [key, textOf(row[column])]).filter((entry) => entry[1] !== ''))
  }
  if ('ifPresent' in source) {
    const value = sourceReader(source.value, databases)
    const otherwise = sourceReader(source.otherwise, databases)
    return (row) => (textOf(row[source.ifPresent]) === '' ? otherwise(row) : value(row))
  }
  if ('side' in source) {
    const client = sourceReader(source.client, databases)
    const server = sourceReader(source.server, databases)
    const local = source.side === 'local'
    return (row) => (clientIsLocal(row) === local ? client(row) : server(row))
  }
  const { database } = source
  return (row) => databases.get(numberOf(row['dissection']))?.[database] ?? ''
}

function clientIsLocal(row: StoredRow): boolean {
  const node = textOf(row['node'])
  return node !== '' && textOf(row['src_node']) === node && textOf(row['dst_node']) !== node
}

function oneOf(column: string, values: readonly string[]): (row: StoredRow) => boolean {
  const set = new Set(values)
  return (row) => set.has(textOf(row[column]))
}

/** Absent integer columns are 0, absent texts are empty; which it is, only the stored value tells. */
function decimalOrText(stored: Raw): string {
  return typeof stored === 'number' ? String(stored) : textOf(stored)
}

export function numberOf(raw: Raw): number {
  return typeof raw === 'number' ? raw : 0
}

export function textOf(raw: Raw): string {
  return typeof raw === 'string' ? raw : ''
}

export function isTexts(raw: Raw): raw is readonly string[] {
  return Array.isArray(raw)
}

export function isRecord(raw: Raw): raw is Readonly<Record<string, string>> {
  return typeof raw === 'object' && !isTexts(raw)
}

function isPresent(raw: Raw): boolean {
  if (typeof raw === 'object') return (isTexts(raw) ? raw : Object.keys(raw)).length > 0
  return raw !== undefined && raw !== 0 && raw !== ''
}
