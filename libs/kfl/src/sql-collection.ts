import type { Checked, IndexRead, Macro, Membership } from './checked.ts'
import type { SqlPrinter } from './print-sql.ts'
import { arrayOf } from './sql-constant.ts'
import type { Sql } from './sql.ts'
import { certain, fallible, from, NotInDatabase } from './sql.ts'
import { isDynamic } from './type.ts'
import type { Value } from './value.ts'
import { MapValue } from './value.ts'

/** `item in list`, `key in map`. */
export function membershipSql(printer: SqlPrinter, node: Membership): Sql {
  const { item, collection } = node
  if (collection.kind === 'constant') return inConstant(printer, node, item, elements(collection.value))
  if (collection.type.kind === 'map') {
    const map = printer.value(collection)
    const key = printer.value(item)
    return strict(printer, [key, map], ([k, m]) => `mapContains(${m}, ${k})`)
  }
  if (collection.kind === 'list') {
    // A list with an error in it is an error, even where another of its elements is the one looked for.
    const fails = collection.items.some((other) => printer.value(other).nullable)
    if (!fails) {
      const items = collection.items.map((other) => equality(printer, node, item, other))
      return from(`(${items.map((sql) => sql.text).join(' OR ')})`, ...items)
    }
  }
  if (collection.type.kind !== 'list' || isDynamic(collection.type))
    throw new NotInDatabase('the database has no lists of mixed types', node)
  const list = printer.operand(collection)
  const value = printer.value(item)
  const same = item.type.kind === collection.type.element.kind
  const test = (l: string, v: string): string => (same ? `has(${l}, ${v})` : `arrayExists(_e -> _e = ${v}, ${l})`)
  if (!list.nullable && !value.nullable) return certain(test(list.text, value.text))
  const text = printer.bind([list, value], ([l = '', v = '']) => {
    const failed = [list.nullable ? `has(${l}, NULL)` : '', value.nullable ? `isNull(${v})` : ''].filter(
      (t) => t !== '',
    )
    return `if(${failed.join(' OR ')}, NULL, ${test(l, v)})`
  })
  return fallible(text)
}

function elements(value: Value): readonly Value[] {
  if (value instanceof MapValue) return value.keys()
  return Array.isArray(value) ? (value as readonly Value[]) : []
}

function inConstant(printer: SqlPrinter, node: Membership, item: Checked, values: readonly Value[]): Sql {
  const subject = printer.operand(item)
  if (values.length === 0)
    return subject.nullable ? fallible(`if(isNull(${subject.text}), NULL, false)`) : certain('false')
  const kinds: Readonly<Record<string, string>> = { string: 'string', bigint: 'int', number: 'double' }
  const kind = new Set(values.map((v) => kinds[typeof v] ?? 'other'))
  const numbers = item.type.kind === 'int' || item.type.kind === 'uint' || item.type.kind === 'double'
  if (kind.size === 1 && kind.has(item.type.kind)) {
    const list = arrayOf(values, printer.params)
    if (list !== undefined) return from(`(${subject.text} IN ${list})`, subject)
  }
  const list = numbers || kind.size === 1 ? arrayOf(values, printer.params) : undefined
  if (list === undefined || item.type.kind === 'timestamp')
    throw new NotInDatabase('the database has no lists of mixed types', node)
  return strict(printer, [printer.value(item)], ([v]) => `arrayExists(_e -> _e = ${v}, ${list})`)
}

function equality(printer: SqlPrinter, node: Membership, left: Checked, right: Checked): Sql {
  return printer.bare({
    kind: 'comparison',
    operator: '==',
    left,
    right,
    type: node.type,
    start: node.start,
    end: node.end,
  })
}

/** `list[i]`: NULL outside. `map[k]`: "" for a missing key of an entry's map. */
export function indexSql(printer: SqlPrinter, node: IndexRead): Sql {
  const { target, key } = node
  if (target.type.kind === 'map') {
    if (target.type.key.kind !== 'string') throw new NotInDatabase('the database has maps of texts only', node)
    const map = printer.operand(target)
    const at = printer.value(key)
    if (target.type.missingIsEmpty) return strict(printer, [at], ([k]) => `${map.text}[${k}]`)
    return fallible(printer.bind([map, at], ([m, k]) => `if(mapContains(${m}, ${k}), ${m}[${k}], NULL)`))
  }
  if (target.type.kind !== 'list' || isDynamic(target.type))
    throw new NotInDatabase('the database has no lists of mixed types', node)
  const element = target.type.element.kind
  if (element === 'list' || element === 'map')
    throw new NotInDatabase('the database reads only lists of simple values', node)
  const list = printer.operand(target)
  const at = printer.value(key)
  // A negative index is NULL as an unsigned number, and 0 would be an error of ClickHouse.
  const one = `accurateCastOrNull(${at.text}, 'UInt64') + 1`
  if (!list.nullable) return fallible(`arrayElementOrNull(${list.text}, ${one})`)
  return fallible(printer.bind([list], ([l]) => `if(has(${l}, NULL), NULL, arrayElementOrNull(${l}, ${one}))`))
}

