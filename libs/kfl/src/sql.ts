import type { Range } from './problem.ts'

/** A value bound to a placeholder, as `@clickhouse/client` takes it in `query_params`; large integers are text. */
export type ParamValue = string | number | readonly (string | number)[]

export interface SqlQuery {
  /** A condition; its only names are those of the catalogue, its only values placeholders such as `{p1:String}`. */
  readonly text: string
  readonly params: Readonly<Record<string, ParamValue>>
}

/**
 * A piece of SQL. NULL is CEL's error. `nullable` says that it may occur; in an array, an element that is NULL makes
 * the whole list an error (arrays themselves cannot be NULL in ClickHouse).
 */
export interface Sql {
  readonly text: string
  readonly nullable: boolean
}

export const nullSql: Sql = { text: 'NULL', nullable: true }

export function certain(text: string): Sql {
  return { text, nullable: false }
}

/** A piece that is NULL where one of its parts is. */
export function from(text: string, ...parts: readonly Sql[]): Sql {
  return { text, nullable: parts.some((part) => part.nullable) }
}

export function fallible(text: string): Sql {
  return { text, nullable: true }
}

/** What the database cannot evaluate as the language means it. Ends the printing of a filter; never leaves print-sql. */
export class NotInDatabase extends Error {
  readonly range: Range
  constructor(message: string, range: Range) {
    super(message)
    this.range = range
  }
}

/** Collects parameters, numbered in the order of first use; equal ones share a number. */
export class Params {
  readonly values: Record<string, ParamValue> = {}
  readonly #known = new Map<string, string>()

  /** The placeholder of a value. `type` is a ClickHouse type from this package, never from a filter. */
  bind(value: ParamValue, type: string): string {
    const id = `${type} ${JSON.stringify(value)}`
    let name = this.#known.get(id)
    if (name === undefined) {
      name = `p${this.#known.size + 1}`
      this.#known.set(id, name)
      this.values[name] = value
    }
    return `{${name}:${type}}`
  }

  string(value: string): string {
    return this.bind(value, 'String')
  }

  strings(values: readonly string[]): string {
    return this.bind(values, 'Array(String)')
  }

  int(value: bigint): string {
    return this.bind(plain(value), 'Int64')
  }
}

/** A number where it is exact, else decimal text. */
export function plain(value: bigint): number | string {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : String(value)
}

/** Column names come from the catalogue; anything but a plain identifier is quoted. */
export function identifier(name: string): string {
  if (/^[a-z_][a-z0-9_]*$/.test(name)) return name
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``
}
