import {
  bool,
  bytes,
  double,
  duration,
  dyn,
  int,
  list,
  map,
  string,
  strings,
  timestamp,
  typeType,
  uint,
} from './type.ts'
import type { Type } from './type.ts'

export interface Signature {
  /** As written; operators by their symbol, unary minus as `-`. */
  readonly name: string
  readonly style: 'method' | 'function' | 'both' | 'operator'
  readonly params: readonly Type[]
  readonly result: Type | ((args: readonly Type[]) => Type)
}

const anyList = list(dyn)
const anyMap = map(dyn, dyn)

type Style = Signature['style']
const make = (name: string, style: Style, params: readonly Type[], result: Signature['result']): Signature => ({
  name,
  style,
  params,
  result,
})
const operator = (name: string, params: readonly Type[], result: Signature['result']) =>
  make(name, 'operator', params, result)
const method = (name: string, params: readonly Type[], result: Signature['result']) =>
  make(name, 'method', params, result)
const convert = (name: string, from: Type, to: Type) => make(name, 'function', [from], to)
const accessor = (name: string) => method(name, [timestamp], int)
const accessorIn = (name: string) => method(name, [timestamp, string], int)

const valueOfMap = (args: readonly Type[]): Type => (args[0]?.kind === 'map' ? args[0].value : dyn)

