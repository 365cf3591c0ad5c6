import type { Catalogue, Variable } from '@hindwire/entries/catalogue.ts'

import { partsOf } from './checked-parts.ts'
import type { Checked } from './checked.ts'
import type { Databases } from './evaluate-source.ts'
import { protocolColumn } from './evaluate-source.ts'
import { defaultOf } from './evaluate-variable.ts'
import { compileRun } from './evaluate.ts'
import { callSql } from './sql-call.ts'
import { indexSql, macroSql, membershipSql } from './sql-collection.ts'
import { comparisonSql } from './sql-comparison.ts'
import { constantSql } from './sql-constant.ts'
import { Guards, impliedBy, intersection, isSubset, protocolTest, variablesOf } from './sql-guard.ts'
import type { Protocols } from './sql-guard.ts'
import { SourcePrinter } from './sql-source.ts'
import type { Form } from './sql-source.ts'
import { wrapped } from './sql-wrap.ts'
import { certain, fallible, from, NotInDatabase, nullSql, Params } from './sql.ts'
import type { Sql, SqlQuery } from './sql.ts'
import { substitute } from './substitute.ts'

export interface SqlContext {
  readonly catalogue: Catalogue
  readonly databases: Databases
  readonly maxLength: number
}

/**
 * Prints a folded filter as a condition. It is never NULL: an error does not match.
 * @throws NotInDatabase for what has no exact counterpart, and for SQL that grows too long
 */
export function printSql(node: Checked, context: SqlContext): SqlQuery {
  const printer = new SqlPrinter(context)
  const text = printer.filter(node)
  if (text.length > context.maxLength) throw new NotInDatabase('this filter becomes too long for the database', node)
  return { text, params: printer.params.values }
}

export class SqlPrinter {
  readonly params = new Params()
  readonly #sources: SourcePrinter
  readonly #guards: Guards
  /** Protocols that the row can have at the place that is being printed. */
  #known: Protocols = null
  #bindings = 0
  #length = 0
  readonly #maxLength: number

  constructor(context: SqlContext) {
    this.#sources = new SourcePrinter(context.catalogue, context.databases, this.params)
    this.#guards = new Guards(context.catalogue)
    this.#maxLength = context.maxLength
  }

  /** The whole condition: conjuncts side by side, so that indexes can be used for each. */
  filter(node: Checked): string {
    if (node.kind === 'logic' && node.operator === '&&') {
      return this.#conjunction(node.operands)
        .map((part) => (part.nullable ? `ifNull(${part.text}, false)` : part.text))
        .join(' AND ')
    }
    const { text, nullable } = this.value(node)
    return nullable ? `ifNull(${text}, false)` : text
  }

