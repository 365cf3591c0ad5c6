import type { Catalogue } from '@hindwire/entries/catalogue.ts'

import { checkCall } from './check-call.ts'
import { comparisonAdvice, filterAdvice, membershipAdvice, undeclared } from './check-hints.ts'
import { checkHas, checkMacro, checkPresent, macros } from './check-macro.ts'
import type { Checked, ComparisonOperator, Failure, LocalRead } from './checked.ts'
import { asciiLower, dottedName, rootName } from './names.ts'
import { problem } from './problem.ts'
import type { Advice, Problem, ProblemCode, Range } from './problem.ts'
import type { Binary, Index, Invocation, Literal, Name, Select, Tree } from './tree.ts'
import * as T from './type.ts'
import type { Type } from './type.ts'
import { TypeValue, Uint } from './value.ts'

export type CheckResult =
  | { readonly ok: true; readonly checked: Checked }
  | { readonly ok: false; readonly errors: readonly Problem[] }

/** Resolves names and types of a normalised tree. The result must be a bool: it is a filter. */
export function check(source: string, tree: Tree, catalogue: Catalogue): CheckResult {
  const result = checkExpression(source, tree, catalogue)
  if (!result.ok || result.checked.type.kind === 'bool' || result.checked.type.kind === 'dyn') return result
  const message = `a filter is true or false; this is ${T.withArticle(result.checked.type)}`
  return {
    ok: false,
    errors: [problem(source, 'not_a_filter', message, result.checked, filterAdvice(source, result.checked))],
  }
}

/** The same for an expression of any type. */
export function checkExpression(source: string, tree: Tree, catalogue: Catalogue): CheckResult {
  const checker = new Checker(source, catalogue)
  const checked = checker.tree(tree)
  return checker.errors.length === 0 ? { ok: true, checked } : { ok: false, errors: checker.errors }
}

const comparisonOperators = new Set(['==', '!=', '<', '<=', '>', '>='])

/** Names of types, for `type(x) == int`. */
const typeNames = new Map(
  ['int', 'uint', 'double', 'bool', 'string', 'bytes', 'list', 'map', 'null_type', 'type'].map((name) => [name, name]),
)

export class Checker {
  readonly errors: Problem[] = []
  readonly source: string
  readonly catalogue: Catalogue
  readonly #locals: LocalRead[] = []

  constructor(source: string, catalogue: Catalogue) {
    this.source = source
    this.catalogue = catalogue
  }

  /** Reports a problem, and gives a node of unknown type, so that checking goes on without errors that follow from it. */
  fail(code: ProblemCode, message: string, range: Range, advice: Advice = {}): Failure {
    this.errors.push(problem(this.source, code, message, range, advice))
    return { kind: 'failure', type: T.dyn, start: range.start, end: range.end }
  }

  tree(tree: Tree): Checked {
    switch (tree.kind) {
      case 'literal':
        return literal(tree)
      case 'name':
        return this.#name(tree)
      case 'select':
        return this.select(tree)
      case 'index':
        return this.#index(tree)
      case 'invocation':
        return this.#invocation(tree)
      case 'unary':
        return checkCall(this, tree, tree.operator, false, [this.tree(tree.operand)], tree)
      case 'binary':
        return this.#binary(tree)
      case 'logic': {
        const operands = tree.operands.map((operand) => this.bool(operand, tree.operator))
        return { kind: 'logic', operator: tree.operator, operands, type: T.bool, start: tree.start, end: tree.end }
      }
      case 'conditional': {
        const test = this.bool(tree.test, '?')
        const whenTrue = this.tree(tree.whenTrue)
        const whenFalse = this.tree(tree.whenFalse)
        if (!T.comparable(whenTrue.type, whenFalse.type)) {
          const types = `${T.typeName(whenTrue.type)} and ${T.typeName(whenFalse.type)}`
          return this.fail('type_error', `both branches of ?: must have one type; these are ${types}`, tree)
        }
        return {
          kind: 'choice',
          test,
          whenTrue,
          whenFalse,
          type: T.join(whenTrue.type, whenFalse.type),
          start: tree.start,
          end: tree.end,
        }
      }
      case 'list': {
        const items = tree.items.map((item) => this.tree(item))
        const element = items.length === 0 ? T.dyn : items.map((item) => item.type).reduce(T.join)
        return { kind: 'list', items, type: T.list(element), start: tree.start, end: tree.end }
      }
      default: {
        const entries = tree.entries.map((e) => ({ key: this.tree(e.key), value: this.tree(e.value) }))
        const key = entries.length === 0 ? T.dyn : entries.map((e) => e.key.type).reduce(T.join)
        const value = entries.length === 0 ? T.dyn : entries.map((e) => e.value.type).reduce(T.join)
        return { kind: 'map', entries, type: T.map(key, value), start: tree.start, end: tree.end }
      }
    }
  }

