import type { StoredRow, Variable } from '@hindwire/entries/catalogue.ts'

import type { Databases } from './evaluate-source.ts'
import { isRecord, isTexts, numberOf, protocolColumn, sourceReader, textOf } from './evaluate-source.ts'
import type { Raw } from './evaluate-source.ts'
import type { Value } from './value.ts'
import { MapValue, Timestamp, Uint } from './value.ts'

/** Reads a variable of a row: the type's default (or the variable's own) on entries of other protocols. */
export function variableReader(variable: Variable, databases: Databases): (row: StoredRow) => Value {
  const convert = converters[variable.type]
  const absent = convert(variable.default)
  const read = sourceReader(variable.source, databases)
  if (variable.protocols === null) return (row) => convert(read(row))
  const guard = new Set(variable.protocols)
  return (row) => (guard.has(textOf(row[protocolColumn])) ? convert(read(row)) : absent)
}

/**
 * The same for number variables, as a JavaScript number, which holds every stored integer exactly; undefined for other
 * variables.
 */
export function numberReader(variable: Variable): ((row: StoredRow) => number) | undefined {
  const { source, protocols, type } = variable
  if (type !== 'int' && type !== 'uint' && type !== 'double') return undefined
  const read = sourceReader(source, new Map())
  const fallback = variable.default ?? 0
  if (protocols === null) return (row) => numberOf(read(row))
  const guard = new Set(protocols)
  return (row) => (guard.has(textOf(row[protocolColumn])) ? numberOf(read(row)) : fallback)
}

/** The value of a variable where an entry does not have it. */
export function defaultOf(variable: Variable): Value {
  return converters[variable.type](variable.default)
}

const converters: Readonly<Record<Variable['type'], (raw: Raw) => Value>> = {
  bool: (raw) => (typeof raw === 'boolean' ? raw : numberOf(raw) !== 0),
  int: (raw) => BigInt(numberOf(raw)),
  uint: (raw) => new Uint(BigInt(numberOf(raw))),
  double: (raw) => numberOf(raw),
  string: (raw) => textOf(raw),
  bytes: (raw) => storedBytes(textOf(raw)),
  timestamp: (raw) => new Timestamp(BigInt(numberOf(raw)) * 1000n),
  'list<string>': (raw) => (isTexts(raw) ? raw : []),
  'map<string,string>': (raw) => MapValue.ofRecord(isRecord(raw) ? raw : {}),
}

/** Bytes of a stored text: its UTF-8, with the lone surrogates U+DC80 to U+DCFF as the bytes they stand for. */
function storedBytes(text: string): Uint8Array {
  if (text.isWellFormed()) return Uint8Array.from(Buffer.from(text))
  const bytes: number[] = []
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0
    if (code >= 0xdc80 && code <= 0xdcff) bytes.push(code - 0xdc00)
    else bytes.push(...Buffer.from(char))
  }
  return Uint8Array.from(bytes)
}