  /** A node in the SQL type of its KFL type, NULL for an error. */
  value(node: Checked): Sql {
    const sql = this.#value(node)
    this.#length += sql.text.length
    // Every level repeats the text below it once: bounded nesting keeps the sum within a multiple of the whole.
    if (this.#length > this.#maxLength * 64)
      throw new NotInDatabase('this filter becomes too long for the database', node)
    return sql
  }

  #value(node: Checked): Sql {
    switch (node.kind) {
      case 'constant':
        return constantSql(node, this.params)
      case 'failure':
        return node.type.kind === 'list' ? fallible('[NULL]') : nullSql
      case 'variable':
        return this.variable(node.variable, 'typed')
      case 'local':
        return certain(`_v${node.slot}`)
      case 'logic':
        return node.operator === '&&' ? all(this.#conjunction(node.operands)) : this.#disjunction(node.operands)
      case 'choice':
        return this.#choice(node)
      case 'list': {
        if (node.type.kind === 'list' && node.type.element.kind === 'dyn' && node.items.length > 0) {
          throw new NotInDatabase('the database has no lists of mixed types', node)
        }
        const items = node.items.map((item) => this.value(item))
        return from(`[${items.map((item) => item.text).join(', ')}]`, ...items)
      }
      case 'map':
        throw new NotInDatabase('the database cannot make a map of values of an entry', node)
      case 'index':
        return indexSql(this, node)
      case 'has': {
        const target = this.value(node.target)
        return from(`mapContains(${target.text}, ${this.params.string(node.key)})`, target)
      }
      default:
        return node.type.kind === 'bool' ? this.#atom(node) : this.bare(node)
    }
  }

  /** A comparison, membership or call without regard to guards. */
  bare(node: Checked): Sql {
    if (node.kind === 'comparison') return comparisonSql(this, node)
    if (node.kind === 'in') return membershipSql(this, node)
    if (node.kind === 'call') return callSql(this, node)
    if (node.kind === 'macro') return macroSql(this, node)
    return this.value(node)
  }

  /** An operand of a comparison: variables as their column stands. */
  operand(node: Checked): Sql {
    return node.kind === 'variable' ? this.variable(node.variable, 'raw') : this.value(node)
  }

  /** A variable that is made of columns, compared with a constant column by column; undefined where that is not exact. */
  equalTo(variable: Variable, other: Checked): string | undefined {
    if (other.kind !== 'constant' || typeof other.value !== 'string') return undefined
    return this.#guards.of(variable, this.#known) === null
      ? this.#sources.equals(variable.source, other.value)
      : undefined
  }

  variable(variable: Variable, form: Form): Sql {
    const guard = this.#guards.of(variable, this.#known)
    if (guard === null) return certain(wrapped(this.#sources.print(variable.source, variable.type, form)))
    const carried = this.#sources.oneOf(protocolColumn, guard)
    const stored = this.#sources.print(variable.source, variable.type, 'typed')
    if (variable.type === 'bool') return certain(`(${carried} AND ${stored})`)
    const { type } = variable
    const absent =
      type === 'list<string>'
        ? "CAST([], 'Array(String)')"
        : type === 'map<string,string>'
          ? "CAST(map(), 'Map(String, String)')"
          : type === 'timestamp'
            ? 'toInt128(0)'
            : this.#sources.constant(variable.default ?? (type === 'string' || type === 'bytes' ? '' : 0), type)
    return certain(`if(${carried}, ${stored}, ${absent})`)
  }

  /**
   * Binds values to names, so that `body` can use them more than once without repeating their text. Plain names and
   * placeholders are passed as they are.
   */
  bind(values: readonly Sql[], body: (names: readonly string[]) => string): string {
    const heavy = values.filter((v) => !isLight(v.text))
    const names = values.map((v) => (isLight(v.text) ? v.text : `_b${this.#bindings++}`))
    if (heavy.length === 0) return body(names)
    const bound = names.filter((_, i) => !isLight(values[i]?.text ?? ''))
    const parameters = bound.length === 1 ? (bound[0] ?? '') : `(${bound.join(', ')})`
    return `arrayMap(${parameters} -> ${body(names)}, ${heavy.map((v) => `[${v.text}]`).join(', ')})[1]`
  }

  /**
   * Parts of an AND. What one of them says of the protocol holds for all: the restriction is printed once, in front,
   * and the guards that it implies are left out.
   */
  #conjunction(operands: readonly Checked[]): Sql[] {
    const implied = operands.map((o) => impliedBy(o, (atom) => this.#falseElsewhere(atom))).reduce(intersection, null)
    const before = this.#known
    const known = intersection(before, implied)
    const parts: Sql[] = []
    if (known !== null && (before === null || known.size < before.size)) {
      parts.push(certain(known.size === 0 ? 'false' : this.#sources.oneOf(protocolColumn, [...known])))
    }
    this.#known = known
    for (const operand of operands) {
      if (known !== null && this.#saysOnlyProtocol(operand, known)) continue
      parts.push(this.value(operand))
    }
    this.#known = before
    return parts.length === 0 ? [certain('true')] : parts
  }

  /** True for a part that holds for all the known protocols, and is about nothing else. */
  #saysOnlyProtocol(node: Checked, known: ReadonlySet<string>): boolean {
    const protocols = protocolsOnly(node)
    return protocols !== null && isSubset(known, [...protocols])
  }

  #disjunction(operands: readonly Checked[]): Sql {
    const parts = operands.map((operand) => this.value(operand))
    return from(`(${parts.map((part) => part.text).join(' OR ')})`, ...parts)
  }

  #choice(node: Checked & { readonly kind: 'choice' }): Sql {
    if (node.type.kind === 'dyn')
      throw new NotInDatabase('both branches of ?: must have one type in the database', node)
    const test = this.value(node.test)
    const whenTrue = this.value(node.whenTrue)
    const whenFalse = this.value(node.whenFalse)
    if (!test.nullable) return from(`if(${test.text}, ${whenTrue.text}, ${whenFalse.text})`, whenTrue, whenFalse)
    const failed = node.type.kind === 'list' ? '[NULL]' : 'NULL'
    if (node.type.kind === 'map')
      throw new NotInDatabase('the database cannot choose between maps by a test that can fail', node)
    const text = this.bind(
      [test],
      ([t]) => `multiIf(isNull(${t}), ${failed}, ${t}, ${whenTrue.text}, ${whenFalse.text})`,
    )
    return fallible(text)
  }

  /**
   * A condition P over variables of some protocols, which read as their defaults elsewhere. Where P of the defaults is
   * a constant, it is `guard AND P` or `(NOT guard OR P)`, which indexes understand; otherwise the guards stay inside.
   */
  #atom(node: Checked): Sql {
    const guarded = this.#guardOf(node)
    if (guarded === null) return this.bare(node)
    const elsewhere = atDefaults(node, guarded.variables)
    if (elsewhere === 'depends') return this.bare(node)
    const before = this.#known
    this.#known = intersection(before, new Set(guarded.protocols))
    const inside = this.bare(node)
    this.#known = before
    const carried = this.#sources.oneOf(protocolColumn, guarded.protocols)
    if (elsewhere === undefined) return fallible(`if(${carried}, ${inside.text}, NULL)`)
    return elsewhere
      ? from(`(NOT ${wrapped(carried)} OR ${inside.text})`, inside)
      : from(`(${carried} AND ${inside.text})`, inside)
  }

  /** The variables that need a guard here, where all need the same one. */
  #guardOf(node: Checked): { variables: Set<Variable>; protocols: readonly string[] } | null {
    const variables = new Set([...variablesOf(node)].filter((v) => this.#guards.of(v, this.#known) !== null))
    const [first, ...others] = variables
    if (first === undefined || first.protocols === null) return null
    const key = String([...first.protocols].sort())
    return others.every((v) => String([...(v.protocols ?? [])].sort()) === key)
      ? { variables, protocols: first.protocols }
      : null
  }

  #falseElsewhere(atom: Checked): Protocols {
    if (!['comparison', 'in', 'call', 'macro', 'variable', 'has'].includes(atom.kind)) return null
    const guarded = this.#guardOf(atom)
    if (guarded === null) return null
    return atDefaults(atom, guarded.variables) === false ? new Set(guarded.protocols) : null
  }
}

/** What a condition is where these variables have their defaults; `depends` when that depends on the row. */
function atDefaults(node: Checked, variables: ReadonlySet<Variable>): boolean | undefined | 'depends' {
  const all = variablesOf(node)
  if (all.size !== variables.size || readsOuterLocal(node)) return 'depends'
  const value = compileRun(
    substitute(node, (variable) => defaultOf(variable)),
    new Map(),
  )({}, [])
  return typeof value === 'boolean' ? value : undefined
}

function readsOuterLocal(node: Checked, bound = Infinity): boolean {
  if (node.kind === 'local') return node.slot < bound
  if (node.kind === 'macro') {
    const inner = [node.predicate, node.body].filter((part) => part !== null)
    const slot = Math.min(bound, node.slot)
    return readsOuterLocal(node.range, bound) || inner.some((part) => readsOuterLocal(part, slot))
  }
  return partsOf(node).some((part) => readsOuterLocal(part, bound))
}

/** The protocols of a condition that is about nothing but the protocol, or null. */
function protocolsOnly(node: Checked): Protocols {
  if (node.kind !== 'logic') {
    const flag = node.kind === 'variable' && 'protocolIn' in node.variable.source
    return flag ? impliedBy(node, () => null) : protocolTest(node)
  }
  const parts = node.operands.map(protocolsOnly)
  return parts.includes(null) ? null : impliedBy(node, () => null)
}

/** A piece that may be repeated: a name, a placeholder, an element of neither. */
function isLight(text: string): boolean {
  return /^(?:[a-z_][a-z0-9_]*|\{p\d+:[A-Za-z0-9]+\})$/.test(text)
}

function all(parts: readonly Sql[]): Sql {
  return parts.length === 1 && parts[0] !== undefined
    ? parts[0]
    : from(`(${parts.map((part) => part.text).join(' AND ')})`, ...parts)
}
