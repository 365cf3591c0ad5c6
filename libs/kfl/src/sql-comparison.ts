import type { Checked, Comparison, ComparisonOperator } from './checked.ts'
import type { SqlPrinter } from './print-sql.ts'
import type { Sql } from './sql.ts'
import { certain, from, NotInDatabase } from './sql.ts'
import { floorDiv } from './time.ts'
import type { Type } from './type.ts'
import { MapValue, Timestamp } from './value.ts'

const sqlOperators = { '==': '=', '!=': '!=', '<': '<', '<=': '<=', '>': '>', '>=': '>=' } as const
const mirrored = { '==': '==', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const

/** Comparisons. ClickHouse compares numbers of different types by value, and texts by bytes, which is by code point. */
export function comparisonSql(printer: SqlPrinter, node: Comparison): Sql {
  const { operator } = node
  if (node.left.kind === 'constant' && node.right.kind !== 'constant') {
    return comparisonSql(printer, { ...node, operator: mirrored[operator], left: node.right, right: node.left })
  }
  const { left, right } = node
  const kind = left.type.kind
  if (kind === 'list' || kind === 'map') return collectionEquality(printer, node, left, right)
  if (kind === 'dyn' || kind === 'type' || kind === 'null' || right.type.kind === 'dyn') {
    throw new NotInDatabase(`the database cannot compare values of type ${kind}`, node)
  }
  if (left.kind === 'variable' && left.type.kind === 'timestamp' && right.kind === 'constant') {
    const column = timeColumn(left)
    if (column !== undefined && right.value instanceof Timestamp)
      return timeComparison(printer, operator, column, right.value.ns)
  }
  const byColumns = operator === '==' && left.kind === 'variable' ? printer.equalTo(left.variable, right) : undefined
  if (byColumns !== undefined) return certain(`(${byColumns})`)
  const raw = kind === 'timestamp' ? printer.value(left) : printer.operand(left)
  const other = kind === 'timestamp' ? printer.value(right) : printer.operand(right)
  return from(`(${raw.text} ${sqlOperators[operator]} ${other.text})`, raw, other)
}

function timeColumn(node: Checked & { readonly kind: 'variable' }): string | undefined {
  const { source, protocols } = node.variable
  return 'column' in source && protocols === null ? source.column : undefined
}

/** Stored times are whole µs: a bound between two of them is rounded to the one that says the same. */
function timeComparison(printer: SqlPrinter, operator: ComparisonOperator, column: string, ns: bigint): Sql {
  const us = floorDiv(ns, 1000n)
  const between = us * 1000n !== ns
  if (between && operator === '==') return certain('false')
  if (between && operator === '!=') return certain('true')
  const rounded = between && (operator === '<' || operator === '>=') ? us + 1n : us
  // DateTime64 ends at 2299; a bound beyond what a row can hold is compared as a number.
  const bound = printer.params.int(rounded)
  const representable = rounded >= 0n && rounded < 10_000_000_000_000_000n
  if (!representable) return certain(`(toUnixTimestamp64Micro(${column}) ${sqlOperators[operator]} ${bound})`)
  return certain(`(${column} ${sqlOperators[operator]} fromUnixTimestamp64Micro(${bound}, 'UTC'))`)
}

function collectionEquality(printer: SqlPrinter, node: Comparison, left: Checked, right: Checked): Sql {
  const negated = node.operator === '!='
  const not = (sql: Sql): Sql => (negated ? from(`(NOT ${sql.text})`, sql) : sql)
  if (left.type.kind === 'map') {
    if (!isTextMap(left.type) || (!isTextMap(right.type) && !isEmptyMap(right))) {
      throw new NotInDatabase('the database compares maps of texts only', node)
    }
    if (isEmptyMap(right)) {
      const target = printer.value(left)
      return not(from(`empty(${target.text})`, target))
    }
    const sorted = [left, right].map((part) => printer.value(part))
    const [a, b] = sorted.map((part) => `mapSort(${part.text})`)
    return not(from(`(${a} = ${b})`, ...sorted))
  }
  if (isEmptyList(right)) {
    const target = printer.value(left)
    if (!target.nullable) return not(from(`empty(${target.text})`, target))
  }
  const types = [left, right].map((part) => elementKind(part.type))
  if (types[0] !== types[1] || types[0] === undefined) {
    throw new NotInDatabase('the database compares lists of one simple type only', node)
  }
  const parts = [left, right].map((part) => printer.value(part))
  if (!parts.some((part) => part.nullable)) return not(from(`(${parts[0]?.text} = ${parts[1]?.text})`, ...parts))
  const text = printer.bind(parts, ([a, b]) => `if(has(${a}, NULL) OR has(${b}, NULL), NULL, ${a} = ${b})`)
  return not({ text, nullable: true })
}

function isTextMap(type: Type): boolean {
  return type.kind === 'map' && type.key.kind === 'string' && type.value.kind === 'string'
}

function isEmptyMap(node: Checked): boolean {
  return node.kind === 'constant' && node.value instanceof MapValue && node.value.size === 0
}

function isEmptyList(node: Checked): boolean {
  return node.kind === 'constant' && Array.isArray(node.value) && node.value.length === 0
}

/** The type of a list's elements, where the database can hold and compare it. */
function elementKind(type: Type): string | undefined {
  if (type.kind !== 'list') return undefined
  const { kind } = type.element
  return kind === 'list' || kind === 'map' || kind === 'dyn' || kind === 'null' || kind === 'type' ? undefined : kind
}
