import { u32be } from '@hindwire/bytes/endian.ts'
import { findByte, utf8 } from '@hindwire/bytes/text.ts'

import { StartupCode } from './constants.ts'
import { MAX_NAME_BYTES, MAX_OPTIONS } from './limits.ts'
import { Kind, type Login, PostgresqlRequest } from './types.ts'

export const noLogin: Login = { database: '', user: '', version: '' }

/** Parameters of a StartupMessage that are, or may hold, credentials. */
const SECRET_OPTIONS: ReadonlySet<string> = new Set(['password', 'passwd'])

/**
 * A whole start-up packet:
 *
 *     StartupMessage = Int32(length) Int16(3) Int16(minor) (name NUL value NUL)* NUL
 *     SSLRequest     = Int32(8) Int32(80877103)
 *     GSSENCRequest  = Int32(8) Int32(80877104)
 *     CancelRequest  = Int32(length) Int32(80877102) Int32(process) key
 */
export function readStartup(bytes: Uint8Array, start: number, end: number): PostgresqlRequest {
  const code = u32be(bytes, start + 4)
  if (code === StartupCode.Ssl) return new PostgresqlRequest(Kind.Negotiation, 'SSLREQUEST', noLogin)
  if (code === StartupCode.Gss) return new PostgresqlRequest(Kind.Negotiation, 'GSSENCREQUEST', noLogin)
  if (code === StartupCode.Cancel) {
    const cancel = new PostgresqlRequest(Kind.Alone, 'CANCELREQUEST', noLogin)
    cancel.processId = u32be(bytes, start + 8)
    return cancel
  }
  const options: Record<string, string> = {}
  let at = start + 8
  for (let n = 0; n < MAX_OPTIONS && at < end && bytes[at] !== 0; n++) {
    const nameEnd = findByte(bytes, at, end, 0)
    if (nameEnd < 0) break
    const valueEnd = findByte(bytes, nameEnd + 1, end, 0)
    if (valueEnd < 0) break
    const name = utf8(bytes, at, Math.min(nameEnd, at + MAX_NAME_BYTES))
    const secret = SECRET_OPTIONS.has(name.toLowerCase())
    options[name] = secret ? '***' : utf8(bytes, nameEnd + 1, Math.min(valueEnd, nameEnd + 1 + MAX_NAME_BYTES))
    at = valueEnd + 1
  }
  const user = options['user'] ?? ''
  const version = `${code >>> 16}.${code & 0xffff}`
  // Without a database the server takes the user's name.
  const request = new PostgresqlRequest(Kind.Startup, 'STARTUP', {
    user,
    database: options['database'] ?? user,
    version,
  })
  request.options = options
  return request
}
