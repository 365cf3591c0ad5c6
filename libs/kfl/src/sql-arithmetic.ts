import type { Call, Checked } from './checked.ts'
import type { SqlPrinter } from './print-sql.ts'
import type { OverloadId } from './signatures.ts'
import type { CallPrinter } from './sql-call.ts'
import { strict } from './sql-collection.ts'
import type { Sql } from './sql.ts'
import { fallible, from, NotInDatabase } from './sql.ts'

type IntType = 'Int64' | 'UInt64'

export function argument(node: Call, at: number): Checked {
  const arg = node.args[at]
  if (arg === undefined) throw new NotInDatabase('an argument is missing', node)
  return arg
}

/** The values of a call's arguments. */
export function values(printer: SqlPrinter, node: Call): [Sql, Sql, Sql] {
  const none: Sql = { text: '', nullable: false }
  const [a = none, b = none, c = none] = node.args.map((arg) => printer.value(arg))
  return [a, b, c]
}

/** In 128 bits, where no operation of two 64-bit numbers overflows; NULL where the result does not fit into 64. */
const integers =
  (operator: '+' | '-' | '*', type: IntType): CallPrinter =>
  (printer, node) => {
    const [a, b] = values(printer, node)
    return fallible(`accurateCastOrNull(toInt128(${a.text}) ${operator} toInt128(${b.text}), '${type}')`)
  }

/** uint × uint may take 128 bits without sign. */
const unsignedProduct: CallPrinter = (printer, node) => {
  const [a, b] = values(printer, node)
  return fallible(`accurateCastOrNull(toUInt128(${a.text}) * toUInt128(${b.text}), 'UInt64')`)
}

const division =
  (type: IntType): CallPrinter =>
  (printer, node) => {
    const [a, b] = values(printer, node)
    return fallible(`accurateCastOrNull(intDivOrNull(toInt128(${a.text}), toInt128(${b.text})), '${type}')`)
  }

/** The sign is the dividend's. The smallest int has no remainder by -1 in CEL: the quotient overflows. */
const remainder =
  (type: IntType): CallPrinter =>
  (printer, node) => {
    const parts = values(printer, node).slice(0, 2)
    const text = printer.bind(parts, ([a, b]) => {
      const quotient = `accurateCastOrNull(intDivOrNull(toInt128(${a}), toInt128(${b})), '${type}')`
      return `to${type}(toInt128(${a}) - toInt128(${quotient}) * toInt128(${b}))`
    })
    return fallible(text)
  }

const doubles =
  (operator: string): CallPrinter =>
  (printer, node) => {
    const [a, b] = values(printer, node)
    return from(`(${a.text} ${operator} ${b.text})`, a, b)
  }

const cast =
  (write: (value: string) => string, mayFail: boolean): CallPrinter =>
  (printer, node) => {
    const [a] = values(printer, node)
    return { text: write(a.text), nullable: a.nullable || mayFail }
  }

const same: CallPrinter = (printer, node) => printer.value(argument(node, 0))

/** Texts of integers: ClickHouse's own conversion wraps around at 64 bits, so it is done in 256. */
const parsed =
  (pattern: string, type: IntType): CallPrinter =>
  (printer, node) => {
    const text = printer.bind([printer.value(argument(node, 0))], ([t]) => {
      return `if(match(${t}, '${pattern}'), accurateCastOrNull(toInt256OrNull(${t}), '${type}'), NULL)`
    })
    return fallible(text)
  }

const truth = "'1', 't', 'T', 'true', 'TRUE', 'True'"
const untruth = "'0', 'f', 'F', 'false', 'FALSE', 'False'"
const doubleDigits = '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?$'

const parsedDouble: CallPrinter = (printer, node) => {
  const text = printer.bind([printer.value(argument(node, 0))], ([t]) => {
    const special = `lower(${t}) IN ('nan', '+nan', '-nan'), nan, lower(${t}) IN ('inf', '+inf', 'infinity', '+infinity'), inf`
    const negative = `lower(${t}) IN ('-inf', '-infinity'), -inf`
    return `multiIf(isNull(${t}), NULL, match(${t}, '${doubleDigits}'), toFloat64OrNull(${t}), ${special}, ${negative}, NULL)`
  })
  return fallible(text)
}

const onlyInMemory =
  (what: string): CallPrinter =>
  (_printer, node) => {
    throw new NotInDatabase(what, node)
  }

/** Numbers: arithmetic and conversions. */
export const arithmeticSql = {
  'int+int': integers('+', 'Int64'),
  'int-int': integers('-', 'Int64'),
  'int*int': integers('*', 'Int64'),
  'int/int': division('Int64'),
  'int%int': remainder('Int64'),
  '-int': cast((a) => `accurateCastOrNull(-toInt128(${a}), 'Int64')`, true),
  'uint+uint': integers('+', 'UInt64'),
  'uint-uint': integers('-', 'UInt64'),
  'uint*uint': unsignedProduct,
  'uint/uint': division('UInt64'),
  'uint%uint': remainder('UInt64'),
  'double+double': doubles('+'),
  'double-double': doubles('-'),
  'double*double': doubles('*'),
  'double/double': doubles('/'),
  '-double': cast((a) => `(-${a})`, false),
  '!bool': cast((a) => `(NOT ${a})`, false),
  'int(int)': same,
  'int(uint)': cast((a) => `accurateCastOrNull(${a}, 'Int64')`, true),
  // CEL refuses the bounds themselves.
  'int(double)': cast((a) => `accurateCastOrNull(nullIf(trunc(${a}), -9223372036854775808.), 'Int64')`, true),
  'int(string)': parsed('^[+-]?[0-9]{1,40}$', 'Int64'),
  'uint(uint)': same,
  'uint(int)': cast((a) => `accurateCastOrNull(${a}, 'UInt64')`, true),
  'uint(double)': (printer, node) => {
    const text = printer.bind(
      [printer.value(argument(node, 0))],
      ([a]) => `if(${a} < 0, NULL, accurateCastOrNull(trunc(${a}), 'UInt64'))`,
    )
    return fallible(text)
  },
  'uint(string)': parsed('^[0-9]{1,40}$', 'UInt64'),
  'double(double)': same,
  'double(int)': cast((a) => `toFloat64(${a})`, false),
  'double(uint)': cast((a) => `toFloat64(${a})`, false),
  'double(string)': parsedDouble,
  'bool(bool)': same,
  'bool(string)': (printer, node) => {
    const text = printer.bind(
      [printer.value(argument(node, 0))],
      ([t]) => `multiIf(${t} IN (${truth}), true, ${t} IN (${untruth}), false, NULL)`,
    )
    return fallible(text)
  },
  'string(int)': cast((a) => `toString(${a})`, false),
  'string(uint)': cast((a) => `toString(${a})`, false),
  'string(double)': onlyInMemory('the database writes doubles in another form; compare them as numbers'),
  'string(bool)': (printer, node) =>
    strict(printer, [printer.value(argument(node, 0))], ([a]) => `if(${a}, 'true', 'false')`),
} satisfies Partial<Record<OverloadId, CallPrinter>>