/** Every overload of every function and operator, but comparisons, `in`, logic, indexing and macros, which the checker knows. */
export const signatures = {
  'int+int': operator('+', [int, int], int),
  'uint+uint': operator('+', [uint, uint], uint),
  'double+double': operator('+', [double, double], double),
  'string+string': operator('+', [string, string], string),
  'bytes+bytes': operator('+', [bytes, bytes], bytes),
  'list+list': operator('+', [anyList, anyList], (args) => joinLists(args)),
  'timestamp+duration': operator('+', [timestamp, duration], timestamp),
  'duration+timestamp': operator('+', [duration, timestamp], timestamp),
  'duration+duration': operator('+', [duration, duration], duration),
  'int-int': operator('-', [int, int], int),
  'uint-uint': operator('-', [uint, uint], uint),
  'double-double': operator('-', [double, double], double),
  'timestamp-timestamp': operator('-', [timestamp, timestamp], duration),
  'timestamp-duration': operator('-', [timestamp, duration], timestamp),
  'duration-duration': operator('-', [duration, duration], duration),
  'int*int': operator('*', [int, int], int),
  'uint*uint': operator('*', [uint, uint], uint),
  'double*double': operator('*', [double, double], double),
  'int/int': operator('/', [int, int], int),
  'uint/uint': operator('/', [uint, uint], uint),
  'double/double': operator('/', [double, double], double),
  'int%int': operator('%', [int, int], int),
  'uint%uint': operator('%', [uint, uint], uint),
  '-int': operator('-', [int], int),
  '-double': operator('-', [double], double),
  '!bool': operator('!', [bool], bool),

  'size(string)': make('size', 'both', [string], int),
  'size(bytes)': make('size', 'both', [bytes], int),
  'size(list)': make('size', 'both', [anyList], int),
  'size(map)': make('size', 'both', [anyMap], int),
  contains: method('contains', [string, string], bool),
  startsWith: method('startsWith', [string, string], bool),
  endsWith: method('endsWith', [string, string], bool),
  matches: make('matches', 'both', [string, string], bool),
  lowerAscii: method('lowerAscii', [string], string),
  upperAscii: method('upperAscii', [string], string),
  trim: method('trim', [string], string),
  reverse: method('reverse', [string], string),
  charAt: method('charAt', [string, int], string),
  indexOf: method('indexOf', [string, string], int),
  'indexOf(from)': method('indexOf', [string, string, int], int),
  lastIndexOf: method('lastIndexOf', [string, string], int),
  'lastIndexOf(to)': method('lastIndexOf', [string, string, int], int),
  replace: method('replace', [string, string, string], string),
  'replace(n)': method('replace', [string, string, string, int], string),
  split: method('split', [string, string], strings),
  'split(n)': method('split', [string, string, int], strings),
  substring: method('substring', [string, int], string),
  'substring(to)': method('substring', [string, int, int], string),
  join: method('join', [strings], string),
  'join(separator)': method('join', [strings, string], string),

  ip_in: make('ip_in', 'function', [string, string], bool),
  map_get: make('map_get', 'function', [anyMap, dyn], valueOfMap),
  'map_get(default)': make('map_get', 'function', [anyMap, dyn, dyn], valueOfMap),
  now: make('now', 'function', [], timestamp),

  'int(int)': convert('int', int, int),
  'int(uint)': convert('int', uint, int),
  'int(double)': convert('int', double, int),
  'int(string)': convert('int', string, int),
  'int(timestamp)': convert('int', timestamp, int),
  'uint(uint)': convert('uint', uint, uint),
  'uint(int)': convert('uint', int, uint),
  'uint(double)': convert('uint', double, uint),
  'uint(string)': convert('uint', string, uint),
  'double(double)': convert('double', double, double),
  'double(int)': convert('double', int, double),
  'double(uint)': convert('double', uint, double),
  'double(string)': convert('double', string, double),
  'bool(bool)': convert('bool', bool, bool),
  'bool(string)': convert('bool', string, bool),
  'string(string)': convert('string', string, string),
  'string(int)': convert('string', int, string),
  'string(uint)': convert('string', uint, string),
  'string(double)': convert('string', double, string),
  'string(bool)': convert('string', bool, string),
  'string(bytes)': convert('string', bytes, string),
  'string(timestamp)': convert('string', timestamp, string),
  'string(duration)': convert('string', duration, string),
  'bytes(bytes)': convert('bytes', bytes, bytes),
  'bytes(string)': convert('bytes', string, bytes),
  'timestamp(timestamp)': convert('timestamp', timestamp, timestamp),
  'timestamp(string)': convert('timestamp', string, timestamp),
  'timestamp(int)': convert('timestamp', int, timestamp),
  'duration(duration)': convert('duration', duration, duration),
  'duration(string)': convert('duration', string, duration),
  'dyn(any)': make('dyn', 'function', [dyn], dyn),
  'type(any)': make('type', 'function', [dyn], typeType),

  getFullYear: accessor('getFullYear'),
  getMonth: accessor('getMonth'),
  getDate: accessor('getDate'),
  getDayOfMonth: accessor('getDayOfMonth'),
  getDayOfWeek: accessor('getDayOfWeek'),
  getDayOfYear: accessor('getDayOfYear'),
  getHours: accessor('getHours'),
  getMinutes: accessor('getMinutes'),
  getSeconds: accessor('getSeconds'),
  getMilliseconds: accessor('getMilliseconds'),
  'getFullYear(zone)': accessorIn('getFullYear'),
  'getMonth(zone)': accessorIn('getMonth'),
  'getDate(zone)': accessorIn('getDate'),
  'getDayOfMonth(zone)': accessorIn('getDayOfMonth'),
  'getDayOfWeek(zone)': accessorIn('getDayOfWeek'),
  'getDayOfYear(zone)': accessorIn('getDayOfYear'),
  'getHours(zone)': accessorIn('getHours'),
  'getMinutes(zone)': accessorIn('getMinutes'),
  'getSeconds(zone)': accessorIn('getSeconds'),
  'getMilliseconds(zone)': accessorIn('getMilliseconds'),
  'duration.getHours': method('getHours', [duration], int),
  'duration.getMinutes': method('getMinutes', [duration], int),
  'duration.getSeconds': method('getSeconds', [duration], int),
  'duration.getMilliseconds': method('getMilliseconds', [duration], int),
} as const satisfies Readonly<Record<string, Signature>>

/** Names one overload; every stage that gives functions a meaning has a table over these. */
export type OverloadId = keyof typeof signatures

/** Overloads by name, operators apart from functions. */
export const overloadsByName: ReadonlyMap<string, readonly OverloadId[]> = group()

function group(): Map<string, OverloadId[]> {
  const byName = new Map<string, OverloadId[]>()
  for (const [id, signature] of Object.entries(signatures)) {
    const ids = byName.get(signature.name) ?? []
    ids.push(id as OverloadId)
    byName.set(signature.name, ids)
  }
  return byName
}

function joinLists(args: readonly Type[]): Type {
  const [a, b] = args
  if (a?.kind !== 'list' || b?.kind !== 'list') return anyList
  if (a.element.kind === 'dyn') return b
  if (b.element.kind === 'dyn' || a.element.kind === b.element.kind) return a
  return anyList
}