/** Macros. An error in a predicate is NULL in the array of its results, where it is found afterwards. */
export function macroSql(printer: SqlPrinter, node: Macro): Sql {
  if (isDynamic(node.element)) throw new NotInDatabase('the database has no lists of mixed types', node)
  const range = node.range.type.kind === 'map' ? keysOf(printer.operand(node.range)) : printer.value(node.range)
  if (!range.nullable) return walk(printer, node, range.text)
  const failed = node.type.kind === 'list' ? '[NULL]' : 'NULL'
  return fallible(printer.bind([range], ([r = '']) => `if(has(${r}, NULL), ${failed}, ${walk(printer, node, r).text})`))
}

function keysOf(map: Sql): Sql {
  return { ...map, text: `CAST(mapKeys(${map.text}), 'Array(String)')` }
}

function walk(printer: SqlPrinter, node: Macro, range: string): Sql {
  const name = `_v${node.slot}`
  const predicate = node.predicate === null ? certain('true') : printer.value(node.predicate)
  const results = `arrayMap(${name} -> ${predicate.text}, ${range})`
  switch (node.macro) {
    case 'exists':
      if (!predicate.nullable) return certain(`arrayExists(${name} -> ${predicate.text}, ${range})`)
      return fallible(
        printer.bind([certain(results)], ([r]) => `multiIf(has(${r}, true), true, has(${r}, NULL), NULL, false)`),
      )
    case 'all':
      if (!predicate.nullable) return certain(`arrayAll(${name} -> ${predicate.text}, ${range})`)
      return fallible(
        printer.bind([certain(results)], ([r]) => `multiIf(has(${r}, false), false, has(${r}, NULL), NULL, true)`),
      )
    case 'exists_one':
      if (!predicate.nullable) return certain(`(arrayCount(${name} -> ${predicate.text}, ${range}) = 1)`)
      return fallible(
        printer.bind([certain(results)], ([r]) => `if(has(${r}, NULL), NULL, countEqual(${r}, true) = 1)`),
      )
    case 'filter':
      return kept(name, predicate, range)
    default: {
      const chosen = node.predicate === null ? certain(range) : kept(name, predicate, range)
      const body = node.body === null ? certain(name) : printer.value(node.body)
      if (node.body !== null && (node.body.type.kind === 'list' || node.body.type.kind === 'map')) {
        throw new NotInDatabase('the database makes only lists of simple values', node)
      }
      if (!chosen.nullable) return from(`arrayMap(${name} -> ${body.text}, ${chosen.text})`, body)
      return fallible(`arrayMap(${name} -> if(isNull(${name}), NULL, ${body.text}), ${chosen.text})`)
    }
  }
}

function kept(name: string, predicate: Sql, range: string): Sql {
  if (!predicate.nullable) return certain(`arrayFilter(${name} -> ${predicate.text}, ${range})`)
  const judged = `arrayMap(${name} -> (${predicate.text}, ${name}), ${range})`
  return fallible(`arrayMap(_t -> if(isNull(_t.1), NULL, _t.2), arrayFilter(_t -> ifNull(_t.1, true), ${judged}))`)
}

/** A function of values that is NULL where one of them is; for functions that do not hand NULL on by themselves. */
export function strict(printer: SqlPrinter, values: readonly Sql[], body: (names: readonly string[]) => string): Sql {
  const nullable = values.map((v) => v.nullable)
  if (!nullable.includes(true)) return certain(body(values.map((v) => v.text)))
  const text = printer.bind(values, (names) => {
    const tests = names.filter((_, i) => nullable[i] === true).map((name) => `isNull(${name})`)
    return `if(${tests.join(' OR ')}, NULL, ${body(names.map((n, i) => (nullable[i] === true ? `assumeNotNull(${n})` : n)))})`
  })
  return fallible(text)
}
