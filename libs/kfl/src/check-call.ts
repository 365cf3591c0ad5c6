import type { Checker } from './check.ts'
import type { Checked } from './checked.ts'
import { closest } from './closest.ts'
import type { Advice, Range } from './problem.ts'
import { overloadsByName, signatures } from './signatures.ts'
import type { OverloadId, Signature } from './signatures.ts'
import * as T from './type.ts'
import type { Type } from './type.ts'

/**
 * Finds the overload of a function, method or operator by the types of its arguments.
 *
 * @param at range of the whole call
 * @param nameAt range of the name, where unknown names are reported
 */
export function checkCall(
  checker: Checker,
  at: Range,
  name: string,
  method: boolean,
  args: readonly Checked[],
  nameAt: Range,
): Checked {
  const failed = args.find((arg) => arg.kind === 'failure')
  if (failed !== undefined) return failed
  const operator = !/^[a-zA-Z_]/.test(name)
  const named = overloadsByName.get(name) ?? []
  if (named.length === 0) return unknown(checker, name, method, args, nameAt, at)
  const styled = named.filter((id) => fits(signatures[id].style, operator, method))
  if (styled.length === 0) return wrongStyle(checker, name, method, args, at)
  const candidates = styled.filter((id) => {
    const { params } = signatures[id]
    return params.length === args.length && params.every((param, i) => T.assignable(args[i]?.type ?? T.dyn, param))
  })
  const [first, ...others] = candidates
  if (first === undefined) return noOverload(checker, name, operator, method, styled, args, at)
  const types = args.map((arg) => arg.type)
  const type = candidates.map((id) => resultOf(id, types)).reduce(T.join)
  const { start, end } = at
  const keyed = name === 'map_get' && args[0] !== undefined && args[1] !== undefined
  const used = keyed && args[0] && args[1] ? [args[0], checker.mapKey(args[0], args[1]), ...args.slice(2)] : args
  return { kind: 'call', overloads: [first, ...others], method, args: used, type, start, end }
}

function resultOf(id: OverloadId, types: readonly Type[]): Type {
  const { result }: Signature = signatures[id]
  return typeof result === 'function' ? result(types) : result
}

function fits(style: Signature['style'], operator: boolean, method: boolean): boolean {
  if (operator) return style === 'operator'
  return style === 'both' || style === (method ? 'method' : 'function')
}

