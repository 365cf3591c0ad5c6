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

/** Where the value of a variable is found in a stored row. Data only: KFL prints it as SQL, and reads rows with it. */
export type FieldSource =
  /** A physical column, as it is. An integer column read as `bool` is true where it is not 0. */
  | { readonly column: string }
  /** The same for every entry. */
  | { readonly constant: string | number | boolean }
  /** The sum of integer columns. */
  | { readonly sum: readonly string[] }
  /**
   * An integer column times `scale`, by the sum of others, which counts as `atLeast` where it is less; 0 where that is
   * 0. Computed in doubles; rounded down where it is `whole`, as it must be for an `int`.
   */
  | {
      readonly ratio: string
      readonly to: readonly string[]
      readonly scale: number
      readonly atLeast: number
      readonly whole: boolean
    }
  /** True where the column holds a value other than its default. */
  | { readonly present: string }
  /** True where the entry's protocol is one of these. */
  | { readonly protocolIn: readonly string[] }
  /** True where the label column `of` holds one of these. */
  | { readonly oneOf: readonly string[]; readonly of: string }
  /** The first of these label and string columns that is not empty; `""` where all are. */
  | { readonly firstOf: readonly string[] }
  /** List of the values of these label and string columns, in this order, without empty ones and repetitions. */
  | { readonly listOf: readonly string[] }
  /** The values of these columns as text (integers in decimal), with the separator between them. */
  | { readonly joined: readonly string[]; readonly separator: string }
  /** Map of label and string columns by key. Empty values have no key. */
  | { readonly mapOf: Readonly<Record<string, string>> }
  /** `value` where the label or string column is not empty, else `otherwise`. */
  | { readonly ifPresent: string; readonly value: FieldSource; readonly otherwise: FieldSource }
  /**
   * The value of the side on the capturing node, or of the other one. The client (`src`) is local where
   * `src_node = node AND dst_node != node AND node != ''`; in all other cases the server is.
   */
  | { readonly side: 'local' | 'remote'; readonly client: FieldSource; readonly server: FieldSource }
  /**
   * Name of the snapshot or of the dissection whose number is in the column `dissection`. Rows do not hold it: who
   * runs the filter knows the names of the databases it runs on.
   */
  | { readonly database: 'snapshot' | 'dissection' }

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
  /**
   * This is what a list of calls shows as the call's `status`, in place of `status_code`, where it is not below 0. An
   * integer column.
   */
  readonly isStatus?: boolean
  /** Keys are compared without regard to case (header names). They are stored in lower case. */
  readonly caseInsensitiveKeys?: boolean
}
