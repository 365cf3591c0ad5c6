import type { Call } from './checked.ts'
import type { SqlPrinter } from './print-sql.ts'
import type { OverloadId } from './signatures.ts'
import { arithmeticSql } from './sql-arithmetic.ts'
import { otherSql } from './sql-other.ts'
import { textSql } from './sql-text.ts'
import { timeSql } from './sql-time.ts'
import type { Sql } from './sql.ts'
import { NotInDatabase } from './sql.ts'

/** Prints one overload. */
export type CallPrinter = (printer: SqlPrinter, node: Call) => Sql

const printers: Readonly<Record<OverloadId, CallPrinter>> = {
  ...arithmeticSql,
  ...textSql,
  ...timeSql,
  ...otherSql,
}

export function callSql(printer: SqlPrinter, node: Call): Sql {
  if (node.overloads.length > 1) throw new NotInDatabase('the type of this is only known at evaluation', node)
  return printers[node.overloads[0]](printer, node)
}
