import { AppError } from '@hindwire/service-kit/app-error.ts'
import { z } from 'zod'

import { problemsOf } from './problems.ts'

/** The query of a route that takes no parameters. */
export const noQuery = z.strictObject({})

/** Names that a route's query may have. */
export function queryNames(schema: z.ZodType): readonly string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}

/**
 * Reads the query string as the route wants it. A parameter without a value counts as left out.
 * @throws AppError `unknown_parameter`, `repeated_parameter`, `invalid_parameter` (400)
 */
export function parseQuery<T>(schema: z.ZodType<T>, queryString: string): T {
  const allowed = queryNames(schema)
  const values = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(queryString)) {
    if (!allowed.includes(name)) throw unknownParameter(name, allowed)
    if (values.has(name)) {
      throw new AppError('repeated_parameter', 400, `The parameter "${name}" is given twice. Give it once.`)
    }
    values.set(name, value)
  }
  const given = Object.fromEntries([...values].filter(([, value]) => value !== ''))
  const result = schema.safeParse(given)
  if (result.success) return result.data
  const problems = problemsOf(result.error)
  const text = `The query is not right: ${problems.map(({ at, problem }) => `${at} ${problem}`).join('; ')}.`
  throw new AppError('invalid_parameter', 400, text, { details: { problems, allowed } })
}

function unknownParameter(name: string, allowed: readonly string[]): AppError {
  const shown = JSON.stringify(name.slice(0, 80))
  const those = allowed.length === 0 ? 'This call takes none.' : `Allowed are ${allowed.join(', ')}.`
  return new AppError('unknown_parameter', 400, `There is no parameter ${shown}. ${those}`, { details: { allowed } })
}

/** A whole number in a query string. */
export function wholeNumber(min: number, max: number) {
  const wrong = `must be a whole number from ${min} to ${max}`
  return z
    .string()
    .regex(/^-?\d{1,16}$/, wrong)
    .transform(Number)
    .refine((value) => value >= min && value <= max, wrong)
}

/** Milliseconds since 1970 in a query string; up to the year 9999. */
export function milliseconds() {
  return wholeNumber(0, 253_402_300_799_999)
}
