import { Slab } from '@hindwire/bytes/keep.ts'
import { asciiEquals, asciiNumber } from '@hindwire/bytes/text.ts'

import { Role } from '../contract/message.ts'
import { isTokenByte, SP, Status } from './constants.ts'
import { versionIn } from './detect.ts'
import { BodyKind } from './framing.ts'
import { fieldCount, framing, lineEnd, positions } from './head.ts'
import { PositionSlab } from './position-slab.ts'
import { HttpMessage } from './types.ts'

const slab = new Slab()
const positionSlab = new PositionSlab()

/**
 * Makes the message of the head that `readHead` has just read at bytes[start, start + headLength). `keepEnd`: how far
 * the kept copy reaches, so that content which follows directly shares it.
 * @returns null when the first line is not a start line
 */
export function makeMessage(
  bytes: Uint8Array,
  start: number,
  headLength: number,
  keepEnd: number,
  role: Role,
): HttpMessage | null {
  const message = new HttpMessage(role)
  const valid = role === Role.Request ? requestLine(message, bytes, start) : statusLine(message, bytes, start)
  if (!valid) return null
  const at = slab.copy(bytes, start, keepEnd)
  message.head = slab.bytes
  message.headStart = at
  message.headEnd = at + headLength
  message.fieldsStart = positionSlab.copy(positions, fieldCount * 4)
  message.fields = positionSlab.array
  message.fieldCount = fieldCount
  message.folded = framing.folded
  return message
}

/** request-line = method SP request-target SP HTTP-version (RFC 9112, section 3). */
function requestLine(message: HttpMessage, bytes: Uint8Array, start: number): boolean {
  const end = lineEnd
  let at = start
  while (at < end && isTokenByte[bytes[at] as number]) at++
  if (at === start || bytes[at] !== SP) return false
  message.methodEnd = at - start
  while (at < end && bytes[at] === SP) at++
  message.targetStart = at - start
  const version = versionIn(bytes, at, end)
  if (version < 0) return false
  message.minor = version + 7 < end ? (bytes[version + 7] as number) - 0x30 : 1
  let stop = version
  while (stop > at && bytes[stop - 1] === SP) stop--
  message.targetEnd = stop - start
  return true
}

/** status-line = HTTP-version SP status-code SP [ reason-phrase ] (RFC 9112, section 4). */
function statusLine(message: HttpMessage, bytes: Uint8Array, start: number): boolean {
  if (!asciiEquals(bytes, start, start + 7, 'HTTP/1.') || bytes[start + 8] !== SP) return false
  const status = asciiNumber(bytes, start + 9, start + 12)
  if (status < 0 || lineEnd < start + 12) return false
  message.minor = (bytes[start + 7] as number) - 0x30
  message.status = status
  message.targetStart = Math.min(13, lineEnd - start)
  message.targetEnd = lineEnd - start
  return true
}

/** How the content that follows the head just read is framed (RFC 9112, section 6.3). `request`: what it answers. */
export function bodyKind(message: HttpMessage, request: HttpMessage | undefined): BodyKind {
  if (message.role === Role.Response) {
    const { status } = message
    if (status < 200 || status === Status.NoContent || status === Status.NotModified) return BodyKind.None
    if (request !== undefined && isMethod(request, 'HEAD')) return BodyKind.None
    if (request !== undefined && isMethod(request, 'CONNECT') && status < 300) return BodyKind.None
  }
  if (framing.chunked) return BodyKind.Chunked
  if (framing.contentLength >= 0) return framing.contentLength === 0 ? BodyKind.None : BodyKind.Length
  return message.role === Role.Response ? BodyKind.UntilClose : BodyKind.None
}

export function isMethod(message: HttpMessage, method: string): boolean {
  return asciiEquals(message.head, message.headStart, message.headStart + message.methodEnd, method)
}
