/**
 * Physical columns. Many variables share few columns: `redis_type`, `mysql_command` and `kafka_api_key_name` are all
 * `method`. A column left at its default still costs on every insert, so a protocol declares one of its own only for
 * what no shared column can hold; the rest of a decoded message goes into `detail` as JSON.
 */

/** Storage types. `label` is a string with few distinct values; `labels` a list of such; `map` is label → string. */
export type ColumnType =
  | 'label'
  | 'string'
  | 'i32'
  | 'u8'
  | 'u16'
  | 'u32'
  | 'u64'
  | 'time'
  | 'labels'
  | 'strings'
  | 'map'

export interface ColumnSpec {
  readonly name: string
  readonly type: ColumnType
  readonly description: string
}

/** Handle of a column for writers: its index among all columns. Stable within a process only. */
export type Column = number & { readonly __column: unique symbol }

const specs: ColumnSpec[] = []
const byName = new Map<string, number>()

/**
 * Declares a column, or finds it when it was declared before with the same type.
 * @throws when the name is taken by a column of another type (a mistake in a protocol's code)
 */
export function column(name: string, type: ColumnType, description: string): Column {
  const at = byName.get(name)
  if (at !== undefined) {
    if (specs[at]?.type !== type) throw new Error(`column ${name} is ${specs[at]?.type}, not ${type}`)
    return at as Column
  }
  byName.set(name, specs.length)
  specs.push({ name, type, description })
  return (specs.length - 1) as Column
}

/** All columns declared so far, by handle. Complete once the registry has been imported. */
export function columns(): readonly ColumnSpec[] {
  return specs
}
