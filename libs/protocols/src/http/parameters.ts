import { MAX_PARAMETERS } from './limits.ts'

/** Undoes percent-encoding; what is not valid stays as it is. */
function decodePart(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text
  const spaced = text.replaceAll('+', ' ')
  if (!/%[0-9a-f]{2}/i.test(spaced)) return spaced
  const bytes = spaced.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) =>
    Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'),
  )
  return bytes
}

/** application/x-www-form-urlencoded pairs (WHATWG URL, section 5.1), in order, at most MAX_PARAMETERS. */
export function eachQueryParameter(query: string, take: (name: string, value: string) => void): void {
  let count = 0
  for (const part of query.split('&', MAX_PARAMETERS)) {
    if (part === '' || count++ >= MAX_PARAMETERS) continue
    const equals = part.indexOf('=')
    if (equals < 0) take(decodePart(part), '')
    else take(decodePart(part.slice(0, equals)), decodePart(part.slice(equals + 1)))
  }
}

/** set-cookie-string = cookie-pair *( ";" SP cookie-av ): the pair without its attributes (RFC 6265, section 4.1.1). */
export function setCookie(header: string, take: (name: string, value: string) => void): void {
  const end = header.indexOf(';')
  eachPair(end < 0 ? header : header.slice(0, end), take)
}

function eachPair(part: string, take: (name: string, value: string) => void): void {
  const equals = part.indexOf('=')
  if (equals <= 0) return
  const name = part.slice(0, equals).trim()
  if (name !== '') take(name, part.slice(equals + 1).trim())
}
