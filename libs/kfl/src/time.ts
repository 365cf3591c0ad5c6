import { Duration, Timestamp } from './value.ts'

const second = 1_000_000_000n
/** CEL: 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z. */
export const minTimestamp = -62_135_596_800n * second
export const maxTimestamp = 253_402_300_800n * second - 1n
/** CEL: what 64 bits of nanoseconds hold, about ±292 years. */
export const maxDuration = (1n << 63n) - 1n

export function timestampOf(ns: bigint): Timestamp | undefined {
  return ns >= minTimestamp && ns <= maxTimestamp ? new Timestamp(ns) : undefined
}

export function durationOf(ns: bigint): Duration | undefined {
  return ns >= -maxDuration && ns <= maxDuration ? new Duration(ns) : undefined
}

/** RFC 3339, section 5.6; undefined when it is none. */
export function parseTimestamp(text: string): Timestamp | undefined {
  const found = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/.exec(text)
  if (found === null) return undefined
  const [, year, month, day, hour, minute, sec, fraction = '', sign, zoneHours = '0', zoneMinutes = '0'] = found
  const date = new Date(0)
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  const valid =
    date.getUTCMonth() === Number(month) - 1 &&
    date.getUTCDate() === Number(day) &&
    Number(hour) < 24 &&
    Number(minute) < 60 &&
    Number(sec) < 60 &&
    Number(zoneHours) < 24 &&
    Number(zoneMinutes) < 60
  if (!valid) return undefined
  const zone = (Number(zoneHours) * 60 + Number(zoneMinutes)) * (sign === '-' ? -60 : 60)
  const seconds = date.getTime() / 1000 + Number(hour) * 3600 + Number(minute) * 60 + Number(sec) - zone
  return timestampOf(BigInt(seconds) * second + BigInt(fraction.padEnd(9, '0')))
}

/** RFC 3339 in UTC, with as many digits of the second as it needs. */
export function formatTimestamp(value: Timestamp): string {
  const seconds = floorDiv(value.ns, second)
  return `${new Date(Number(seconds) * 1000).toISOString().replace(/^\+00/, '').slice(0, 19)}${fraction(value.ns - seconds * second)}Z`
}

const units: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: second,
  m: 60n * second,
  h: 3600n * second,
}

/** Go's duration format, as CEL has it: `1h30m`, `-1.5s`, `250ms`, `0`. */
export function parseDuration(text: string): Duration | undefined {
  const found = /^([+-]?)((?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+|0)$/.exec(text)
  if (found === null || text.length > 100) return undefined
  let ns = 0n
  for (const [, whole = '', digits = '', unit = ''] of text.matchAll(/(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/g)) {
    const factor = units[unit] ?? 0n
    ns += BigInt(whole === '' ? '0' : whole) * factor
    if (digits !== '') ns += (BigInt(digits) * factor) / 10n ** BigInt(digits.length)
  }
  return durationOf(found[1] === '-' ? -ns : ns)
}

/** Seconds with a fraction, as in protobuf's JSON: `1.5s`. */
export function formatDuration(value: Duration): string {
  const ns = value.ns < 0n ? -value.ns : value.ns
  return `${value.ns < 0n ? '-' : ''}${ns / second}${fraction(ns % second)}s`
}

function fraction(ns: bigint): string {
  return ns === 0n ? '' : `.${String(ns).padStart(9, '0').replace(/0+$/, '')}`
}

export function floorDiv(a: bigint, b: bigint): bigint {
  const quotient = a / b
  return a % b < 0n ? quotient - 1n : quotient
}

/** Offset in minutes of `+01:00`, `-08:00`, `02:00`; undefined when it is no fixed offset. */
export function fixedOffset(zone: string): number | undefined {
  const found = /^([+-]?)(\d\d):(\d\d)$/.exec(zone)
  if (found === null || Number(found[2]) > 23 || Number(found[3]) > 59) return undefined
  const minutes = Number(found[2]) * 60 + Number(found[3])
  return found[1] === '-' ? -minutes : minutes
}

const formats = new Map<string, Intl.DateTimeFormat | null>()

/** A formatter for a zone of the IANA database, or null when there is none of that name. */
function formatOf(zone: string): Intl.DateTimeFormat | null {
  let format = formats.get(zone)
  if (format === undefined) {
    try {
      format = new Intl.DateTimeFormat('en-US', {
        timeZone: zone,
        calendar: 'iso8601',
        era: 'short',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
        hourCycle: 'h23',
      })
    } catch {
      format = null
    }
    if (formats.size < 1000) formats.set(zone, format)
  }
  return format
}

export function isZone(zone: string): boolean {
  return fixedOffset(zone) !== undefined || (/^[A-Za-z][A-Za-z0-9_+\-/]*$/.test(zone) && formatOf(zone) !== null)
}

/**
 * The local time of a zone as a Date whose UTC fields are the local ones (milliseconds cut off below);
 * undefined when the zone is unknown.
 */
export function localTime(value: Timestamp, zone: string | undefined): Date | undefined {
  const ms = Number(floorDiv(value.ns, 1_000_000n))
  if (zone === undefined || zone === 'UTC') return new Date(ms)
  const offset = fixedOffset(zone)
  if (offset !== undefined) return new Date(ms + offset * 60_000)
  const format = isZone(zone) ? formatOf(zone) : null
  if (format === null) return undefined
  const parts = new Map(format.formatToParts(ms).map((part) => [part.type, part.value]))
  const field = (name: Intl.DateTimeFormatPartTypes): number => Number(parts.get(name) ?? 0)
  const date = new Date(0)
  date.setUTCFullYear(field('year'), field('month') - 1, field('day'))
  date.setUTCHours(field('hour'), field('minute'), field('second'), ((ms % 1000) + 1000) % 1000)
  return date
}
