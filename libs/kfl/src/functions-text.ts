import type { Implementation } from './functions-number.ts'
import { matchesRegex } from './regex.ts'
import type { OverloadId } from './signatures.ts'

/** Longest text that an expression may build: stops `replace` from multiplying a body into gigabytes. */
const maxText = 16 * 1024 * 1024

const nonAscii = /[\u0080-\u{10ffff}]/u

/** Positions in CEL texts count characters (code points); JavaScript's count UTF-16 units. They agree below U+10000. */
const wide = /[\ud800-\udfff]/

export function characters(text: string): number {
  return wide.test(text) ? Array.from(text).length : text.length
}

function small(text: string): string | undefined {
  return text.length > maxText ? undefined : text
}

/** Characters [from, to) of a text; undefined when out of range. */
function slice(text: string, from: bigint, to: bigint | undefined): string | undefined {
  const chars = wide.test(text) ? Array.from(text) : undefined
  const length = chars?.length ?? text.length
  const end = to ?? BigInt(length)
  if (from < 0n || end > BigInt(length) || from > end) return undefined
  if (chars === undefined) return text.slice(Number(from), Number(end))
  return chars.slice(Number(from), Number(end)).join('')
}

function indexOf(text: string, part: string, from: bigint): bigint | undefined {
  if (!wide.test(text)) {
    if (from < 0n || from > BigInt(text.length)) return undefined
    return BigInt(text.indexOf(part, Number(from)))
  }
  const rest = slice(text, from, undefined)
  if (rest === undefined) return undefined
  const at = rest.indexOf(part)
  return at === -1 ? -1n : from + BigInt(characters(rest.slice(0, at)))
}

/** The last occurrence that begins at `to` or before. */
function lastIndexOf(text: string, part: string, to: bigint | undefined): bigint | undefined {
  const length = BigInt(characters(text))
  if (to !== undefined && (to < 0n || to > length)) return undefined
  if (!wide.test(text)) return BigInt(text.lastIndexOf(part, to === undefined ? undefined : Number(to)))
  const head = to === undefined ? text : Array.from(text).slice(0, Number(to)).join('')
  const at = text.lastIndexOf(part, head.length)
  return at === -1 ? -1n : BigInt(characters(text.slice(0, at)))
}

function replace(text: string, part: string, by: string, limit: bigint): string | undefined {
  if (limit === 0n) return text
  const pieces = part === '' ? ['', ...Array.from(text), ''] : text.split(part)
  const count = limit < 0n ? pieces.length - 1 : Math.min(Number(limit), pieces.length - 1)
  if (text.length + count * by.length > maxText) return undefined
  return (
    pieces.slice(0, count + 1).join(by) + (count + 1 < pieces.length ? part + pieces.slice(count + 1).join(part) : '')
  )
}

function split(text: string, separator: string, limit: bigint): string[] | undefined {
  if (limit === 0n) return []
  const pieces = separator === '' ? Array.from(text) : text.split(separator)
  if (limit < 0n || BigInt(pieces.length) <= limit) return pieces
  const head = pieces.slice(0, Number(limit) - 1)
  return [...head, pieces.slice(Number(limit) - 1).join(separator)]
}

const ascii = /[A-Z]+/g
const asciiLower = /[a-z]+/g
/** White_Space of Unicode, which is what CEL trims. */
const space = '[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]'
const leading = new RegExp(`^${space}+`)
const trailing = new RegExp(`${space}+$`)

/** CEL's standard and extended string functions. */
export const textFunctions = {
  'string+string': (a: string, b: string) => small(a + b),
  'size(string)': (text: string) => BigInt(characters(text)),
  contains: (text: string, part: string) => text.includes(part),
  startsWith: (text: string, part: string) => text.startsWith(part),
  endsWith: (text: string, part: string) => text.endsWith(part),
  matches: (text: string, pattern: string) => matchesRegex(text, pattern),
  lowerAscii: (text: string) =>
    nonAscii.test(text) ? text.replace(ascii, (s) => s.toLowerCase()) : text.toLowerCase(),
  upperAscii: (text: string) =>
    nonAscii.test(text) ? text.replace(asciiLower, (s) => s.toUpperCase()) : text.toUpperCase(),
  trim: (text: string) => text.replace(leading, '').replace(trailing, ''),
  reverse: (text: string) => Array.from(text).reverse().join(''),
  charAt: (text: string, at: bigint) => (at === BigInt(characters(text)) ? '' : slice(text, at, at + 1n)),
  indexOf: (text: string, part: string) => indexOf(text, part, 0n),
  'indexOf(from)': (text: string, part: string, from: bigint) => indexOf(text, part, from),
  lastIndexOf: (text: string, part: string) => lastIndexOf(text, part, undefined),
  'lastIndexOf(to)': (text: string, part: string, to: bigint) => lastIndexOf(text, part, to),
  replace: (text: string, part: string, by: string) => replace(text, part, by, -1n),
  'replace(n)': (text: string, part: string, by: string, limit: bigint) => replace(text, part, by, limit),
  split: (text: string, separator: string) => split(text, separator, -1n),
  'split(n)': (text: string, separator: string, limit: bigint) => split(text, separator, limit),
  substring: (text: string, from: bigint) => slice(text, from, undefined),
  'substring(to)': (text: string, from: bigint, to: bigint) => slice(text, from, to),
  join: (parts: readonly string[]) => small(parts.join('')),
  'join(separator)': (parts: readonly string[], separator: string) => small(parts.join(separator)),
  'string(string)': (text: string) => text,
} satisfies Partial<Record<OverloadId, Implementation>>
