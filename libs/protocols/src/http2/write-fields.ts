import { latin1 } from '@hindwire/bytes/text.ts'

import type { Column } from '../contract/column.ts'
import type { EntryWriter } from '../contract/entry-writer.ts'
import { HttpColumns } from '../http/columns.ts'
import { eachCookie, setCookie } from '../http/parameters.ts'
import { type HeaderField, Kind } from './header-field.ts'

/**
 * Writes a header list: pseudo fields stand in columns of their own, all others in the map `headers`. Fields of which
 * only the value is known are left out.
 */
export function writeFields(fields: readonly HeaderField[], entry: EntryWriter, headers: Column): void {
  let cookies = ''
  for (let at = 0; at < fields.length; at++) {
    const field = fields[at] as HeaderField
    const { kind, bytes, nameStart, nameEnd, valueEnd } = field
    if ((kind > Kind.Other && kind <= Kind.LastPseudo) || field.nameUnknown) continue
    if (kind === Kind.Cookie) {
      // A cookie list may be cut into fields, which are joined by "; " (RFC 9113, section 8.2.3).
      cookies += cookies === '' ? field.value : `; ${field.value}`
      continue
    }
    entry.pairBytes(headers, bytes, nameStart, nameEnd, nameEnd, valueEnd, false)
    if (kind === Kind.SetCookie) {
      setCookie(latin1(bytes, nameEnd, valueEnd), (name, value) => entry.pair(HttpColumns.responseCookies, name, value))
    }
  }
  if (cookies === '') return
  entry.pair(headers, 'cookie', cookies)
  eachCookie(cookies, (name, value) => entry.pair(HttpColumns.requestCookies, name, value))
}
