import type { Column } from '../contract/column.ts'
import type { EntryWriter } from '../contract/entry-writer.ts'
import { HttpColumns } from '../http/columns.ts'
import { setCookie } from '../http/parameters.ts'
import { writeCookiePairs } from '../http/write-parameters.ts'
import { type HeaderField, Kind } from './header-field.ts'

/**
 * Writes a header list: pseudo fields stand in columns of their own, all others in the map `headers`. Fields of which
 * only the value is known are left out.
 */
export function writeFields(fields: readonly HeaderField[], entry: EntryWriter, headers: Column): void {
  let cookie: HeaderField | null = null
  let cookies = ''
  for (let at = 0; at < fields.length; at++) {
    const field = fields[at] as HeaderField
    const { kind, bytes, nameStart, nameEnd, valueEnd } = field
    if ((kind > Kind.Other && kind <= Kind.LastPseudo) || field.nameUnknown) continue
    if (kind === Kind.Cookie) {
      writeCookiePairs(entry, bytes, nameEnd, valueEnd)
      // A cookie list may be cut into fields, which are joined by "; " (RFC 9113, section 8.2.3).
      if (cookie !== null) cookies = `${cookies === '' ? cookie.value : cookies}; ${field.value}`
      cookie ??= field
      continue
    }
    entry.pairBytes(headers, bytes, nameStart, nameEnd, nameEnd, valueEnd, false)
    if (kind === Kind.SetCookie) {
      setCookie(field.value, (name, value) => entry.pair(HttpColumns.responseCookies, name, value))
    }
  }
  if (cookie === null) return
  if (cookies !== '') entry.pair(headers, 'cookie', cookies)
  else {
    const { bytes, nameStart, nameEnd, valueEnd } = cookie
    entry.pairBytes(headers, bytes, nameStart, nameEnd, nameEnd, valueEnd, false)
  }
}
