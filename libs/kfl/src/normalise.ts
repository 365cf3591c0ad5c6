import type { Catalogue } from '@hindwire/entries/catalogue.ts'

import { aliases } from './aliases.ts'
import type { Alias } from './aliases.ts'
import { children } from './depth.ts'
import { lex } from './lex.ts'
import { defaultLimits } from './limits.ts'
import { parse } from './parse.ts'
import { regexProblem } from './regex.ts'
import type { Binary, Index, Invocation, Name, Select, Tree } from './tree.ts'

/** Macros that bind a variable: their first argument is its name. */
const bindingMacros = new Set(['exists', 'all', 'exists_one', 'existsOne', 'filter', 'map'])

const comparisons = new Set(['==', '!=', '<', '<=', '>', '>=', 'in'])

/**
 * Takes the looser spelling out of a tree: aliases are replaced by what they mean, dotted variables become one name,
 * `{a, b}` a list, `x == r"re"` a match of the whole text, and nested chains of one operator one chain. Ranges stay
 * those of the source. What it does not know it leaves for the checker to report.
 */
export function normalise(tree: Tree, catalogue: Catalogue): Tree {
  return new Normaliser(catalogue).tree(tree, new Set())
}

/** Aliases that have a meaning in this catalogue. */
export function offeredAliases(catalogue: Catalogue): readonly Alias[] {
  return aliases.filter((alias) => {
    const tree = meaning(alias)
    return namesIn(tree).every((name) => catalogue.variables.has(name) || aliases.some((a) => a.name === name))
  })
}

class Normaliser {
  readonly #catalogue: Catalogue
  readonly #aliases: ReadonlyMap<string, Alias>
  /** Names that came from an alias with `ignoreCase`. */
  readonly #caseless = new WeakSet<Tree>()

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue
    this.#aliases = new Map(offeredAliases(catalogue).map((alias) => [alias.name, alias]))
  }

  /** `bound`: variables of the macros around. */
  tree(tree: Tree, bound: ReadonlySet<string>): Tree {
    switch (tree.kind) {
      case 'literal':
        return tree
      case 'name':
      case 'select':
        return this.#name(tree, bound)
      case 'index':
        return this.#index(tree, bound)
      case 'invocation':
        return this.#invocation(tree, bound)
      case 'unary':
        return { ...tree, operand: this.tree(tree.operand, bound) }
      case 'binary':
        return this.#binary(tree, bound)
      case 'logic': {
        const operands = tree.operands.map((operand) => this.tree(operand, bound))
        const flat = operands.flatMap((o) => (o.kind === 'logic' && o.operator === tree.operator ? o.operands : [o]))
        return { ...tree, operands: flat }
      }
      case 'conditional':
        return {
          ...tree,
          test: this.tree(tree.test, bound),
          whenTrue: this.tree(tree.whenTrue, bound),
          whenFalse: this.tree(tree.whenFalse, bound),
        }
      case 'list':
        return { ...tree, set: false, items: tree.items.map((item) => this.tree(item, bound)) }
      default: {
        const entries = tree.entries.map((e) => ({ key: this.tree(e.key, bound), value: this.tree(e.value, bound) }))
        return { ...tree, entries }
      }
    }
  }

  #name(tree: Name | Select, bound: ReadonlySet<string>): Tree {
    const chain = dotted(tree)
    if (chain === undefined || bound.has(chain[0]?.field ?? '')) {
      return tree.kind === 'name' ? tree : { ...tree, target: this.tree(tree.target, bound) }
    }
    for (let length = chain.length; length > 0; length--) {
      const name = chain
        .slice(0, length)
        .map((part) => part.field)
        .join('.')
      const end = chain[length - 1]?.end ?? tree.end
      const found = this.#resolve(name, tree.start, end)
      if (found === undefined) continue
      return chain
        .slice(length)
        .reduce<Tree>(
          (target, part) => ({ kind: 'select', target, field: part.field, start: tree.start, end: part.end }),
          found,
        )
    }
    return tree
  }

  #resolve(name: string, start: number, end: number): Tree | undefined {
    if (this.#catalogue.variables.has(name)) return { kind: 'name', name, start, end }
    const alias = this.#aliases.get(name)
    if (alias === undefined) return undefined
    const tree = relocated(this.tree(meaning(alias), new Set()), start, end)
    if (alias.ignoreCase === true) this.#caseless.add(tree)
    return tree
  }

  /** `node["name"]` is `node.name` where `node` itself is nothing. */
  #index(tree: Index, bound: ReadonlySet<string>): Tree {
    const { key } = tree
    const chain = dotted(tree.target)
    if (
      chain !== undefined &&
      key.kind === 'literal' &&
      key.value.type === 'string' &&
      !bound.has(chain[0]?.field ?? '')
    ) {
      const base = chain.map((part) => part.field).join('.')
      if (this.#resolve(base, tree.start, tree.end) === undefined) {
        const found = this.#resolve(`${base}.${key.value.value}`, tree.start, tree.end)
        if (found !== undefined) return found
      }
    }
    return { ...tree, target: this.tree(tree.target, bound), key: this.tree(key, bound) }
  }

  #invocation(tree: Invocation, bound: ReadonlySet<string>): Tree {
    const target = tree.target === null ? null : this.tree(tree.target, bound)
    const first = tree.args[0]
    if (target !== null && bindingMacros.has(tree.name) && first?.kind === 'name') {
      const inner = new Set(bound).add(first.name)
      const rest = tree.args.slice(1).map((arg) => this.tree(arg, inner))
      return { ...tree, target, args: [first, ...rest] }
    }
    const args = tree.args.map((arg) => this.tree(arg, bound))
    if (target !== null && this.#caseless.has(target)) {
      if (tree.name === 'matches') return { ...tree, target, args: args.map(withoutCase) }
      return { ...tree, target, args: args.map(lowered) }
    }
    return { ...tree, target, args }
  }

  #binary(tree: Binary, bound: ReadonlySet<string>): Tree {
    const left = this.tree(tree.left, bound)
    const right = this.tree(tree.right, bound)
    const equality = tree.operator === '==' || tree.operator === '!='
    const pattern = tree.right.kind === 'literal' && tree.right.value.type === 'string' && tree.right.value.raw
    if (equality && pattern && right.kind === 'literal' && right.value.type === 'string' && left.kind !== 'literal') {
      const { value } = right.value
      const prefix = this.#caseless.has(left) ? '(?i)' : ''
      // A pattern with a stray parenthesis would mean something else between others: it is left for the checks behind.
      const text = regexProblem(value) === undefined ? `^(?:${prefix}${value})$` : value
      const whole: Tree = { ...right, value: { type: 'string', value: text, raw: false } }
      const at = { start: tree.start, end: tree.end }
      const names = { name: 'matches', nameStart: left.end, nameEnd: right.start }
      const matches: Tree = { kind: 'invocation', target: left, ...names, args: [whole], ...at }
      return tree.operator === '==' ? matches : { kind: 'unary', operator: '!', operand: matches, ...at }
    }
    if (comparisons.has(tree.operator)) {
      if (this.#caseless.has(left)) return { ...tree, left, right: lowered(right) }
      if (this.#caseless.has(right)) return { ...tree, left: lowered(left), right }
    }
    return { ...tree, left, right }
  }
}

