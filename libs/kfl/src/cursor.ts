import type { Limits } from './limits.ts'
import { problem } from './problem.ts'
import type { Advice, Problem, ProblemCode, Range } from './problem.ts'
import { describe } from './token.ts'
import type { Token } from './token.ts'

/** Thrown by the cursor and caught by parse(), on bad input only: the first syntax error ends the parse. */
export class SyntaxFailure extends Error {
  readonly problem: Problem
  constructor(p: Problem) {
    super(p.message)
    this.problem = p
  }
}

/** The parser's place in the tokens, and how deep it is. */
export class Cursor {
  readonly limits: Limits
  readonly #source: string
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0

  constructor(source: string, tokens: readonly Token[], limits: Limits) {
    this.#source = source
    this.#tokens = tokens
    this.limits = limits
  }

  enter(at: Range): void {
    if (++this.#depth <= this.limits.maxDepth) return
    this.fail('too_deep', `nested deeper than ${this.limits.maxDepth} levels`, at)
  }

  leave(): void {
    this.#depth--
  }

  peek(ahead = 0): Token {
    const end = this.#source.length
    return this.#tokens[this.#at + ahead] ?? { kind: 'end', start: end, end }
  }

  skip(count = 1): void {
    this.#at += count
  }

  atSymbol(text: string): boolean {
    const token = this.peek()
    return token.kind === 'symbol' && token.text === text
  }

  /** Words of operators are taken in any case. */
  atWord(word: string, ahead = 0): boolean {
    const token = this.peek(ahead)
    return token.kind === 'name' && !token.quoted && token.text.toLowerCase() === word
  }

  takeSymbol(text: string): (Token & { readonly kind: 'symbol' }) | undefined {
    const token = this.peek()
    if (token.kind !== 'symbol' || token.text !== text) return undefined
    this.#at++
    return token
  }

  needSymbol(text: string, expected: string): Token {
    return this.takeSymbol(text) ?? this.unexpected(expected)
  }

  unexpected(expected: string): never {
    const token = this.peek()
    const found = token.kind === 'end' ? 'the filter ends too early' : `unexpected ${describe(token, this.#source)}`
    return this.fail('syntax_error', `${found}; expected ${expected}`, token, { expected })
  }

  fail(code: ProblemCode, message: string, range: Range, advice: Advice = {}): never {
    throw new SyntaxFailure(problem(this.#source, code, message, range, advice))
  }
}
