import type { Checked, Constant } from './checked.ts'
import { compileRun } from './evaluate.ts'
import { parsePrefix } from './ip.ts'
import type { Limits } from './limits.ts'
import { problem } from './problem.ts'
import type { Problem } from './problem.ts'
import { regexProblem } from './regex.ts'
import type { OverloadId } from './signatures.ts'
import { isZone } from './time.ts'
import { bool } from './type.ts'
import type { Value } from './value.ts'
import { Timestamp } from './value.ts'

export interface FoldOptions {
  /** What `now()` is, ms since 1970. */
  readonly now: number
  readonly limits: Limits
}

/**
 * Evaluates what does not depend on the row, so that the stages behind it see constants, and looks at the constants
 * that functions need: patterns, prefixes, time zones, dates. Reports are added to `errors`.
 */
export function fold(source: string, node: Checked, options: FoldOptions, errors: Problem[]): Checked {
  return new Folder(source, options, errors).fold(node).node
}

/** A folded node; `lowestSlot` is the outermost macro variable that it reads, Infinity for none. */
interface Folded {
  readonly node: Checked
  readonly lowestSlot: number
  readonly readsRow: boolean
}

/** A constant text longer than this is a mistake or an attack (`replace` in `replace` in …). */
const maxConstantText = 65_536

class Folder {
  readonly #source: string
  readonly #options: FoldOptions
  readonly #errors: Problem[]

  constructor(source: string, options: FoldOptions, errors: Problem[]) {
    this.#source = source
    this.#options = options
    this.#errors = errors
  }

  fold(node: Checked): Folded {
    switch (node.kind) {
      case 'constant':
      case 'failure':
        return { node, lowestSlot: Infinity, readsRow: false }
      case 'variable':
        return this.#variable(node)
      case 'local':
        return { node, lowestSlot: node.slot, readsRow: false }
      case 'call': {
        if (node.overloads[0] === 'now') {
          const value = new Timestamp(BigInt(Math.trunc(this.#options.now)) * 1_000_000n)
          return { node: constant(node, value), lowestSlot: Infinity, readsRow: false }
        }
        const args = node.args.map((arg) => this.fold(arg))
        const call = { ...node, args: args.map((arg) => arg.node) }
        this.#require(call)
        return this.#settle(call, args)
      }
      case 'comparison': {
        const [left, right] = [this.fold(node.left), this.fold(node.right)]
        return this.#settle({ ...node, left: left.node, right: right.node }, [left, right])
      }
      case 'in': {
        const [item, collection] = [this.fold(node.item), this.fold(node.collection)]
        return this.#settle({ ...node, item: item.node, collection: collection.node }, [item, collection])
      }
      case 'logic':
        return this.#logic(node)
      case 'choice': {
        const [test, whenTrue, whenFalse] = [this.fold(node.test), this.fold(node.whenTrue), this.fold(node.whenFalse)]
        if (test.node.kind === 'constant') return test.node.value === true ? whenTrue : whenFalse
        const whole = { ...node, test: test.node, whenTrue: whenTrue.node, whenFalse: whenFalse.node }
        return this.#settle(whole, [test, whenTrue, whenFalse])
      }
      case 'list': {
        const items = node.items.map((item) => this.fold(item))
        return this.#settle({ ...node, items: items.map((item) => item.node) }, items)
      }
      case 'map': {
        const entries = node.entries.map((e) => ({ key: this.fold(e.key), value: this.fold(e.value) }))
        const whole = { ...node, entries: entries.map((e) => ({ key: e.key.node, value: e.value.node })) }
        return this.#settle(
          whole,
          entries.flatMap((e) => [e.key, e.value]),
        )
      }
      case 'index': {
        const [target, key] = [this.fold(node.target), this.fold(node.key)]
        return this.#settle({ ...node, target: target.node, key: key.node }, [target, key])
      }
      case 'has': {
        const target = this.fold(node.target)
        return this.#settle({ ...node, target: target.node }, [target])
      }
      default:
        return this.#macro(node)
    }
  }

  #variable(node: Checked & { readonly kind: 'variable' }): Folded {
    const { source, protocols } = node.variable
    if (!('constant' in source) || protocols !== null) return { node, lowestSlot: Infinity, readsRow: true }
    const value = compileRun(node, new Map())({}, [])
    return { node: value === undefined ? node : constant(node, value), lowestSlot: Infinity, readsRow: false }
  }

  /** Drops operands that decide nothing; one that decides all is the whole chain. */
  #logic(node: Checked & { readonly kind: 'logic' }): Folded {
    const decisive = node.operator === '||'
    const operands = node.operands.map((operand) => this.fold(operand))
    if (operands.some((o) => o.node.kind === 'constant' && o.node.value === decisive)) {
      return { node: { ...constant(node, decisive), type: bool }, lowestSlot: Infinity, readsRow: false }
    }
    const rest = operands.filter((o) => o.node.kind !== 'constant' || typeof o.node.value !== 'boolean')
    const [only] = rest
    if (only === undefined) return { node: constant(node, !decisive), lowestSlot: Infinity, readsRow: false }
    if (rest.length === 1 && only.node.type.kind === 'bool') return only
    return this.#settle({ ...node, operands: rest.map((o) => o.node) }, rest)
  }

