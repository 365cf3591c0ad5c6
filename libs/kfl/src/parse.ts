import { Cursor, SyntaxFailure } from './cursor.ts'
import type { Limits } from './limits.ts'
import type { Problem, Range } from './problem.ts'
import type { Token } from './token.ts'
import type { BinaryOperator, Literal, Tree } from './tree.ts'

export type ParseResult =
  | { readonly ok: true; readonly tree: Tree }
  | { readonly ok: false; readonly errors: readonly Problem[] }

/** Infix words of the looser spelling, by their lower-case form: the method that each means. */
const infixMethods = new Map([
  ['contains', 'contains'],
  ['startswith', 'startsWith'],
  ['endswith', 'endsWith'],
  ['matches', 'matches'],
])

const relations = new Set(['==', '!=', '<', '<=', '>', '>='])

/** Names that CEL reserves; as variables they are always a mistake. */
const reserved = new Set(
  'as break const continue else for function if import let loop package namespace return var void while'.split(' '),
)

/**
 * Tokens to tree. An empty filter is `true`.
 *
 *     Expr        = Or ["?" Or ":" Expr]
 *     Or          = And {("||" | "or") And}
 *     And         = Not {("&&" | "and") Not}
 *     Not         = "not" Not | Relation
 *     Relation    = Addition {("==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "contains" | …) Addition}
 *     Addition    = Product {("+" | "-") Product}
 *     Product     = Unary {("*" | "/" | "%") Unary}
 *     Unary       = "!" Unary | "-" Unary | Member
 *     Member      = Primary {"." name ["(" Exprs ")"] | "[" Expr "]"}
 *     Primary     = name ["(" Exprs ")"] | "(" Expr ")" | List | Set | Map | Literal
 *
 * `not` binds looser than `!`: for booleans the two agree (`!a == b` is `!(a == b)`), and `not path contains "x"` only
 * makes sense this way.
 */
export function parse(source: string, tokens: readonly Token[], limits: Limits): ParseResult {
  if (tokens[0]?.kind === 'end') {
    return { ok: true, tree: { kind: 'literal', value: { type: 'bool', value: true }, start: 0, end: 0 } }
  }
  const parser = new Parser(source, tokens, limits)
  try {
    return { ok: true, tree: parser.whole() }
  } catch (error) {
    if (error instanceof SyntaxFailure) return { ok: false, errors: [error.problem] }
    throw error
  }
}

class Parser extends Cursor {
  whole(): Tree {
    const tree = this.#expression()
    const token = this.peek()
    if (token.kind !== 'end') this.unexpected('an operator (such as &&, ==, contains) or the end of the filter')
    return tree
  }

