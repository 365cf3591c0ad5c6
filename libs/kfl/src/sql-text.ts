import type { Call } from './checked.ts'
import type { SqlPrinter } from './print-sql.ts'
import type { OverloadId } from './signatures.ts'
import { argument, values } from './sql-arithmetic.ts'
import type { CallPrinter } from './sql-call.ts'
import { strict } from './sql-collection.ts'
import type { Sql } from './sql.ts'
import { certain, fallible, from, NotInDatabase } from './sql.ts'

/** A text that the filter spells out (or that folds to a constant). */
export function literalText(node: Call, at: number, what: string): string {
  const arg = argument(node, at)
  if (arg.kind === 'constant' && typeof arg.value === 'string') return arg.value
  throw new NotInDatabase(`${what} must be written out in the filter`, arg)
}

function literalInt(node: Call, at: number): bigint {
  const arg = argument(node, at)
  if (arg.kind === 'constant' && typeof arg.value === 'bigint') return arg.value
  throw new NotInDatabase('this number must be written out in the filter', arg)
}

const contains: CallPrinter = (printer, node) => {
  const text = printer.operand(argument(node, 0))
  const part = argument(node, 1)
  if (part.kind === 'constant' && typeof part.value === 'string') {
    // LIKE, unlike position(), can use text indexes.
    const pattern = `%${part.value.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
    return from(`(${text.text} LIKE ${printer.params.string(pattern)})`, text)
  }
  const other = printer.value(part)
  return from(`(position(${text.text}, ${other.text}) > 0)`, text, other)
}

const affix =
  (name: 'startsWith' | 'endsWith'): CallPrinter =>
  (printer, node) => {
    const [a, b] = [printer.operand(argument(node, 0)), printer.operand(argument(node, 1))]
    return from(`${name}(${a.text}, ${b.text})`, a, b)
  }

const matches: CallPrinter = (printer, node) => {
  const pattern = literalText(node, 1, 'a regular expression')
  const text = printer.operand(argument(node, 0))
  // In ClickHouse the dot matches newlines unless told otherwise.
  return from(`match(${text.text}, ${printer.params.string(`(?-s)${pattern}`)})`, text)
}

const unary =
  (write: (text: string) => string): CallPrinter =>
  (printer, node) => {
    const [a] = values(printer, node)
    return from(write(a.text), a)
  }

/** Characters [from, to) of a text, NULL when out of range. Bounds are numbers of characters. */
function part(printer: SqlPrinter, text: Sql, start: Sql, end: Sql | null): Sql {
  const all = end === null ? [text, start] : [text, start, end]
  const sql = printer.bind(all, ([t, s, e]) => {
    if (e === undefined) return `if(${s} >= 0 AND ${s} <= lengthUTF8(${t}), substringUTF8(${t}, ${s} + 1), NULL)`
    return `if(${s} >= 0 AND ${e} <= lengthUTF8(${t}) AND ${s} <= ${e}, substringUTF8(${t}, ${s} + 1, ${e} - ${s}), NULL)`
  })
  return fallible(sql)
}

const charAt: CallPrinter = (printer, node) => {
  const [t, i] = values(printer, node)
  return fallible(
    printer.bind(
      [t, i],
      ([text, at]) => `if(${at} >= 0 AND ${at} <= lengthUTF8(${text}), substringUTF8(${text}, ${at} + 1, 1), NULL)`,
    ),
  )
}

/** An empty text is found at once, wherever the search begins. */
const indexOf: CallPrinter = (printer, node) => {
  const [t, p] = values(printer, node)
  return from(`(toInt64(positionUTF8(${t.text}, ${p.text})) - 1)`, t, p)
}

const indexOfFrom: CallPrinter = (printer, node) => {
  const parts = values(printer, node)
  const sql = printer.bind(parts, ([t, p, f]) => {
    const found = `toInt64(positionUTF8(substringUTF8(${t}, ${f} + 1), ${p}))`
    return `if(${f} >= 0 AND ${f} <= lengthUTF8(${t}), if(${found} = 0, -1, ${found} - 1 + ${f}), NULL)`
  })
  return fallible(sql)
}

const lastIndexOf: CallPrinter = (printer, node) => {
  const [t, p] = values(printer, node)
  const sql = printer.bind([t, p], ([text, what]) => {
    const back = `positionUTF8(reverseUTF8(${text}), reverseUTF8(${what}))`
    return `if(${back} = 0, toInt64(-1), toInt64(lengthUTF8(${text})) - toInt64(lengthUTF8(${what})) - toInt64(${back}) + 1)`
  })
  return from(sql, t, p)
}

const replace =
  (limited: boolean): CallPrinter =>
  (printer, node) => {
    const limit = limited ? literalInt(node, 3) : -1n
    const what = literalText(node, 1, 'the text to replace')
    const [text, , by] = values(printer, node)
    if (limit === 0n) return by.nullable ? fallible(`if(isNull(${by.text}), NULL, ${text.text})`) : text
    if (what === '' || limit > 1n)
      throw new NotInDatabase('the database replaces one or all occurrences of a text', node)
    const name = limit === 1n ? 'replaceOne' : 'replaceAll'
    return from(`${name}(${text.text}, ${printer.params.string(what)}, ${by.text})`, text, by)
  }

const split =
  (limited: boolean): CallPrinter =>
  (printer, node) => {
    const separator = literalText(node, 1, 'the separator')
    const limit = limited ? literalInt(node, 2) : -1n
    const text = printer.value(argument(node, 0))
    const by = printer.params.string(separator)
    const pieces = (t: string): string =>
      separator === '' ? `extractAll(${t}, '(?s).')` : `splitByString(${by}, ${t})`
    const cut = (all: string): string => {
      const tail = `arrayStringConcat(arraySlice(${all}, ${printer.params.int(limit)}), ${by})`
      const head = `arraySlice(${all}, 1, ${printer.params.int(limit - 1n)})`
      return `if(length(${all}) > ${printer.params.int(limit)}, arrayConcat(${head}, [${tail}]), ${all})`
    }
    const whole = (t: string): string =>
      limit === 0n
        ? "CAST([], 'Array(String)')"
        : limit < 0n
          ? pieces(t)
          : printer.bind([certain(pieces(t))], ([all = '']) => cut(all))
    if (!text.nullable) return certain(whole(text.text))
    return fallible(printer.bind([text], ([t = '']) => `if(isNull(${t}), [NULL], ${whole(`assumeNotNull(${t})`)})`))
  }

const join: CallPrinter = (printer, node) => {
  const [list, separator] = values(printer, node)
  const by = node.args.length === 1 ? "''" : separator.text
  if (!list.nullable) return from(`arrayStringConcat(${list.text}, ${by})`, separator)
  const text = printer.bind(
    [list],
    ([l]) => `if(has(${l}, NULL), NULL, arrayStringConcat(arrayMap(_e -> assumeNotNull(_e), ${l}), ${by}))`,
  )
  return fallible(text)
}

const space =
  String.raw`[\t-\r \x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+`.replaceAll(
    '\\',
    '\\\\',
  )

/** CEL's standard and extended string functions. */
export const textSql = {
  'string+string': (printer, node) => {
    const [a, b] = values(printer, node)
    return from(`concat(${a.text}, ${b.text})`, a, b)
  },
  'size(string)': unary((t) => `toInt64(lengthUTF8(${t}))`),
  contains,
  startsWith: affix('startsWith'),
  endsWith: affix('endsWith'),
  matches,
  lowerAscii: unary((t) => `lower(${t})`),
  upperAscii: unary((t) => `upper(${t})`),
  trim: unary((t) => `replaceRegexpOne(replaceRegexpOne(${t}, '^${space}', ''), '${space}$', '')`),
  reverse: unary((t) => `reverseUTF8(${t})`),
  charAt,
  indexOf,
  'indexOf(from)': indexOfFrom,
  lastIndexOf,
  'lastIndexOf(to)': (_printer, node) => {
    throw new NotInDatabase('lastIndexOf() with a position is not available in the database', node)
  },
  replace: replace(false),
  'replace(n)': replace(true),
  split: split(false),
  'split(n)': split(true),
  substring: (printer, node) => {
    const [t, s] = values(printer, node)
    return part(printer, t, s, null)
  },
  'substring(to)': (printer, node) => {
    const [t, s, e] = values(printer, node)
    return part(printer, t, s, e)
  },
  join,
  'join(separator)': join,
  'string(string)': unary((t) => t),
  'string(bytes)': (printer, node) =>
    strict(printer, [printer.value(argument(node, 0))], ([b]) => `if(isValidUTF8(${b}), ${b}, NULL)`),
} satisfies Partial<Record<OverloadId, CallPrinter>>
