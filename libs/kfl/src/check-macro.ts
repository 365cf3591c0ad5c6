import type { Checker } from './check.ts'
import type { Checked, MacroName } from './checked.ts'
import { asciiLower, dottedName } from './names.ts'
import type { Range } from './problem.ts'
import type { OverloadId } from './signatures.ts'
import type { Invocation, Tree } from './tree.ts'
import * as T from './type.ts'
import type { Type } from './type.ts'
import { Uint } from './value.ts'
import type { Value } from './value.ts'

/** Macros by the names that they are called by. */
export const macros: ReadonlyMap<string, MacroName> = new Map([
  ['exists', 'exists'],
  ['all', 'all'],
  ['exists_one', 'exists_one'],
  ['existsOne', 'exists_one'],
  ['filter', 'filter'],
  ['map', 'map'],
])

/** `has(map.key)`, `has(map["key"])`, and loosely `has(variable)`. */
export function checkHas(checker: Checker, tree: Invocation): Checked {
  const arg = tree.args[0]
  const { start, end } = tree
  if (arg?.kind === 'name' && tree.args.length === 1) return checkPresent(checker, checker.tree(arg), tree)
  const literalKey = arg?.kind === 'index' && arg.key.kind === 'literal' && arg.key.value.type === 'string'
  if (tree.args.length !== 1 || (arg?.kind !== 'select' && !literalKey)) {
    return checker.fail('type_error', `has() takes one key of a map, as in has(request.headers.host)`, tree)
  }
  if (arg.kind === 'select' && dottedName(arg) !== undefined && checker.select(arg).kind === 'failure') {
    return { kind: 'failure', type: T.dyn, start, end }
  }
  const target = checker.tree(arg.target)
  const name = arg.kind === 'select' ? arg.field : literalText(arg.key)
  if (target.kind === 'failure') return target
  if (target.type.kind !== 'map' && target.type.kind !== 'dyn') {
    return checker.fail(
      'type_error',
      `has() looks into a map; ${checker.text(target)} is ${T.withArticle(target.type)}`,
      arg,
    )
  }
  const key = target.type.kind === 'map' && target.type.lowerKeys ? asciiLower(name) : name
  return { kind: 'has', target, key, type: T.bool, start, end }
}

/** `x.exists()`: x has another value than its default. */
export function checkPresent(checker: Checker, target: Checked, at: Range): Checked {
  const { start, end } = at
  const { type } = target
  const constant = (value: Value, t: Type): Checked => ({ kind: 'constant', value, type: t, start: end, end })
  const differs = (left: Checked, right: Checked): Checked => ({
    kind: 'comparison',
    operator: '!=',
    left,
    right,
    type: T.bool,
    start,
    end,
  })
  const fallback = target.kind === 'variable' ? (target.variable.default ?? 0) : 0
  switch (type.kind) {
    case 'bool':
      return { ...target, start, end }
    case 'string':
      return differs(target, constant('', type))
    case 'bytes':
      return differs(target, constant(new Uint8Array(), type))
    case 'int':
      return differs(target, constant(BigInt(fallback), type))
    case 'uint':
      return differs(target, constant(new Uint(BigInt(fallback)), type))
    case 'double':
      return differs(target, constant(fallback, type))
    case 'list':
    case 'map': {
      const overload: OverloadId = type.kind === 'list' ? 'size(list)' : 'size(map)'
      const size: Checked = {
        kind: 'call',
        overloads: [overload],
        method: false,
        args: [target],
        type: T.int,
        start,
        end,
      }
      return { kind: 'comparison', operator: '>', left: size, right: constant(0n, T.int), type: T.bool, start, end }
    }
    case 'dyn':
      if (target.kind === 'failure') return target
      break
    case 'timestamp':
      return constant(true, T.bool)
  }
  return checker.fail('type_error', `exists() is for variables; ${checker.text(target)} is ${T.withArticle(type)}`, at)
}

export function checkMacro(checker: Checker, tree: Invocation, macro: MacroName, over: Tree): Checked {
  const range = checker.tree(over)
  const [local, second, third] = tree.args
  const { start, end } = tree
  const count = tree.args.length
  if (local?.kind !== 'name' || second === undefined || count > (macro === 'map' ? 3 : 2)) {
    const example = `${checker.text(range)}.${tree.name}(x, …)`
    return checker.fail(
      'type_error',
      `${tree.name}() takes a name and what to do with each element, as in ${example}`,
      tree,
    )
  }
  if (range.kind === 'failure') return range
  const { type } = range
  if (type.kind !== 'list' && type.kind !== 'map' && type.kind !== 'dyn') {
    return checker.fail(
      'type_error',
      `${tree.name}() walks over a list or a map; ${checker.text(range)} is ${T.withArticle(type)}`,
      range,
    )
  }
  const element = type.kind === 'list' ? type.element : type.kind === 'map' ? type.key : T.dyn
  const transforms = macro === 'map'
  const { slot, predicate, body } = checker.within(local.name, element, tree, (number) => ({
    slot: number,
    predicate: !transforms || third !== undefined ? checker.bool(second, `${tree.name}()`) : null,
    body: transforms ? checker.tree(third ?? second) : null,
  }))
  if (predicate?.kind === 'failure') return predicate
  if (body?.kind === 'failure') return body
  const result = body !== null ? T.list(body.type) : macro === 'filter' ? T.list(element) : T.bool
  return { kind: 'macro', macro, range, local: local.name, slot, element, predicate, body, type: result, start, end }
}

function literalText(tree: Tree): string {
  return tree.kind === 'literal' && tree.value.type === 'string' ? tree.value.value : ''
}
