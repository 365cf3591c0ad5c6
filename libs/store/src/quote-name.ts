/** An identifier in SQL, whatever characters it has (https://clickhouse.com/docs/sql-reference/syntax#identifiers). */
export function quoteName(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``
}