  #expression(): Tree {
    this.enter(this.peek())
    const test = this.#or()
    if (!this.takeSymbol('?')) {
      this.leave()
      return test
    }
    const whenTrue = this.#or()
    this.needSymbol(':', "':' and the value for the other case")
    const whenFalse = this.#expression()
    this.leave()
    return { kind: 'conditional', test, whenTrue, whenFalse, start: test.start, end: whenFalse.end }
  }

  #or(): Tree {
    return this.#chain('||', 'or', () => this.#and())
  }

  #and(): Tree {
    return this.#chain('&&', 'and', () => this.#not())
  }

  #chain(operator: '&&' | '||', word: string, next: () => Tree): Tree {
    const first = next()
    if (!this.atSymbol(operator) && !this.atWord(word)) return first
    const operands = [first]
    while (this.atSymbol(operator) || this.atWord(word)) {
      this.skip()
      operands.push(next())
    }
    return { kind: 'logic', operator, operands, start: first.start, end: operands.at(-1)?.end ?? first.end }
  }

  #not(): Tree {
    const token = this.peek()
    if (!this.atWord('not')) return this.#relation()
    this.skip()
    this.enter(token)
    const operand = this.#not()
    this.leave()
    return { kind: 'unary', operator: '!', operand, start: token.start, end: operand.end }
  }

  #relation(): Tree {
    let left = this.#addition()
    for (;;) {
      const token = this.peek()
      const method = token.kind === 'name' && !token.quoted ? infixMethods.get(token.text.toLowerCase()) : undefined
      if (method !== undefined) {
        this.skip()
        const right = this.#addition()
        left = {
          kind: 'invocation',
          target: left,
          name: method,
          nameStart: token.start,
          nameEnd: token.end,
          args: [right],
          start: left.start,
          end: right.end,
        }
        continue
      }
      const negated = this.atWord('not') && this.atWord('in', 1)
      const within = negated || this.atWord('in')
      if (!within && !(token.kind === 'symbol' && relations.has(token.text))) return left
      this.skip(negated ? 2 : 1)
      const right = this.#addition()
      const operator = within ? 'in' : ((token.kind === 'symbol' ? token.text : 'in') as BinaryOperator)
      const at = { start: left.start, end: right.end }
      left = { kind: 'binary', operator, left, right, ...at }
      if (negated) left = { kind: 'unary', operator: '!', operand: left, ...at }
    }
  }

  #addition(): Tree {
    let left = this.#product()
    for (;;) {
      const operator = this.takeSymbol('+') ?? this.takeSymbol('-')
      if (operator === undefined) return left
      const right = this.#product()
      left = { kind: 'binary', operator: operator.text as '+' | '-', left, right, start: left.start, end: right.end }
    }
  }

  #product(): Tree {
    let left = this.#unary()
    for (;;) {
      const operator = this.takeSymbol('*') ?? this.takeSymbol('/') ?? this.takeSymbol('%')
      if (operator === undefined) return left
      const right = this.#unary()
      left = {
        kind: 'binary',
        operator: operator.text as '*' | '/' | '%',
        left,
        right,
        start: left.start,
        end: right.end,
      }
    }
  }

  #unary(): Tree {
    const token = this.peek()
    const sign = this.takeSymbol('!') ?? this.takeSymbol('-')
    if (sign === undefined) return this.#member()
    const next = this.peek()
    if (sign.text === '-' && (next.kind === 'int' || next.kind === 'double')) {
      this.skip()
      const value = next.kind === 'int' ? int(-next.value) : ({ type: 'double', value: -next.value } as const)
      return this.#suffixes({ kind: 'literal', value, start: token.start, end: next.end })
    }
    this.enter(token)
    const operand = this.#unary()
    this.leave()
    return { kind: 'unary', operator: sign.text as '!' | '-', operand, start: token.start, end: operand.end }
  }

  #member(): Tree {
    return this.#suffixes(this.#primary())
  }

  #suffixes(primary: Tree): Tree {
    let tree = primary
    for (;;) {
      if (this.takeSymbol('.') !== undefined) {
        const field = this.peek()
        if (field.kind !== 'name') this.unexpected('a name')
        else {
          this.skip()
          tree = this.#afterDot(tree, field)
        }
      } else if (this.takeSymbol('[') !== undefined) {
        const key = this.#expression()
        const close = this.needSymbol(']', "']'")
        tree = { kind: 'index', target: tree, key, start: tree.start, end: close.end }
      } else return tree
    }
  }

  #afterDot(target: Tree, field: Token & { readonly kind: 'name' }): Tree {
    if (field.quoted || !this.atSymbol('(')) {
      return { kind: 'select', target, field: field.text, start: target.start, end: field.end }
    }
    const { args, end } = this.#arguments()
    const names = { nameStart: field.start, nameEnd: field.end }
    return { kind: 'invocation', target, name: field.text, ...names, args, start: target.start, end }
  }

  #arguments(): { args: Tree[]; end: number } {
    this.needSymbol('(', "'('")
    const args = this.#list(')', false)
    return { args, end: this.needSymbol(')', "',' or ')'").end }
  }

  /** Expressions up to the closing symbol, which is left. */
  #list(close: string, trailingComma: boolean): Tree[] {
    const items: Tree[] = []
    if (this.atSymbol(close)) return items
    for (;;) {
      items.push(this.#expression())
      if (this.takeSymbol(',') === undefined) return items
      if (trailingComma && this.atSymbol(close)) return items
    }
  }

  #primary(): Tree {
    const token = this.peek()
    switch (token.kind) {
      case 'name':
        return this.#nameOrCall(token)
      case 'int':
        this.skip()
        if (token.value > 0x7fff_ffff_ffff_ffffn) {
          this.fail('syntax_error', `${token.value} does not fit into 64 bits`, token)
        }
        return literal(int(token.value), token)
      case 'uint':
      case 'double':
      case 'string':
      case 'bytes': {
        this.skip()
        const { kind, start, end, ...rest } = token
        return { kind: 'literal', value: { type: kind, ...rest } as Literal['value'], start, end }
      }
      case 'symbol':
        return this.#bracketed(token)
      default:
        return this.unexpected('a value')
    }
  }

  #nameOrCall(token: Token & { readonly kind: 'name' }): Tree {
    const { text, start, end } = token
    if (token.quoted) this.unexpected('a name')
    if (text === 'true' || text === 'false') {
      this.skip()
      return literal({ type: 'bool', value: text === 'true' }, token)
    }
    if (text === 'null') {
      this.skip()
      return literal({ type: 'null' }, token)
    }
    if (text === 'in') this.unexpected('a value')
    if (reserved.has(text)) {
      this.fail('syntax_error', `'${text}' is a reserved word`, token)
    }
    this.skip()
    if (this.atSymbol('(')) {
      const call = this.#arguments()
      return {
        kind: 'invocation',
        target: null,
        name: text,
        nameStart: start,
        nameEnd: end,
        args: call.args,
        start,
        end: call.end,
      }
    }
    if (this.atSymbol('{')) {
      this.fail('syntax_error', `'${text}{…}' would make a message; KFL has none`, token)
    }
    return { kind: 'name', name: text, start, end }
  }

  #bracketed(token: Token & { readonly kind: 'symbol' }): Tree {
    if (this.takeSymbol('(') !== undefined) {
      const inner = this.#expression()
      const close = this.needSymbol(')', "')'")
      return { ...inner, start: token.start, end: close.end }
    }
    if (this.takeSymbol('[') !== undefined) {
      const items = this.#list(']', true)
      const close = this.needSymbol(']', "',' or ']'")
      this.#limitLength(items.length, token.start, close.end)
      return { kind: 'list', set: false, items, start: token.start, end: close.end }
    }
    if (this.takeSymbol('{') !== undefined) return this.#braced(token.start)
    return this.unexpected('a value')
  }

  /** A map `{k: v}`, or the loose list `{a, b}`; `{}` is the empty map. */
  #braced(start: number): Tree {
    const items: Tree[] = []
    const entries: { key: Tree; value: Tree }[] = []
    while (!this.atSymbol('}')) {
      const key = this.#expression()
      if (items.length === 0 && this.takeSymbol(':') !== undefined) entries.push({ key, value: this.#expression() })
      else if (entries.length === 0) items.push(key)
      else this.unexpected("':' and a value")
      if (this.takeSymbol(',') === undefined) break
    }
    const close = this.needSymbol('}', "',' or '}'")
    this.#limitLength(items.length + entries.length, start, close.end)
    if (items.length > 0) return { kind: 'list', set: true, items, start, end: close.end }
    return { kind: 'map', entries, start, end: close.end }
  }

  #limitLength(length: number, start: number, end: number): void {
    if (length <= this.limits.maxListLength) return
    const message = `a list of ${length} elements; at most ${this.limits.maxListLength} are allowed`
    this.fail('list_too_long', message, { start, end })
  }
}

function int(value: bigint): Literal['value'] {
  return { type: 'int', value }
}

function literal(value: Literal['value'], token: Range): Literal {
  return { kind: 'literal', value, start: token.start, end: token.end }
}
