import type { StoredRow } from '@hindwire/entries/catalogue.ts'

import type { Checked, Comparison, Macro } from './checked.ts'
import { implementationOf } from './evaluate-functions.ts'
import { plainNumber } from './evaluate-number.ts'
import type { Databases } from './evaluate-source.ts'
import { variableReader } from './evaluate-variable.ts'
import { isDynamic } from './type.ts'
import { compare, equal, isList, MapValue, Uint } from './value.ts'
import type { Result, Value } from './value.ts'

/** The evaluation of one node. Locals are the variables of the macros around, by slot. */
export type Run = (row: StoredRow, locals: Result[]) => Result

/** Compiles a checked tree to closures. */
export function compileRun(node: Checked, databases: Databases): Run {
  const run = (part: Checked): Run => compileRun(part, databases)
  switch (node.kind) {
    case 'constant': {
      const { value } = node
      return () => value
    }
    case 'failure':
      return () => undefined
    case 'variable':
      return variableReader(node.variable, databases)
    case 'local': {
      const { slot } = node
      return (_row, locals) => locals[slot]
    }
    case 'call': {
      const exact = node.args.every((arg) => !isDynamic(arg.type))
      return callRun(node.args.map(run), implementationOf(node.overloads, exact))
    }
    case 'comparison':
      return comparisonRun(node, run)
    case 'in':
      return membershipRun(run(node.item), run(node.collection))
    case 'logic':
      return logicRun(node.operands.map(run), node.operator === '||')
    case 'choice':
      return choiceRun(run(node.test), run(node.whenTrue), run(node.whenFalse))
    case 'list':
      return listRun(node.items.map(run))
    case 'map':
      return mapRun(node.entries.map((e) => [run(e.key), run(e.value)] as const))
    case 'index': {
      const { type } = node.target
      return indexRun(run(node.target), run(node.key), type.kind === 'map' && type.missingIsEmpty)
    }
    case 'has': {
      const target = run(node.target)
      const { key } = node
      return (row, locals) => {
        const map = target(row, locals)
        return map instanceof MapValue ? map.has(key) : undefined
      }
    }
    default:
      return macroRun(node, run)
  }
}

function callRun(args: readonly Run[], call: (...values: Value[]) => Result): Run {
  const [first, second] = args
  if (args.length === 1 && first !== undefined) {
    return (row, locals) => {
      const a = first(row, locals)
      return a === undefined ? undefined : call(a)
    }
  }
  if (args.length === 2 && first !== undefined && second !== undefined) {
    return (row, locals) => {
      const a = first(row, locals)
      if (a === undefined) return undefined
      const b = second(row, locals)
      return b === undefined ? undefined : call(a, b)
    }
  }
  return (row, locals) => {
    const values: Value[] = []
    for (const arg of args) {
      const value = arg(row, locals)
      if (value === undefined) return undefined
      values.push(value)
    }
    return call(...values)
  }
}

function comparisonRun(node: Comparison, run: (part: Checked) => Run): Run {
  const { operator } = node
  const a = plainNumber(node.left)
  const b = plainNumber(node.right)
  if (a !== undefined && b !== undefined) return numberComparison(operator, a, b)
  const left = run(node.left)
  const right = run(node.right)
  if (operator === '==' || operator === '!=') {
    const wanted = operator === '=='
    return (row, locals) => {
      const x = left(row, locals)
      const y = right(row, locals)
      return x === undefined || y === undefined ? undefined : equal(x, y) === wanted
    }
  }
  const holds = orderings[operator]
  return (row, locals) => {
    const x = left(row, locals)
    const y = right(row, locals)
    if (x === undefined || y === undefined) return undefined
    const order = compare(x, y)
    return order === undefined ? undefined : holds(order)
  }
}

const orderings = {
  '<': (order: number) => order < 0,
  '<=': (order: number) => order <= 0,
  '>': (order: number) => order > 0,
  '>=': (order: number) => order >= 0,
}

