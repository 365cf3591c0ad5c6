/**
 * Fields: what a protocol adds to KFL. Data only; DDL, row encoder, KFL types, REST shapes and documentation are made
 * from these and from the common fields.
 */

/** KFL's type names, written as in the language. */
export type KflType =
  | 'int'
  | 'uint'
  | 'double'
  | 'bool'
  | 'string'
  | 'bytes'
  | 'timestamp'
  | 'list<string>'
  | 'map<string,string>'

/** Where the value of a variable is found in a stored row. */
export type FieldSource =
  /** A physical column, as it is. */
  | { readonly column: string }
  /** The sum of integer columns. */
  | { readonly sum: readonly string[] }
  /** True where the column holds a value other than its default. */
  | { readonly present: string }
  /** True where the entry's protocol is one of these. */
  | { readonly protocolIn: readonly string[] }

export interface Field {
  /** The KFL variable, e.g. `redis_key` or `request.headers`. */
  readonly variable: string
  readonly type: KflType
  readonly source: FieldSource
  /** Value on entries of other protocols (and for absent values); only where it is not the type's default. */
  readonly default?: number
  readonly description: string
  /** A KFL expression that uses the variable. */
  readonly example: string
  /** Keys are compared without regard to case (header names). They are stored in lower case. */
  readonly caseInsensitiveKeys?: boolean
}
