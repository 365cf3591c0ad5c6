import type { Token } from './token.ts'

interface Failure {
  readonly message: string
  readonly start: number
  readonly end: number
}

const simpleEscapes: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '\\': 92,
  '"': 34,
  "'": 39,
  '`': 96,
  '?': 63,
}

/** Reads a string or bytes literal (CEL language definition, "String and Bytes Values") that opens with `opening`. */
export function readStringLiteral(source: string, start: number, opening: string): Token | Failure {
  const quote = opening.replace(/^[rRbB]+/, '')
  const prefix = opening.slice(0, opening.length - quote.length).toLowerCase()
  const raw = prefix.includes('r')
  const bytes = prefix.includes('b')
  const parts = new LiteralBuilder(bytes)
  let at = start + opening.length
  for (;;) {
    if (source.startsWith(quote, at)) break
    const char = source[at]
    if (char === undefined || (quote.length === 1 && (char === '\n' || char === '\r'))) {
      return { message: `the text that begins here has no closing ${quote}`, start, end: Math.min(at, source.length) }
    }
    if (char === '\\' && !raw) {
      const escape = readEscape(source, at, bytes)
      if ('message' in escape) return escape
      parts.code(escape.code, escape.octet)
      at = escape.end
      continue
    }
    // A raw literal keeps the backslash and whatever it precedes, but a quote behind it still ends the literal.
    const code = source.codePointAt(at) ?? 0
    parts.code(code, false)
    at += code > 0xffff ? 2 : 1
  }
  const end = at + quote.length
  if (bytes) return { kind: 'bytes', value: parts.bytes(), start, end }
  return { kind: 'string', value: parts.text(), raw, start, end }
}

function readEscape(
  source: string,
  at: number,
  bytes: boolean,
): { code: number; octet: boolean; end: number } | Failure {
  const letter = source[at + 1] ?? ''
  const simple = simpleEscapes[letter]
  if (simple !== undefined) return { code: simple, octet: false, end: at + 2 }
  const numeric = /[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})/y
  numeric.lastIndex = at + 1
  const found = numeric.exec(source)
  if (found !== null) {
    const [whole, x, u4, u8, octal] = found
    const code = octal === undefined ? parseInt(x ?? u4 ?? u8 ?? '', 16) : parseInt(octal, 8)
    const wide = u4 !== undefined || u8 !== undefined
    const end = at + 1 + whole.length
    if (wide && (bytes || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))) {
      const why = bytes ? 'has no place in bytes' : 'is no Unicode character'
      return { message: `'${source.slice(at, end)}' ${why}`, start: at, end }
    }
    return { code, octet: bytes, end }
  }
  const hint = letter === '' ? '' : `; write '\\\\${letter}', or a raw text r"…"`
  return { message: `unknown escape '\\${letter}'${hint}`, start: at, end: Math.min(at + 2, source.length) }
}

class LiteralBuilder {
  readonly #bytes: boolean
  readonly #octets: number[] = []
  #text = ''

  constructor(bytes: boolean) {
    this.#bytes = bytes
  }

  /** `octet`: in bytes, one byte of that value; otherwise a character, which bytes hold in UTF-8. */
  code(code: number, octet: boolean): void {
    if (!this.#bytes) this.#text += String.fromCodePoint(code)
    else if (octet) this.#octets.push(code)
    else this.#octets.push(...Buffer.from(String.fromCodePoint(code)))
  }

  text(): string {
    return this.#text
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#octets)
  }
}