/** What other languages call it. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ['len', 'size'],
  ['length', 'size'],
  ['count', 'size'],
  ['lower', 'lowerAscii'],
  ['toLower', 'lowerAscii'],
  ['toLowerCase', 'lowerAscii'],
  ['upper', 'upperAscii'],
  ['toUpper', 'upperAscii'],
  ['toUpperCase', 'upperAscii'],
  ['includes', 'contains'],
  ['like', 'contains'],
  ['match', 'matches'],
  ['regex', 'matches'],
  ['starts_with', 'startsWith'],
  ['ends_with', 'endsWith'],
  ['hasPrefix', 'startsWith'],
  ['hasSuffix', 'endsWith'],
  ['cidr', 'ip_in'],
  ['float', 'double'],
  ['str', 'string'],
  ['any', 'exists'],
])

function unknown(
  checker: Checker,
  name: string,
  method: boolean,
  args: readonly Checked[],
  nameAt: Range,
  at: Range,
): Checked {
  const receiver = args[0]
  if (method && receiver !== undefined && name === 'isEmpty') {
    const suggestion = `size(${checker.text(receiver)}) == 0`
    return checker.fail('undeclared_reference', `unknown function 'isEmpty'; did you mean '${suggestion}'?`, at, {
      suggestion,
    })
  }
  const names = ['has', 'exists', 'all', 'exists_one', 'filter', 'map', ...overloadsByName.keys()].filter((n) =>
    /^[a-z]/i.test(n),
  )
  const near = otherNames.get(name) ?? closest(name, names)
  const message = `unknown function '${name}'${near === undefined ? '' : `; did you mean '${near}'?`}`
  return checker.fail('undeclared_reference', message, nameAt, near === undefined ? {} : { suggestion: near })
}

function wrongStyle(checker: Checker, name: string, method: boolean, args: readonly Checked[], at: Range): Checked {
  const [first, ...rest] = args.map((arg) => checker.text(arg))
  const suggestion = method ? `${name}(${[first, ...rest].join(', ')})` : `${first ?? 'x'}.${name}(${rest.join(', ')})`
  const message = `${name}() is ${method ? 'a function' : 'a method'}: ${suggestion}`
  return checker.fail('type_error', message, at, { suggestion })
}

function noOverload(
  checker: Checker,
  name: string,
  operator: boolean,
  method: boolean,
  ids: readonly OverloadId[],
  args: readonly Checked[],
  at: Range,
): Checked {
  const types = args.map((arg) => T.typeName(arg.type))
  if (operator) return noOperator(checker, name, args, types, at)
  const [receiver, ...others] = args
  if (name === 'contains' && receiver?.type.kind === 'list' && others[0] !== undefined) {
    const suggestion = `${checker.text(others[0])} in ${checker.text(receiver)}`
    return checker.fail('type_error', `${checker.text(receiver)} is a list; to look into it, write ${suggestion}`, at, {
      suggestion,
    })
  }
  const onlyStrings = ids.every((id) => signatures[id].params[0]?.kind === 'string')
  if (method && receiver !== undefined && isSimple(receiver.type) && onlyStrings) {
    const text = checker.text(receiver)
    const suggestion = `string(${text}).${name}(${others.map((arg) => checker.text(arg)).join(', ')})`
    const message = `${name}() is for strings; ${text} is ${T.withArticle(receiver.type)}: write ${suggestion}`
    return checker.fail('type_error', message, at, { suggestion })
  }
  const shape = (list: readonly string[]): string =>
    method ? `${list[0] ?? ''}.${name}(${list.slice(1).join(', ')})` : `${name}(${list.join(', ')})`
  const allowed = ids.map((id) => shape(signatures[id].params.map(T.typeName)))
  const expected = allowed.slice(0, 8).join(' or ')
  const message = `there is no ${shape(types)}; there is ${expected}`
  return checker.fail('type_error', message, at, { expected, ...quoted(checker, method, name, args) })
}

function isSimple(type: Type): boolean {
  return T.isNumber(type) || type.kind === 'bool' || type.kind === 'timestamp'
}

/** `path.contains(5)`: the number in quotes. */
function quoted(checker: Checker, method: boolean, name: string, args: readonly Checked[]): Advice {
  const [receiver, ...others] = args
  if (
    !method ||
    receiver?.type.kind !== 'string' ||
    !overloadsByName.get(name)?.some((id) => signatures[id].params[1]?.kind === 'string')
  ) {
    return {}
  }
  const texts = others.map((arg) => {
    const text = checker.text(arg)
    return arg.kind === 'constant' && T.isNumber(arg.type) ? `"${text}"` : text
  })
  return others.some((arg) => T.isNumber(arg.type))
    ? { suggestion: `${checker.text(receiver)}.${name}(${texts.join(', ')})` }
    : {}
}

function noOperator(
  checker: Checker,
  name: string,
  args: readonly Checked[],
  types: readonly string[],
  at: Range,
): Checked {
  const [left, right] = args
  if (right === undefined) {
    const message = `'${name}' does not apply to ${T.withArticle(left?.type ?? T.dyn)}`
    const suggestion = name === '!' && left !== undefined ? negation(checker, left) : undefined
    return checker.fail('type_error', message, at, suggestion === undefined ? {} : { suggestion })
  }
  const mixed = left !== undefined && T.isNumber(left.type) && T.isNumber(right.type)
  const part = (arg: Checked): string =>
    arg.type.kind === 'double' ? checker.text(arg) : `double(${checker.text(arg)})`
  if (mixed && name !== '%') {
    const suggestion = `${part(left)} ${name} ${part(right)}`
    const message = `'${name}' needs numbers of one type; these are ${types.join(' and ')}: write ${suggestion}`
    return checker.fail('type_error', message, at, { suggestion })
  }
  return checker.fail('type_error', `'${name}' does not apply to ${types.join(' and ')}`, at)
}

function negation(checker: Checker, operand: Checked): string | undefined {
  const text = checker.text(operand)
  if (operand.type.kind === 'string') return `${text} == ""`
  if (operand.type.kind === 'int') return `${text} == 0`
  if (operand.type.kind === 'list' || operand.type.kind === 'map') return `size(${text}) == 0`
  return undefined
}
