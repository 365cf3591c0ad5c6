import { readStringLiteral } from './lex-string.ts'
import { problem } from './problem.ts'
import type { Problem } from './problem.ts'
import type { Token } from './token.ts'

export type LexResult =
  | { readonly ok: true; readonly tokens: readonly Token[] }
  | { readonly ok: false; readonly errors: readonly Problem[] }

/** Longest first. */
const symbols = [
  '&&',
  '||',
  '==',
  '!=',
  '<=',
  '>=',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '.',
  ',',
  ':',
  '?',
  '<',
  '>',
  '!',
  '+',
  '-',
  '*',
  '/',
  '%',
]

/** What people write instead, with what KFL has for it. */
const mistaken: Readonly<Record<string, string>> = {
  '=': '==',
  '&': '&&',
  '|': '||',
  '“': '"',
  '”': '"',
  '‘': "'",
  '’': "'",
  '~': 'matches',
}

/** The same, of several characters. */
const mistakenSymbols: readonly (readonly [string, string])[] = [
  ['===', '=='],
  ['!==', '!='],
  ['<>', '!='],
  ['=~', 'matches'],
]

const spaces = /[\t\n\f\r ]+|(?:\/\/|#)[^\n]*/y
const name = /[A-Za-z_][A-Za-z0-9_]*/y
/** CEL: escaped identifiers, allowed after a dot. */
const quotedName = /`[A-Za-z0-9_.\-/ ]+`/y
const number = /0[xX][0-9a-fA-F]+[uU]?|(?:[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)|[0-9]*\.[0-9]+)|[0-9]+[uU]?/y
const stringStart = /(?:[rR][bB]?|[bB][rR]?)?(?:"""|'''|"|')/y

/** Source to tokens. White space and comments (`//` and `#`) are dropped. */
export function lex(source: string): LexResult {
  const tokens: Token[] = []
  let at = 0
  const failure = (message: string, start: number, end: number, suggestion?: string): LexResult => ({
    ok: false,
    errors: [problem(source, 'syntax_error', message, { start, end }, suggestion === undefined ? {} : { suggestion })],
  })
  while (at < source.length) {
    const gap = match(spaces, source, at)
    if (gap !== undefined) {
      at += gap.length
      continue
    }
    const opening = match(stringStart, source, at)
    if (opening !== undefined) {
      const literal = readStringLiteral(source, at, opening)
      if ('message' in literal) return failure(literal.message, literal.start, literal.end)
      tokens.push(literal)
      at = literal.end
      continue
    }
    const digits = match(number, source, at)
    if (digits !== undefined) {
      const end = at + digits.length
      const after = match(name, source, end)
      if (after !== undefined) {
        return failure(
          `'${digits}${after}' is neither a number nor a name; a name starts with a letter, text stands in quotes`,
          at,
          end + after.length,
          `"${digits}${after}"`,
        )
      }
      const token = numberToken(digits, at, end)
      if (token === undefined) {
        return failure(`${digits} does not fit into 64 bits`, at, end)
      }
      tokens.push(token)
      at = end
      continue
    }
    const word = match(name, source, at) ?? match(quotedName, source, at)
    if (word !== undefined) {
      const quoted = word.startsWith('`')
      tokens.push({ kind: 'name', text: quoted ? word.slice(1, -1) : word, quoted, start: at, end: at + word.length })
      at += word.length
      continue
    }
    const long = mistakenSymbols.find(([text]) => source.startsWith(text, at))
    if (long !== undefined) {
      const [text, instead] = long
      return failure(`unexpected '${text}'; did you mean '${instead}'?`, at, at + text.length, instead)
    }
    const symbol = symbols.find((s) => source.startsWith(s, at))
    if (symbol === undefined) {
      const text = String.fromCodePoint(source.codePointAt(at) ?? 0)
      const instead = mistaken[text]
      return failure(
        `unexpected '${text}'${instead === undefined ? '' : `; did you mean '${instead}'?`}`,
        at,
        at + text.length,
        instead,
      )
    }
    tokens.push({ kind: 'symbol', text: symbol, start: at, end: at + symbol.length })
    at += symbol.length
  }
  tokens.push({ kind: 'end', start: source.length, end: source.length })
  return { ok: true, tokens }
}

function match(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(source)?.[0]
}

/** Undefined when a number is too large; a sign is the parser's, which admits -9223372036854775808. */
function numberToken(text: string, start: number, end: number): Token | undefined {
  const unsigned = /[uU]$/.test(text)
  const hex = /^0[xX]/.test(text)
  if (!hex && !unsigned && /[.eE]/.test(text)) {
    const value = Number(text)
    return Number.isFinite(value) ? { kind: 'double', value, start, end } : undefined
  }
  const value = BigInt(unsigned ? text.slice(0, -1) : text)
  if (unsigned) return value < 1n << 64n ? { kind: 'uint', value, start, end } : undefined
  return value <= 1n << 63n ? { kind: 'int', value, start, end } : undefined
}
