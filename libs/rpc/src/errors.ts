import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { Metadata, type ServiceError, status as Code } from '@grpc/grpc-js'
import { AppError, type ErrorDetails, type HttpStatus, toAppError } from '@hindwire/service-kit/app-error.ts'

import { ErrorDetailSchema } from './gen/hindwire/v1/error_pb.ts'

/** Trailing metadata that carries the error as it was thrown. */
export const ERROR_TRAILER = 'hindwire-error-bin'

/** Node's HTTP/2 refuses header blocks over 64 KiB; details beyond this are dropped, and that is said. */
const MAX_DETAILS_BYTES = 16 * 1024
const MAX_MESSAGE_CHARS = 4096

/** Both directions of one table: HTTP status and gRPC code (https://grpc.io/docs/guides/status-codes/). */
const CODES: readonly (readonly [HttpStatus, Code])[] = [
  [400, Code.INVALID_ARGUMENT],
  [401, Code.UNAUTHENTICATED],
  [403, Code.PERMISSION_DENIED],
  [404, Code.NOT_FOUND],
  [405, Code.UNIMPLEMENTED],
  [409, Code.FAILED_PRECONDITION],
  [409, Code.ALREADY_EXISTS],
  [409, Code.ABORTED],
  [413, Code.OUT_OF_RANGE],
  [415, Code.INVALID_ARGUMENT],
  [422, Code.INVALID_ARGUMENT],
  [429, Code.RESOURCE_EXHAUSTED],
  [499, Code.CANCELLED],
  [500, Code.INTERNAL],
  [503, Code.UNAVAILABLE],
  [504, Code.DEADLINE_EXCEEDED],
]

/** What a server sends for a thrown value: gRPC code, sentence, and the whole error in the trailer. */
export function toStatus(thrown: unknown): { code: Code; details: string; metadata: Metadata } {
  const error = toAppError(thrown)
  const metadata = new Metadata()
  const message = error.message.slice(0, MAX_MESSAGE_CHARS)
  const detail = { code: error.code, httpStatus: error.status, message, detailsJson: detailsJson(error.details) }
  metadata.set(ERROR_TRAILER, Buffer.from(toBinary(ErrorDetailSchema, create(ErrorDetailSchema, detail))))
  const code = CODES.find(([http]) => http === error.status)?.[1] ?? Code.INTERNAL
  return { code, details: message, metadata }
}

/**
 * What a client throws for a failed call: the server's own AppError where the trailer holds one, otherwise one made
 * from the gRPC code (`unavailable`, `deadline_exceeded`, `cancelled`, `too_large`, …).
 * @param service name for the sentence, e.g. `hindwire.v1.Query`
 * @param signal the caller's own; a call that was cancelled without it was broken off by a server that stops
 */
export function fromStatus(thrown: unknown, service: string, signal?: AbortSignal): AppError {
  if (thrown instanceof AppError) return thrown
  if (!isServiceError(thrown)) return toAppError(thrown)
  const sent = thrown.metadata?.get(ERROR_TRAILER)[0]
  if (sent instanceof Uint8Array) {
    const error = decodeDetail(sent, thrown)
    if (error !== null) return error
  }
  const brokenOff = thrown.code === Code.CANCELLED && signal?.aborted !== true
  return fromCode(thrown, brokenOff ? Code.UNAVAILABLE : thrown.code, service)
}

function decodeDetail(bytes: Uint8Array, cause: ServiceError): AppError | null {
  try {
    const { code, httpStatus, message, detailsJson } = fromBinary(ErrorDetailSchema, bytes)
    const known = CODES.find(([http]) => http === httpStatus)?.[0] ?? 500
    const details = detailsJson === '' ? {} : (JSON.parse(detailsJson) as ErrorDetails)
    return new AppError(code, known, message, { details, cause })
  } catch {
    return null
  }
}

function fromCode(error: ServiceError, code: Code, service: string): AppError {
  const options = { cause: error, details: { service, reason: error.details } }
  switch (code) {
    case Code.UNAVAILABLE:
      return new AppError('unavailable', 503, `The service ${service} does not answer. Try again shortly.`, options)
    case Code.DEADLINE_EXCEEDED:
      return new AppError('deadline_exceeded', 504, `The service ${service} did not answer in time.`, options)
    case Code.CANCELLED:
      return new AppError('cancelled', 499, 'The caller gave up before the answer was ready.', options)
    case Code.RESOURCE_EXHAUSTED:
      return new AppError('too_large', 413, `A message to or from ${service} is too large.`, options)
    case Code.UNIMPLEMENTED:
      return new AppError('unimplemented', 500, `The service ${service} is of another version: no such call.`, options)
    default:
      return new AppError('internal', 500, `The service ${service} failed. Its log has the details.`, options)
  }
}

function detailsJson(details: ErrorDetails): string {
  if (Object.keys(details).length === 0) return ''
  const json = JSON.stringify(details)
  return Buffer.byteLength(json) <= MAX_DETAILS_BYTES ? json : JSON.stringify({ details_dropped_bytes: json.length })
}

function isServiceError(thrown: unknown): thrown is ServiceError {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'number' && 'details' in thrown
}
