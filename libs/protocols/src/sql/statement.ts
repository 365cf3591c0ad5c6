import { latin1, lower, utf8 } from '@hindwire/bytes/text.ts'

/** Verb of a statement longer than this is not one. */
const MAX_VERB_BYTES = 24

const STAR = 0x2a
const SLASH = 0x2f
const DASH = 0x2d
const HASH = 0x23
const LF = 0x0a
const PAREN = 0x28
const SEMICOLON = 0x3b

function isLetter(byte: number): boolean {
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x7a
}

/** Offset of the first word: behind white space, comments, opening parentheses and empty statements. */
export function statementStart(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end) {
    const byte = bytes[at]!
    const next = at + 1 < end ? bytes[at + 1]! : 0
    if (byte <= 0x20 || byte === PAREN || byte === SEMICOLON) at++
    else if (byte === SLASH && next === STAR) {
      at += 2
      while (at < end && !(bytes[at - 1] === SLASH && bytes[at - 2] === STAR && at - 2 > start + 1)) at++
    } else if (byte === HASH || (byte === DASH && next === DASH)) {
      while (at < end && bytes[at] !== LF) at++
    } else break
  }
  return at
}

/** First word of a statement in capitals; empty where it does not begin with one. */
export function verbOf(bytes: Uint8Array, start: number, end: number): string {
  const from = statementStart(bytes, start, end)
  let to = from
  while (to < end && isLetter(bytes[to]!)) to++
  if (to === from || to - from > MAX_VERB_BYTES) return ''
  return latin1(bytes, from, to).toUpperCase()
}

/** Words near which a statement may name a credential. */
const hints = ['password', 'identified', 'secret', 'credential', 'connection'] as const

/** May the statement hold a credential? A quick look, without making a string. */
function hintsAtSecret(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end - 5; at++) {
    const byte = bytes[at]! | 0x20
    // p, i, s, c: the first letters of the words above.
    if (byte !== 0x70 && byte !== 0x69 && byte !== 0x73 && byte !== 0x63) continue
    for (const word of hints) {
      if (
        byte === word.charCodeAt(0) &&
        lower(bytes[at + 1]!) === word.charCodeAt(1) &&
        matches(bytes, at, end, word)
      ) {
        return true
      }
    }
  }
  return false
}

function matches(bytes: Uint8Array, at: number, end: number, word: string): boolean {
  if (end - at < word.length) return false
  for (let i = 0; i < word.length; i++) if ((bytes[at + i]! | 0x20) !== word.charCodeAt(i)) return false
  return true
}

/** A string literal: quotes doubled or escaped inside; perhaps without its end, where the statement is cut. */
const LITERAL = String.raw`(?:[eExXnN]|_[a-z0-9]+\s*)?(?:'(?:[^'\\]|''|\\.)*(?:'|$)|"(?:[^"\\]|""|\\.)*(?:"|$)|\$([A-Za-z_]*)\$[\s\S]*?(?:\$\1\$|$))`
const SECRET = new RegExp(
  String.raw`(?<!['"])\b(password(?:\s+for\s+\S+)?|identified\s+(?:with\s+\S+\s+)?(?:by|as)(?:\s+password)?|replace|secret|(?:[a-z_]*password|[a-z_]*secret|access_key_id))` +
    String.raw`(\s*(?:=|:=|\(|\s|\bto\b|\bby\b|\bas\b|\bpassword\b)*)` +
    LITERAL,
  'giu',
)
/** `password=x` in a connection string, which is itself within a literal. */
const HAS_CONNECTION = /\b(?:connection|dblink|conninfo)/iu
const CONNECTION = /\b(password\s*=\s*)(?:\\?'[^'\\]*\\?'?|[^\s'"]+)/giu

/**
 * Statement without the credentials that it sets: `PASSWORD 'x'`, `IDENTIFIED BY 'x'`, `SET PASSWORD FOR u = 'x'`,
 * `OPTIONS (password 'x')`, connection strings. Null where it holds none, and the bytes can be stored as they are.
 */
export function withoutSecrets(bytes: Uint8Array, start: number, end: number): string | null {
  if (!hintsAtSecret(bytes, start, end)) return null
  const text = utf8(bytes, start, end)
  let masked = text.replaceAll(SECRET, (_all, word: string, between: string) => `${word}${between}'***'`)
  if (HAS_CONNECTION.test(text)) masked = masked.replaceAll(CONNECTION, '$1***')
  return masked === text ? null : masked
}
