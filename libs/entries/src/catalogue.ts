import type { ColumnSpec } from '@hindwire/protocols/contract/column.ts'
import type { Field } from '@hindwire/protocols/contract/field.ts'

/** A KFL variable: a field with the entry protocols on which its column has that meaning. */
export interface Variable extends Field {
  /** Entry protocols that carry it; null where every entry does. On other entries it reads as its default. */
  readonly protocols: readonly string[] | null
}

/** Everything that DDL, row encoder, KFL, REST and documentation know of an entry. */
export interface Catalogue {
  /** By KFL name, e.g. `request.headers`. */
  readonly variables: ReadonlyMap<string, Variable>
  /** By column name, in the order of the table. */
  readonly columns: ReadonlyMap<string, ColumnSpec>
}

/**
 * A row as it is stored, by column name; absent columns are at their defaults. Integer columns are numbers (all stay
 * below 2^53), `time` columns are µs since 1970, `map` columns plain objects. Strings are text; bytes that are not
 * UTF-8 stand in it as lone surrogates U+DC80 to U+DCFF (stored-text.ts has both ways), so that nothing is lost.
 */
export type StoredRow = {
  readonly [column: string]: number | string | readonly string[] | Readonly<Record<string, string>> | undefined
}
