import { z } from 'zod'

/**
 * Kinds of settings. Each reads the text of an environment variable; a default makes it optional, and `.describe()`
 * is what `--help` prints.
 *
 *     const schema = z.object({
 *       dataDir: text().default('data').describe('Directory that holds everything'),
 *       maxUploadBytes: bytes().default(20 * GiB).describe('Largest capture file. Stops a runaway upload.'),
 *     })
 */

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 }
const TIMES: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Any text but an empty one. */
export function text() {
  return z.string().min(1, 'must not be empty')
}

/** Like `text`, and never printed. */
export function secret() {
  return text().meta({ secret: true })
}

export function integer(min = 0, max = Number.MAX_SAFE_INTEGER) {
  const wrong = `must be a whole number from ${min} to ${max}`
  const fits = (value: number) => Number.isSafeInteger(value) && value >= min && value <= max
  return read((input) => (/^-?\d+$/.test(input) ? Number(input) : NaN), fits, wrong)
}

/** A size: `65536`, `64k`, `64KiB`, `2g`; always in powers of 1024. In bytes. */
export function bytes(min = 0) {
  const fits = (value: number) => Number.isSafeInteger(value) && value >= min
  return read(parseBytes, fits, `must be a size of at least ${min} bytes, such as 64KiB or 2GiB`)
}

/** A time span: `500ms`, `30s`, `5m`, `2h`, `7d`. In milliseconds. */
export function duration() {
  return read(parseDuration, Number.isSafeInteger, 'must be a time such as 500ms, 30s, 5m or 2h')
}

/** `true`/`false`, `1`/`0`, `yes`/`no`, `on`/`off`. */
export function flag() {
  const words = z
    .string()
    .toLowerCase()
    .pipe(z.enum(['true', '1', 'yes', 'on', 'false', '0', 'no', 'off'], 'must be true or false'))
  return words.transform((word) => ['true', '1', 'yes', 'on'].includes(word))
}

/** One of a few words. */
export function choice<const Words extends readonly [string, ...string[]]>(...words: Words) {
  return z.enum(words, `must be one of ${words.join(', ')}`)
}

/** Comma-separated words; empty for none. */
export function list() {
  return z.string().transform((input) =>
    input
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  )
}

function parseBytes(input: string): number {
  const match = /^(\d+)\s*([kmgt]?)(?:i?b)?$/i.exec(input)
  return match === null ? NaN : Number(match[1]) * (UNITS[match[2]?.toLowerCase() ?? ''] ?? NaN)
}

function parseDuration(input: string): number {
  const match = /^(\d+)\s*(ms|s|m|h|d)$/.exec(input)
  return match === null ? NaN : Number(match[1]) * (TIMES[match[2] ?? ''] ?? NaN)
}

function read(parse: (input: string) => number, fits: (value: number) => boolean, wrong: string) {
  return z.string().transform((input, context) => {
    const value = parse(input.trim())
    if (fits(value)) return value
    context.addIssue({ code: 'custom', message: wrong })
    return z.NEVER
  })
}