/** The parts of `a.b.c`, or undefined when its root is no name. */
function dotted(tree: Tree): { field: string; end: number }[] | undefined {
  if (tree.kind === 'name') return [{ field: tree.name, end: tree.end }]
  if (tree.kind !== 'select') return undefined
  const chain = dotted(tree.target)
  chain?.push({ field: tree.field, end: tree.end })
  return chain
}

/** Texts in lower case; anything that is not written out goes through `lowerAscii()`. */
function lowered(tree: Tree): Tree {
  if (tree.kind === 'list') return { ...tree, items: tree.items.map(lowered) }
  if (tree.kind === 'literal') {
    if (tree.value.type !== 'string') return tree
    return { ...tree, value: { ...tree.value, value: tree.value.value.toLowerCase() } }
  }
  const { start, end } = tree
  return { kind: 'invocation', target: tree, name: 'lowerAscii', nameStart: end, nameEnd: end, args: [], start, end }
}

function withoutCase(tree: Tree): Tree {
  if (tree.kind !== 'literal' || tree.value.type !== 'string') return tree
  return { ...tree, value: { ...tree.value, value: `(?i)${tree.value.value}` } }
}

const meanings = new Map<Alias, Tree>()

function meaning(alias: Alias): Tree {
  const known = meanings.get(alias)
  if (known !== undefined) return known
  const lexed = lex(alias.means)
  const parsed = lexed.ok ? parse(alias.means, lexed.tokens, defaultLimits) : lexed
  if (!parsed.ok) throw new Error(`alias ${alias.name}: ${parsed.errors[0]?.message}`)
  meanings.set(alias, parsed.tree)
  return parsed.tree
}

function namesIn(tree: Tree): string[] {
  const chain = dotted(tree)
  if (chain !== undefined) return [chain.map((part) => part.field).join('.')]
  return children(tree).flatMap(namesIn)
}

/** The same tree with every range set to the place where the alias stands. */
function relocated(tree: Tree, start: number, end: number): Tree {
  const inner = (child: Tree): Tree => relocated(child, start, end)
  const at = { start, end }
  switch (tree.kind) {
    case 'literal':
    case 'name':
      return { ...tree, ...at }
    case 'select':
      return { ...tree, target: inner(tree.target), ...at }
    case 'index':
      return { ...tree, target: inner(tree.target), key: inner(tree.key), ...at }
    case 'invocation': {
      const target = tree.target === null ? null : inner(tree.target)
      return { ...tree, target, args: tree.args.map(inner), nameStart: start, nameEnd: end, ...at }
    }
    case 'unary':
      return { ...tree, operand: inner(tree.operand), ...at }
    case 'binary':
      return { ...tree, left: inner(tree.left), right: inner(tree.right), ...at }
    case 'logic':
      return { ...tree, operands: tree.operands.map(inner), ...at }
    case 'conditional':
      return {
        ...tree,
        test: inner(tree.test),
        whenTrue: inner(tree.whenTrue),
        whenFalse: inner(tree.whenFalse),
        ...at,
      }
    case 'list':
      return { ...tree, items: tree.items.map(inner), ...at }
    default:
      return { ...tree, entries: tree.entries.map((e) => ({ key: inner(e.key), value: inner(e.value) })), ...at }
  }
}
