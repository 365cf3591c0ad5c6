import type { Implementation } from './functions-number.ts'
import { ipIn } from './ip.ts'
import type { OverloadId } from './signatures.ts'
import {
  durationOf,
  floorDiv,
  formatDuration,
  formatTimestamp,
  localTime,
  parseDuration,
  parseTimestamp,
  timestampOf,
} from './time.ts'
import type { Value } from './value.ts'
import { Duration, MapValue, Timestamp, TypeValue, Uint } from './value.ts'

const second = 1_000_000_000n
const day = 86_400_000

type Field = (local: Date) => number

/** Fields of a local time: months, days of the month and of the year from 0, Sunday is 0; `getDate` counts from 1. */
const fields = {
  getFullYear: (t: Date) => t.getUTCFullYear(),
  getMonth: (t: Date) => t.getUTCMonth(),
  getDate: (t: Date) => t.getUTCDate(),
  getDayOfMonth: (t: Date) => t.getUTCDate() - 1,
  getDayOfWeek: (t: Date) => t.getUTCDay(),
  getDayOfYear: (t: Date) => {
    const newYear = new Date(0)
    newYear.setUTCFullYear(t.getUTCFullYear(), 0, 1)
    return Math.floor((t.getTime() - newYear.getTime()) / day)
  },
  getHours: (t: Date) => t.getUTCHours(),
  getMinutes: (t: Date) => t.getUTCMinutes(),
  getSeconds: (t: Date) => t.getUTCSeconds(),
  getMilliseconds: (t: Date) => t.getUTCMilliseconds(),
}

const accessor =
  (field: Field) =>
  (time: Timestamp, zone?: string): bigint | undefined => {
    const local = localTime(time, zone)
    return local === undefined ? undefined : BigInt(field(local))
  }

export const timeFunctions = {
  'timestamp+duration': (t: Timestamp, d: Duration) => timestampOf(t.ns + d.ns),
  'duration+timestamp': (d: Duration, t: Timestamp) => timestampOf(t.ns + d.ns),
  'duration+duration': (a: Duration, b: Duration) => durationOf(a.ns + b.ns),
  'timestamp-timestamp': (a: Timestamp, b: Timestamp) => durationOf(a.ns - b.ns),
  'timestamp-duration': (t: Timestamp, d: Duration) => timestampOf(t.ns - d.ns),
  'duration-duration': (a: Duration, b: Duration) => durationOf(a.ns - b.ns),
  'int(timestamp)': (t: Timestamp) => floorDiv(t.ns, second),
  'string(timestamp)': (t: Timestamp) => formatTimestamp(t),
  'string(duration)': (d: Duration) => formatDuration(d),
  'timestamp(timestamp)': (t: Timestamp) => t,
  'timestamp(string)': (text: string) => parseTimestamp(text),
  'timestamp(int)': (seconds: bigint) => timestampOf(seconds * second),
  'duration(duration)': (d: Duration) => d,
  'duration(string)': (text: string) => parseDuration(text),
  getFullYear: accessor(fields.getFullYear),
  getMonth: accessor(fields.getMonth),
  getDate: accessor(fields.getDate),
  getDayOfMonth: accessor(fields.getDayOfMonth),
  getDayOfWeek: accessor(fields.getDayOfWeek),
  getDayOfYear: accessor(fields.getDayOfYear),
  getHours: accessor(fields.getHours),
  getMinutes: accessor(fields.getMinutes),
  getSeconds: accessor(fields.getSeconds),
  getMilliseconds: accessor(fields.getMilliseconds),
  'getFullYear(zone)': accessor(fields.getFullYear),
  'getMonth(zone)': accessor(fields.getMonth),
  'getDate(zone)': accessor(fields.getDate),
  'getDayOfMonth(zone)': accessor(fields.getDayOfMonth),
  'getDayOfWeek(zone)': accessor(fields.getDayOfWeek),
  'getDayOfYear(zone)': accessor(fields.getDayOfYear),
  'getHours(zone)': accessor(fields.getHours),
  'getMinutes(zone)': accessor(fields.getMinutes),
  'getSeconds(zone)': accessor(fields.getSeconds),
  'getMilliseconds(zone)': accessor(fields.getMilliseconds),
  'duration.getHours': (d: Duration) => d.ns / (3600n * second),
  'duration.getMinutes': (d: Duration) => d.ns / (60n * second),
  'duration.getSeconds': (d: Duration) => d.ns / second,
  'duration.getMilliseconds': (d: Duration) => (d.ns / 1_000_000n) % 1000n,
} satisfies Partial<Record<OverloadId, Implementation>>

export const collectionFunctions = {
  'list+list': (a: readonly Value[], b: readonly Value[]) => [...a, ...b],
  'bytes+bytes': (a: Uint8Array, b: Uint8Array) => Uint8Array.from([...a, ...b]),
  'size(bytes)': (b: Uint8Array) => BigInt(b.length),
  'size(list)': (items: readonly Value[]) => BigInt(items.length),
  'size(map)': (map: MapValue) => BigInt(map.size),
  map_get: (map: MapValue, key: Value) => (map.has(key) ? map.get(key) : ''),
  'map_get(default)': (map: MapValue, key: Value, fallback: Value) => (map.has(key) ? map.get(key) : fallback),
  ip_in: (ip: string, prefix: string) => ipIn(ip, prefix),
  'string(bytes)': (b: Uint8Array) => utf8(b),
  'bytes(bytes)': (b: Uint8Array) => b,
  'bytes(string)': (text: string) => Uint8Array.from(Buffer.from(text)),
  'dyn(any)': (value: Value) => value,
  'type(any)': (value: Value) => new TypeValue(runtimeType(value)),
} satisfies Partial<Record<OverloadId, Implementation>>

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** CEL's name of a value's type. */
export function runtimeType(value: Value): string {
  if (value === null) return 'null_type'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'bigint') return 'int'
  if (typeof value === 'number') return 'double'
  if (typeof value === 'string') return 'string'
  if (value instanceof Uint) return 'uint'
  if (value instanceof Timestamp) return 'google.protobuf.Timestamp'
  if (value instanceof Duration) return 'google.protobuf.Duration'
  if (value instanceof Uint8Array) return 'bytes'
  if (value instanceof TypeValue) return 'type'
  return value instanceof MapValue ? 'map' : 'list'
}
