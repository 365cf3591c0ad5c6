/**
 * Rows as ClickHouse prints them. Integers are printed as JSON numbers; those beyond 2^53 would lose digits in
 * JSON.parse, so a line that may hold one is parsed again with its source text.
 */

/** A run of digits that may exceed 2^53 - 1 = 9007199254740991: 17 digits and more, or 16 that begin with a 9. */
const MAY_BE_INEXACT = /\d{17}|9\d{15}/u

/** The third argument of a reviver (ECMAScript 2025, JSON.parse source text access). */
interface ReviverContext {
  readonly source?: string
}

function keepDigits(_key: string, value: unknown, context?: ReviverContext): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value) || context?.source === undefined) return value
  return /^-?\d+$/u.test(context.source) ? context.source : value
}

/**
 * Parses JSON with integers exact: a number where it is safe, else its decimal digits as a string.
 * @throws SyntaxError
 */
export function parseExact(text: string): unknown {
  return MAY_BE_INEXACT.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text)
}

/** Parses one JSON value a line; an empty text has no lines. */
export function parseLines(text: string): unknown[] {
  const rows: unknown[] = []
  let from = 0
  while (from < text.length) {
    const end = text.indexOf('\n', from)
    const to = end === -1 ? text.length : end
    if (to > from) rows.push(parseExact(text.slice(from, to)))
    from = to + 1
  }
  return rows
}