  #macro(node: Checked & { readonly kind: 'macro' }): Folded {
    const range = this.fold(node.range)
    const inner = [node.predicate, node.body].map((part) => (part === null ? null : this.fold(part)))
    const [predicate = null, body = null] = inner
    const whole = { ...node, range: range.node, predicate: predicate?.node ?? null, body: body?.node ?? null }
    const parts = inner
      .filter((part) => part !== null)
      .map((part) => {
        return part.lowestSlot >= node.slot ? { ...part, lowestSlot: Infinity } : part
      })
    return this.#settle(whole, [range, ...parts])
  }

  #settle(node: Checked, parts: readonly Folded[]): Folded {
    const lowestSlot = Math.min(Infinity, ...parts.map((part) => part.lowestSlot))
    const readsRow = parts.some((part) => part.readsRow)
    if (readsRow || lowestSlot !== Infinity) return { node, lowestSlot, readsRow }
    const value = compileRun(node, new Map())({}, [])
    if (value === undefined) {
      const { type, start, end } = node
      return { node: { kind: 'failure', type, start, end }, lowestSlot, readsRow }
    }
    if (typeof value === 'string' && value.length > maxConstantText) {
      this.#report('too_costly', `this text grows longer than ${maxConstantText} characters`, node)
    }
    return { node: constant(node, value), lowestSlot, readsRow }
  }

  #require(call: Checked & { readonly kind: 'call' }): void {
    const id: OverloadId = call.overloads[0]
    const [first, second] = call.args
    if (id === 'matches') this.#pattern(second)
    if (id === 'ip_in') this.#prefix(second)
    if (id.endsWith('(zone)')) this.#zone(second)
    if ((id === 'timestamp(string)' || id === 'duration(string)') && first?.kind === 'constant')
      this.#time(id, call, first)
  }

  #pattern(arg: Checked | undefined): void {
    if (arg?.kind !== 'constant' || typeof arg.value !== 'string') return
    const { maxRegexLength } = this.#options.limits
    if (arg.value.length > maxRegexLength) {
      const message = `a regular expression of ${arg.value.length} characters; at most ${maxRegexLength} are allowed`
      this.#report('regex_too_long', message, arg)
      return
    }
    const reason = regexProblem(arg.value)
    if (reason !== undefined) this.#report('bad_regex', `not a regular expression (RE2): ${reason}`, arg)
  }

  #prefix(arg: Checked | undefined): void {
    if (arg?.kind !== 'constant' || typeof arg.value !== 'string' || parsePrefix(arg.value) !== undefined) return
    const message = `'${arg.value}' is no address prefix; write it as 10.0.0.0/8 or fd00::/8`
    this.#report('bad_literal', message, arg)
  }

  #zone(arg: Checked | undefined): void {
    if (arg?.kind !== 'constant' || typeof arg.value !== 'string' || isZone(arg.value)) return
    const message = `unknown time zone '${arg.value}'; write it as Europe/Berlin or +01:00`
    this.#report('bad_literal', message, arg)
  }

  #time(id: OverloadId, call: Checked, arg: Constant): void {
    if (compileRun(call, new Map())({}, []) !== undefined) return
    const example =
      id === 'timestamp(string)' ? 'a time as 2026-03-14T22:00:00Z (RFC 3339)' : 'a duration as 1h30m, 5m or 250ms'
    this.#report(
      'bad_literal',
      `'${typeof arg.value === 'string' ? arg.value : ''}' cannot be read; write ${example}`,
      arg,
    )
  }

  #report(code: Problem['code'], message: string, at: Checked): void {
    this.#errors.push(problem(this.#source, code, message, at))
  }
}

function constant(node: Checked, value: Value): Constant {
  return { kind: 'constant', value, type: node.type, start: node.start, end: node.end }
}
