/**
 * Cuts a text into its JSON documents: `kubectl get pods -o json; kubectl get services -o json` prints one behind the
 * other. Only nesting is looked at here; JSON.parse judges the rest.
 * @returns ranges [start, end) of top-level objects and arrays, and of what stands between them
 */
export function splitDocuments(text: string): { start: number; end: number }[] {
  const ranges: { start: number; end: number }[] = []
  let depth = 0
  let start = -1
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at)
    if (start < 0 && !isSpace(char)) start = at
    if (char === QUOTE) at = endOfString(text, at)
    else if (char === OPEN_BRACE || char === OPEN_BRACKET) depth += 1
    else if (char === CLOSE_BRACE || char === CLOSE_BRACKET) {
      depth -= 1
      if (depth > 0) continue
      ranges.push({ start, end: at + 1 })
      start = -1
      depth = 0
    }
  }
  if (start >= 0) ranges.push({ start, end: text.length })
  return ranges
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

/** Index of the closing quote, or of the last character. */
function endOfString(text: string, quote: number): number {
  for (let at = quote + 1; at < text.length; at += 1) {
    const char = text.charCodeAt(at)
    if (char === BACKSLASH) at += 1
    else if (char === QUOTE) return at
  }
  return text.length - 1
}

/** Also a byte order mark, which some shells put in front. */
function isSpace(char: number): boolean {
  return char === 0x20 || (char >= 0x09 && char <= 0x0d) || char === 0xfeff
}