  /** Checks something in which a macro's variable is known; gets its slot. */
  within<R>(name: string, type: Type, at: Range, inside: (slot: number) => R): R {
    const slot = this.#locals.length
    this.#locals.push({ kind: 'local', name, slot, type, start: at.start, end: at.end })
    const result = inside(slot)
    this.#locals.pop()
    return result
  }

  /** Checks a part that must be a bool. */
  bool(tree: Tree, where: string): Checked {
    const checked = this.tree(tree)
    if (T.assignable(checked.type, T.bool)) return checked
    const message = `${where} needs true or false; ${this.text(checked)} is ${T.withArticle(checked.type)}`
    return this.fail('type_error', message, checked, filterAdvice(this.source, checked))
  }

  text(range: Range): string {
    const text = this.source.slice(range.start, range.end)
    return text.length > 60 ? `${text.slice(0, 60)}…` : text
  }

  #name(tree: Name): Checked {
    const local = this.#locals.findLast((l) => l.name === tree.name)
    const { start, end } = tree
    if (local !== undefined) return { ...local, start, end }
    const variable = this.catalogue.variables.get(tree.name)
    if (variable !== undefined) {
      const type = T.typeOfVariable(variable.type, variable.caseInsensitiveKeys === true)
      return { kind: 'variable', variable, type, start, end }
    }
    const type = typeNames.get(tree.name)
    if (type !== undefined) return { kind: 'constant', value: new TypeValue(type), type: T.typeType, start, end }
    return undeclared(this, tree.name, tree)
  }

  select(tree: Select): Checked {
    const dotted = dottedName(tree)
    if (dotted === 'google.protobuf.Timestamp' || dotted === 'google.protobuf.Duration') {
      return { kind: 'constant', value: new TypeValue(dotted), type: T.typeType, start: tree.start, end: tree.end }
    }
    if (dotted !== undefined) {
      const root = rootName(tree)
      const known = this.#locals.some((l) => l.name === root) || this.catalogue.variables.has(root)
      if (!known) return undeclared(this, dotted, tree)
    }
    const target = this.tree(tree.target)
    if (target.kind === 'failure') return target
    const key: Checked = { kind: 'constant', value: tree.field, type: T.string, start: target.end, end: tree.end }
    if (target.type.kind === 'map' || target.type.kind === 'dyn') return this.#indexOf(target, key, tree)
    if (dotted !== undefined) return undeclared(this, dotted, tree)
    return this.fail('type_error', `${T.withArticle(target.type)} has no field '${tree.field}'`, tree)
  }

  #index(tree: Index): Checked {
    const target = this.tree(tree.target)
    const key = this.tree(tree.key)
    if (target.kind === 'failure' || key.kind === 'failure') return { ...target, kind: 'failure', type: T.dyn }
    return this.#indexOf(target, key, tree)
  }

  #indexOf(target: Checked, key: Checked, at: Range): Checked {
    const { start, end } = at
    const { type } = target
    if (type.kind === 'map') {
      if (!T.comparable(key.type, type.key)) {
        const message = `the keys of ${this.text(target)} are of type ${T.typeName(type.key)}, not ${T.typeName(key.type)}`
        return this.fail('type_error', message, key)
      }
      return { kind: 'index', target, key: this.mapKey(target, key), type: type.value, start, end }
    }
    if (type.kind === 'list') {
      if (!T.isNumber(key.type) && key.type.kind !== 'dyn') {
        return this.fail('type_error', `a list is indexed by a number, not by ${T.withArticle(key.type)}`, key)
      }
      return { kind: 'index', target, key, type: type.element, start, end }
    }
    if (type.kind === 'dyn') return { kind: 'index', target, key, type: T.dyn, start, end }
    return this.fail('type_error', `${this.text(target)} is ${T.withArticle(type)}, which has no elements`, at)
  }

  /** The key as a map's keys are stored: header names in lower case. */
  mapKey(map: Checked, key: Checked): Checked {
    if (map.type.kind !== 'map' || !map.type.lowerKeys || key.type.kind !== 'string') return key
    if (key.kind === 'constant' && typeof key.value === 'string') return { ...key, value: asciiLower(key.value) }
    if (key.kind === 'call' && key.overloads[0] === 'lowerAscii') return key
    return {
      kind: 'call',
      overloads: ['lowerAscii'],
      method: true,
      args: [key],
      type: T.string,
      start: key.start,
      end: key.end,
    }
  }

  #binary(tree: Binary): Checked {
    const left = this.tree(tree.left)
    const right = this.tree(tree.right)
    if (left.kind === 'failure') return left
    if (right.kind === 'failure') return right
    if (tree.operator === 'in') return this.#membership(left, right, tree)
    if (!comparisonOperators.has(tree.operator)) return checkCall(this, tree, tree.operator, false, [left, right], tree)
    const operator = tree.operator as ComparisonOperator
    const ordered = operator !== '==' && operator !== '!='
    const { start, end } = tree
    if (!T.comparable(left.type, right.type) || (ordered && !(isOrdered(left.type) && isOrdered(right.type)))) {
      const { message, ...advice } = comparisonAdvice(this.source, operator, left, right)
      return this.fail('type_error', message, tree, advice)
    }
    return { kind: 'comparison', operator, left, right, type: T.bool, start, end }
  }

  #membership(item: Checked, collection: Checked, at: Range): Checked {
    const { start, end } = at
    const { type } = collection
    const membership = (it: Checked): Checked => ({ kind: 'in', item: it, collection, type: T.bool, start, end })
    if (type.kind === 'dyn') return membership(item)
    if (type.kind === 'list' && T.comparable(item.type, type.element)) return membership(item)
    if (type.kind === 'map' && T.comparable(item.type, type.key)) return membership(this.mapKey(collection, item))
    if (type.kind === 'string' && item.type.kind === 'string') {
      const suggestion = `${this.text(collection)}.contains(${this.text(item)})`
      return this.fail(
        'type_error',
        `'in' looks into a list or a map; to look into a string, write ${suggestion}`,
        at,
        { suggestion },
      )
    }
    if (type.kind !== 'list' && type.kind !== 'map') {
      const message = `'in' looks into a list or a map; ${this.text(collection)} is ${T.withArticle(type)}`
      return this.fail('type_error', message, at)
    }
    const inside = type.kind === 'list' ? type.element : type.key
    const message = `${this.text(item)} is ${T.withArticle(item.type)}, and ${this.text(collection)} holds ${T.typeName(inside)}`
    return this.fail('type_error', message, at, membershipAdvice(this.source, item, collection))
  }

  #invocation(tree: Invocation): Checked {
    if (tree.target === null && tree.name === 'has') return checkHas(this, tree)
    if (tree.target !== null) {
      if (tree.name === 'exists' && tree.args.length === 0) return checkPresent(this, this.tree(tree.target), tree)
      const macro = macros.get(tree.name)
      if (macro !== undefined) return checkMacro(this, tree, macro, tree.target)
    }
    const target = tree.target === null ? [] : [this.tree(tree.target)]
    const args = [...target, ...tree.args.map((arg) => this.tree(arg))]
    const failed = args.find((arg) => arg.kind === 'failure')
    if (failed !== undefined) return failed
    return checkCall(this, tree, tree.name, tree.target !== null, args, { start: tree.nameStart, end: tree.nameEnd })
  }
}

function literal(tree: Literal): Checked {
  const { start, end, value } = tree
  switch (value.type) {
    case 'null':
      return { kind: 'constant', value: null, type: T.nullType, start, end }
    case 'uint':
      return { kind: 'constant', value: new Uint(value.value), type: T.uint, start, end }
    default:
      return { kind: 'constant', value: value.value, type: { kind: value.type }, start, end }
  }
}

function isOrdered(type: Type): boolean {
  return !['list', 'map', 'null', 'type'].includes(type.kind)
}
