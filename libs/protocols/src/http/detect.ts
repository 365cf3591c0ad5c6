import { Side } from '../contract/message.ts'
import { Detection } from '../contract/protocol.ts'
import { isTokenByte, LF, SP } from './constants.ts'
import { BELIEVABLE_TARGET_BYTES, MAX_METHOD_BYTES } from './limits.ts'

const VERSION = [0x48, 0x54, 0x54, 0x50, 0x2f, 0x31, 0x2e] // HTTP/1.

/** How bytes[start, end) relate to `HTTP/1.`: they begin with it, cannot, or are too few to tell. */
function versionAt(bytes: Uint8Array, start: number, end: number): Detection {
  const length = Math.min(VERSION.length, end - start)
  for (let at = 0; at < length; at++) if (bytes[start + at] !== VERSION[at]) return Detection.No
  return length === VERSION.length ? Detection.Yes : Detection.NeedMore
}

/** status-line = HTTP-version SP status-code SP [ reason-phrase ] CRLF (RFC 9112, section 4). */
export function isStatusLine(bytes: Uint8Array, start: number, end: number): Detection {
  const version = versionAt(bytes, start, end)
  if (version !== Detection.Yes) return version
  if (end - start < 12) return Detection.NeedMore
  if (!isDigit(bytes[start + 7]) || bytes[start + 8] !== SP) return Detection.No
  for (let at = start + 9; at < start + 12; at++) if (!isDigit(bytes[at])) return Detection.No
  return Detection.Yes
}

/** request-line = method SP request-target SP HTTP-version CRLF (RFC 9112, section 3). */
export function isRequestLine(bytes: Uint8Array, start: number, end: number): Detection {
  let at = start
  while (at < end && isTokenByte[bytes[at] as number]) at++
  const method = at - start
  if (method > MAX_METHOD_BYTES) return Detection.No
  if (at === end) return looksLikeMethod(bytes, start, end) ? Detection.NeedMore : Detection.No
  if (method < 2 || bytes[at] !== SP || !looksLikeMethod(bytes, start, at)) return Detection.No
  const target = at + 1
  for (at = target; at < end; at++) {
    const byte = bytes[at] as number
    if (byte === LF) return versionIn(bytes, target, at) >= 0 ? Detection.Yes : Detection.No
    if (byte < SP && byte !== 0x0d && byte !== 0x09) return Detection.No
  }
  return end - target > BELIEVABLE_TARGET_BYTES && isTargetStart(bytes[target]) ? Detection.Yes : Detection.NeedMore
}

/**
 * Where the version begins in bytes[start, end), the rest of a request line; -1 when there is none. Lines that a server
 * refuses are requests too: the space before it may be missing, and so may the minor version (`GET /HTTP/1.`).
 */
export function versionIn(bytes: Uint8Array, start: number, end: number): number {
  for (let at = end - VERSION.length; at >= start; at--) {
    if (bytes[at] === VERSION[0] && versionAt(bytes, at, end) === Detection.Yes) return at
  }
  return -1
}

/** Methods are upper case by convention (RFC 9110, section 9.1), with `-` and `_` in extensions. */
function looksLikeMethod(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    if ((byte < 0x41 || byte > 0x5a) && byte !== 0x2d && byte !== 0x5f) return false
  }
  return true
}

const usualMethods = ['GET ', 'POST ', 'PUT ', 'HEAD ', 'DELETE ', 'OPTIONS ', 'PATCH ', 'CONNECT ', 'TRACE ']

/** One of the methods of RFC 9110 and RFC 5789, with the space behind it, or as much of it as there is. */
export function isUsualMethod(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start] as number
  if (first < 0x41 || first > 0x54) return false
  return usualMethods.some((method) => {
    const length = Math.min(method.length, end - start)
    for (let at = 0; at < length; at++) if (bytes[start + at] !== method.charCodeAt(at)) return false
    return true
  })
}

/** origin-form begins with `/`, absolute-form with a scheme, asterisk-form is `*`. */
function isTargetStart(byte: number | undefined): boolean {
  return byte === 0x2f || byte === 0x2a || (byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a)
}

export function detect(bytes: Uint8Array, start: number, end: number): Detection {
  const status = isStatusLine(bytes, start, end)
  return status === Detection.No ? isRequestLine(bytes, start, end) : status
}

export function sender(bytes: Uint8Array, start: number, end: number): Side {
  return isStatusLine(bytes, start, end) === Detection.Yes ? Side.Server : Side.Client
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39
}
