import type { Call, Checked } from './checked.ts'
import type { SqlPrinter } from './print-sql.ts'
import type { OverloadId } from './signatures.ts'
import { argument, values } from './sql-arithmetic.ts'
import type { CallPrinter } from './sql-call.ts'
import { literalText } from './sql-text.ts'
import type { Sql } from './sql.ts'
import { fallible, from, identifier, NotInDatabase } from './sql.ts'
import { fixedOffset, maxDuration, maxTimestamp, minTimestamp } from './time.ts'

/** Times and durations are ns in 128 bits. The result is NULL outside of CEL's range. */
function inRange(printer: SqlPrinter, sum: string, low: bigint, high: bigint): Sql {
  const bounds = [low, high].map((bound) => printer.params.bind(String(bound), 'Int128'))
  return fallible(printer.bind([fallible(sum)], ([s]) => `if(${s} BETWEEN ${bounds[0]} AND ${bounds[1]}, ${s}, NULL)`))
}

const sum =
  (operator: '+' | '-', result: 'timestamp' | 'duration'): CallPrinter =>
  (printer, node) => {
    const [a, b] = values(printer, node)
    const text = `(${a.text} ${operator} ${b.text})`
    if (result === 'timestamp') return inRange(printer, text, minTimestamp, maxTimestamp)
    return inRange(printer, text, -maxDuration, maxDuration)
  }

/** Division by a number of ns that rounds down: shifted to where nothing is negative, since intDiv cuts off. */
function floored(ns: string, unit: bigint): string {
  const shift = -minTimestamp
  return `toInt64(intDiv(${ns} + toInt128('${shift}'), ${unit}) - ${shift / unit})`
}

function stored(node: Checked): string | undefined {
  if (node.kind !== 'variable') return undefined
  const { source, protocols } = node.variable
  return 'column' in source && protocols === null ? identifier(source.column) : undefined
}

/** A DateTime64 in a time zone. ClickHouse's own range ends in 1900 and 2299; stored times lie within. */
function dateTime(printer: SqlPrinter, node: Call, zone: string): Sql {
  const time = argument(node, 0)
  const column = stored(time)
  const value = column === undefined ? printer.value(time) : undefined
  const instant = column ?? `fromUnixTimestamp64Micro(${floored(value?.text ?? '', 1000n)}, 'UTC')`
  const offset = fixedOffset(zone)
  const nullable = value?.nullable ?? false
  if (offset !== undefined) return { text: `addMinutes(${instant}, ${printer.params.int(BigInt(offset))})`, nullable }
  if (zone === 'UTC') return { text: instant, nullable }
  return { text: `toTimeZone(${instant}, ${printer.params.string(zone)})`, nullable }
}

const field =
  (write: (time: string) => string): CallPrinter =>
  (printer, node) => {
    const zone = node.args.length > 1 ? literalText(node, 1, 'a time zone') : 'UTC'
    const time = dateTime(printer, node, zone)
    return from(`toInt64(${write(time.text)})`, time)
  }

const fields = {
  getFullYear: field((t) => `toYear(${t})`),
  getMonth: field((t) => `toMonth(${t}) - 1`),
  getDate: field((t) => `toDayOfMonth(${t})`),
  getDayOfMonth: field((t) => `toDayOfMonth(${t}) - 1`),
  // ClickHouse: Monday is 1, Sunday 7. CEL: Sunday is 0.
  getDayOfWeek: field((t) => `toDayOfWeek(${t}) % 7`),
  getDayOfYear: field((t) => `toDayOfYear(${t}) - 1`),
  getHours: field((t) => `toHour(${t})`),
  getMinutes: field((t) => `toMinute(${t})`),
  getSeconds: field((t) => `toSecond(${t})`),
  getMilliseconds: field((t) => `toMillisecond(${t})`),
}

const durationPart =
  (unit: bigint, modulo: string): CallPrinter =>
  (printer, node) => {
    const duration = printer.value(argument(node, 0))
    return from(`toInt64(intDiv(${duration.text}, ${unit})${modulo})`, duration)
  }

const same: CallPrinter = (printer, node) => printer.value(argument(node, 0))

const second = 1_000_000_000n

const unavailable =
  (what: string): CallPrinter =>
  (_printer, node) => {
    throw new NotInDatabase(what, node)
  }

const textOfTime: CallPrinter = (printer, node) => {
  const column = stored(argument(node, 0))
  if (column === undefined) throw new NotInDatabase('the database writes only stored times as text', node)
  const fraction = `replaceRegexpOne(concat('.', leftPad(toString(toUnixTimestamp64Micro(${column}) % 1000000), 6, '0')), '[.]?0+$', '')`
  void printer
  return { text: `concat(formatDateTime(${column}, '%FT%T', 'UTC'), ${fraction}, 'Z')`, nullable: false }
}

/** Times and durations. */
export const timeSql = {
  'timestamp+duration': sum('+', 'timestamp'),
  'duration+timestamp': sum('+', 'timestamp'),
  'timestamp-duration': sum('-', 'timestamp'),
  'timestamp-timestamp': sum('-', 'duration'),
  'duration+duration': sum('+', 'duration'),
  'duration-duration': sum('-', 'duration'),
  'int(timestamp)': (printer, node) => {
    const time = printer.value(argument(node, 0))
    return from(floored(time.text, second), time)
  },
  'string(timestamp)': textOfTime,
  'string(duration)': unavailable('the database does not write durations as text'),
  'timestamp(timestamp)': same,
  'timestamp(string)': unavailable('timestamp() takes a text that is written out in the filter'),
  'timestamp(int)': (printer, node) => {
    const seconds = printer.value(argument(node, 0))
    return inRange(printer, `(toInt128(${seconds.text}) * ${second})`, minTimestamp, maxTimestamp)
  },
  'duration(duration)': same,
  'duration(string)': unavailable('duration() takes a text that is written out in the filter'),
  ...fields,
  'getFullYear(zone)': fields.getFullYear,
  'getMonth(zone)': fields.getMonth,
  'getDate(zone)': fields.getDate,
  'getDayOfMonth(zone)': fields.getDayOfMonth,
  'getDayOfWeek(zone)': fields.getDayOfWeek,
  'getDayOfYear(zone)': fields.getDayOfYear,
  'getHours(zone)': fields.getHours,
  'getMinutes(zone)': fields.getMinutes,
  'getSeconds(zone)': fields.getSeconds,
  'getMilliseconds(zone)': fields.getMilliseconds,
  'duration.getHours': durationPart(3600n * second, ''),
  'duration.getMinutes': durationPart(60n * second, ''),
  'duration.getSeconds': durationPart(second, ''),
  'duration.getMilliseconds': durationPart(1_000_000n, ' % 1000'),
} satisfies Partial<Record<OverloadId, CallPrinter>>
