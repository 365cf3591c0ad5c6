import type { Catalogue, Variable } from '@hindwire/entries/catalogue.ts'
import { sourceColumns } from '@hindwire/entries/source-columns.ts'
import { columns as declared } from '@hindwire/protocols/contract/column.ts'
import { Columns } from '@hindwire/protocols/contract/common-columns.ts'

import { partsOf } from './checked-parts.ts'
import type { Checked } from './checked.ts'
import { protocolColumn } from './evaluate-source.ts'

/** Entry protocols that a row can have; null where nothing is known of it. */
export type Protocols = ReadonlySet<string> | null

export function intersection(a: Protocols, b: Protocols): Protocols {
  if (a === null) return b
  return b === null ? a : new Set([...a].filter((name) => b.has(name)))
}

export function isSubset(a: Protocols, b: readonly string[]): boolean {
  if (a === null) return false
  return [...a].every((name) => b.includes(name))
}

const commonColumns: ReadonlySet<string> = new Set(
  Object.values(Columns).map((handle) => declared()[handle]?.name ?? ''),
)

/** Says which variables must be guarded: those whose column other protocols use with another meaning. */
export class Guards {
  /** Columns that belong to the variables of one set of protocols only: elsewhere they stand at their defaults. */
  readonly #private: ReadonlySet<string>

  constructor(catalogue: Catalogue) {
    const users = new Map<string, Set<string>>()
    for (const variable of catalogue.variables.values()) {
      const key = variable.protocols === null ? '*' : [...variable.protocols].sort().join(' ')
      for (const column of sourceColumns(variable.source)) users.set(column, (users.get(column) ?? new Set()).add(key))
    }
    this.#private = new Set(
      [...users].filter(([column, keys]) => keys.size === 1 && !commonColumns.has(column)).map(([column]) => column),
    )
  }

  /** The protocols that a variable's read must be restricted to, or null when it can be read as it is. */
  of(variable: Variable, known: Protocols): readonly string[] | null {
    const { protocols, source } = variable
    if (protocols === null || isSubset(known, protocols)) return null
    const plain = 'column' in source || 'sum' in source || 'present' in source
    const alone = plain && variable.default === undefined && sourceColumns(source).every((c) => this.#private.has(c))
    return alone ? null : protocols
  }
}

/**
 * Protocols outside of which a condition is certainly false (not an error): what an AND that holds it may assume.
 *
 * @param falseElsewhere tells of an atom whether it is false for the defaults of its guarded variables, and which
 *   protocols that restricts it to
 */
export function impliedBy(node: Checked, falseElsewhere: (atom: Checked) => Protocols): Protocols {
  if (node.kind === 'variable' && 'protocolIn' in node.variable.source) return new Set(node.variable.source.protocolIn)
  if (node.kind === 'logic') {
    const parts = node.operands.map((operand) => impliedBy(operand, falseElsewhere))
    if (node.operator === '&&') return parts.reduce(intersection)
    return parts.includes(null) ? null : new Set(parts.flatMap((part) => [...(part ?? [])]))
  }
  return protocolTest(node) ?? falseElsewhere(node)
}

/** The protocols of `protocol == "x"` and `protocol in ["x", "y"]`, or null. */
export function protocolTest(node: Checked): Protocols {
  if (node.kind === 'comparison' && node.operator === '==') {
    const [a, b] = isProtocol(node.left) ? [node.left, node.right] : [node.right, node.left]
    if (isProtocol(a) && b.kind === 'constant' && typeof b.value === 'string') return new Set([b.value])
  }
  if (node.kind === 'in' && isProtocol(node.item) && node.collection.kind === 'constant') {
    const { value } = node.collection
    if (Array.isArray(value) && value.every((v) => typeof v === 'string')) return new Set(value)
  }
  return null
}

function isProtocol(node: Checked): boolean {
  if (node.kind !== 'variable' || node.variable.protocols !== null) return false
  const { source } = node.variable
  return 'column' in source && source.column === protocolColumn
}

/** Variables that a tree reads. */
export function variablesOf(node: Checked): Set<Variable> {
  const found = new Set<Variable>()
  const waiting = [node]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.kind === 'variable') found.add(next.variable)
    waiting.push(...partsOf(next))
  }
  return found
}
