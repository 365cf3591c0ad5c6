import type { Constant } from './checked.ts'
import type { Params, Sql } from './sql.ts'
import { certain, NotInDatabase, plain } from './sql.ts'
import type { Type } from './type.ts'
import type { Value } from './value.ts'
import { Duration, isList, MapValue, Timestamp, Uint } from './value.ts'

/** A constant as a parameter. Times and durations are ns in 128 bits: CEL's range does not fit into 64. */
export function constantSql(node: Constant, params: Params): Sql {
  const text = scalar(node.value, params) ?? collection(node.value, node.type, params)
  if (text === undefined) throw new NotInDatabase('the database has no such value', node)
  return certain(text)
}

function scalar(value: Value, params: Params): string | undefined {
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (typeof value === 'bigint') return params.int(value)
  if (typeof value === 'number') return params.bind(doubleParam(value), 'Float64')
  if (typeof value === 'string') return params.string(value)
  if (value instanceof Uint) return params.bind(plain(value.value), 'UInt64')
  if (value instanceof Timestamp || value instanceof Duration) return params.bind(String(value.ns), 'Int128')
  if (value instanceof Uint8Array) return `unhex(${params.string(Buffer.from(value).toString('hex'))})`
  return undefined
}

/** JSON, through which parameters may travel, has no infinities. */
function doubleParam(value: number): number | string {
  if (Number.isNaN(value)) return 'nan'
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0.0' : value
  return value > 0 ? 'inf' : '-inf'
}

const emptyArrays: Readonly<Record<string, string>> = {
  string: 'String',
  bytes: 'String',
  int: 'Int64',
  uint: 'UInt64',
  double: 'Float64',
  bool: 'Bool',
  timestamp: 'Int128',
  duration: 'Int128',
}

function emptyArray(element: Type): string {
  const type = emptyArrays[element.kind]
  return type === undefined ? '[]' : `CAST([], 'Array(${type})')`
}

function collection(value: Value, type: Type, params: Params): string | undefined {
  if (value === null || typeof value !== 'object') return undefined
  if (value instanceof MapValue && type.kind === 'map') return mapOf(value, params)
  if (isList(value) && type.kind === 'list') {
    return value.length === 0 ? emptyArray(type.element) : arrayOf(value, params)
  }
  return undefined
}

/** A list of constants of one simple type; undefined where there is no exact one. */
export function arrayOf(values: readonly Value[], params: Params): string | undefined {
  if (values.every((v) => typeof v === 'string')) return params.strings(values)
  if (values.every((v) => typeof v === 'bigint')) return numbers(values.map(plain), 'Array(Int64)', params)
  if (values.every((v) => typeof v === 'number')) return numbers(values.map(doubleParam), 'Array(Float64)', params)
  if (values.every((v) => v instanceof Uint))
    return numbers(
      values.map((v) => plain(v.value)),
      'Array(UInt64)',
      params,
    )
  const items = values.map((v) => scalar(v, params))
  const oneKind =
    new Set(values.map((v) => (v === null ? null : typeof v === 'object' ? v.constructor : typeof v))).size === 1
  return oneKind && items.every((item) => item !== undefined) ? `[${items.join(', ')}]` : undefined
}

/** Numbers that have to be written as text are no elements of a number array: the whole list goes as text. */
function numbers(values: readonly (number | string)[], type: string, params: Params): string {
  if (values.every((v) => typeof v === 'number')) return params.bind(values, type)
  return `CAST(${params.strings(values.map(String))}, '${type}')`
}

function mapOf(map: MapValue, params: Params): string | undefined {
  const entries = [...map.entries()]
  const keys = entries.map((entry) => entry[0]).filter((key) => typeof key === 'string')
  const values = entries.map((entry) => entry[1]).filter((value) => typeof value === 'string')
  if (keys.length < entries.length || values.length < entries.length) return undefined
  return `mapFromArrays(${params.strings(keys)}, ${params.strings(values)})`
}