function numberComparison(
  operator: Comparison['operator'],
  a: (row: StoredRow) => number,
  b: (row: StoredRow) => number,
): Run {
  switch (operator) {
    case '==':
      return (row) => a(row) === b(row)
    case '!=':
      return (row) => a(row) !== b(row)
    case '<':
      return (row) => a(row) < b(row)
    case '<=':
      return (row) => a(row) <= b(row)
    case '>':
      return (row) => a(row) > b(row)
    default:
      return (row) => a(row) >= b(row)
  }
}

function membershipRun(item: Run, collection: Run): Run {
  return (row, locals) => {
    const value = item(row, locals)
    const within = collection(row, locals)
    if (value === undefined || within === undefined || within === null || typeof within !== 'object') return undefined
    if (within instanceof MapValue) return within.has(value)
    return isList(within) ? within.some((other) => equal(value, other)) : undefined
  }
}

/** `decisive` (true for `||`) wins over errors, errors over the rest, as in CEL. */
function logicRun(operands: readonly Run[], decisive: boolean): Run {
  return (row, locals) => {
    let failed = false
    for (const operand of operands) {
      const value = operand(row, locals)
      if (value === decisive) return decisive
      if (typeof value !== 'boolean') failed = true
    }
    return failed ? undefined : !decisive
  }
}

function choiceRun(test: Run, whenTrue: Run, whenFalse: Run): Run {
  return (row, locals) => {
    const value = test(row, locals)
    if (value === true) return whenTrue(row, locals)
    return value === false ? whenFalse(row, locals) : undefined
  }
}

function listRun(items: readonly Run[]): Run {
  return (row, locals) => {
    const values: Value[] = []
    for (const item of items) {
      const value = item(row, locals)
      if (value === undefined) return undefined
      values.push(value)
    }
    return values
  }
}

function mapRun(entries: readonly (readonly [Run, Run])[]): Run {
  return (row, locals) => {
    const map = new MapValue()
    for (const [keyRun, valueRun] of entries) {
      const key = keyRun(row, locals)
      const value = valueRun(row, locals)
      if (key === undefined || value === undefined || map.has(key) || typeof key === 'number') return undefined
      if (!map.set(key, value)) return undefined
    }
    return map
  }
}

function indexRun(target: Run, key: Run, missingIsEmpty: boolean): Run {
  return (row, locals) => {
    const collection = target(row, locals)
    const at = key(row, locals)
    if (collection === undefined || at === undefined || collection === null || typeof collection !== 'object')
      return undefined
    if (collection instanceof MapValue) {
      const found = collection.get(at)
      return found === undefined && missingIsEmpty ? '' : found
    }
    if (!isList(collection)) return undefined
    const number =
      at instanceof Uint ? Number(at.value) : typeof at === 'bigint' || typeof at === 'number' ? Number(at) : -1
    return Number.isInteger(number) ? collection[number] : undefined
  }
}

function macroRun(node: Macro, run: (part: Checked) => Run): Run {
  const range = run(node.range)
  const { slot, macro } = node
  const predicate = node.predicate === null ? () => true : run(node.predicate)
  const body = node.body === null ? undefined : run(node.body)
  return (row, locals) => {
    const over = elementsOf(range(row, locals))
    if (over === undefined) return undefined
    if (macro === 'exists' || macro === 'all') return quantify(over, macro === 'exists', slot, predicate, row, locals)
    const kept: Value[] = []
    for (const element of over) {
      locals[slot] = element
      const wanted = predicate(row, locals)
      if (typeof wanted !== 'boolean') return undefined
      if (!wanted) continue
      const value = body === undefined ? element : body(row, locals)
      if (value === undefined) return undefined
      kept.push(value)
    }
    return macro === 'exists_one' ? kept.length === 1 : kept
  }
}

function quantify(
  over: readonly Value[],
  decisive: boolean,
  slot: number,
  predicate: Run,
  row: StoredRow,
  locals: Result[],
): Result {
  let failed = false
  for (const element of over) {
    locals[slot] = element
    const value = predicate(row, locals)
    if (value === decisive) return decisive
    if (typeof value !== 'boolean') failed = true
  }
  return failed ? undefined : !decisive
}

function elementsOf(value: Result): readonly Value[] | undefined {
  if (value === undefined || value === null || typeof value !== 'object') return undefined
  if (value instanceof MapValue) return value.keys()
  return isList(value) ? value : undefined
}
