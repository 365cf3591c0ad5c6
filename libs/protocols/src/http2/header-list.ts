import { Role } from '../contract/message.ts'
import { type HeaderField, Kind } from './header-field.ts'
import type { Http2Message } from './types.ts'

/** What a header list tells about the message it belongs to. One object, reused. */
export const listed = {
  /** A pseudo field of requests is there. */
  request: false,
  /** Value of :status; 0 when it is not there. */
  status: 0,
  grpc: false,
  /** A content type is there, of gRPC or another one. */
  typed: false,
  unknown: false,
}

/** Reads the fields that decide what a header list is (RFC 9113, section 8.3). Leaves the answer in `listed`. */
export function inspect(fields: readonly HeaderField[]): void {
  listed.request = false
  listed.status = 0
  listed.grpc = false
  listed.typed = false
  listed.unknown = false
  for (let at = 0; at < fields.length; at++) {
    const field = fields[at] as HeaderField
    const { kind } = field
    if (kind === Kind.Other) {
      if (field.nameUnknown) listed.unknown = true
    } else if (kind === Kind.Status) listed.status = Math.max(0, field.number)
    else if (kind <= Kind.LastPseudo) listed.request = true
    else if (kind === Kind.ContentType) listed.typed = true
    else if (kind === Kind.GrpcContentType) {
      listed.grpc = true
      listed.typed = true
    }
  }
}

/** A header list behind the first one of a message, or one that can only be the last. */
export function isTrailer(message: Http2Message): boolean {
  return message.fields.length > 0 || message.partial === 'start missing' || message.bodySize > 0
}

/** The header list just inspected says so, or says nothing where it may: the content will tell. */
export function mayBeGrpc(message: Http2Message): boolean {
  if (listed.typed) return listed.grpc
  return listed.unknown || (message.role === Role.Response && (message.stream.request?.framing ?? null) !== null)
}
