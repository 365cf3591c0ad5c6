import { u16be, u32be } from '@hindwire/bytes/endian.ts'

import { Side } from '../contract/message.ts'
import { Detection, type Transport } from '../contract/protocol.ts'
import { ApiKey, HIGHEST_API_KEY, maxVersion } from './api-keys.ts'
import { type Decoder, Status } from './decode.ts'
import { clientIdEnd, isReadable, messageEnd, REQUEST_HEADER_BYTES, requestBody, responseBody } from './parse.ts'
import { schemaOf } from './schemas.ts'

/*
 * A length in front is common (DNS over TCP, ZooKeeper, TDS, PostgreSQL's startup, HTTP/2 frames): what follows must be a
 * whole request header of a version that exists, with a body of exactly that shape as far as it is seen.
 */

/** `socket.request.max.bytes`: what a broker takes. */
const MAX_REQUEST_BYTES = 100 << 20
/** Header without client id. */
const MIN_REQUEST_BYTES = 10
/** A request that goes on is believed when this much of it is right. */
const CONVINCING_BYTES = 48
/** Client ids that say something, where the body cannot be checked. */
const CONVINCING_CLIENT_ID = 4
/** APIs that any broker lists. */
const MIN_API_KEYS = 8

export function detect(bytes: Uint8Array, start: number, end: number, transport: Transport): Detection {
  if (transport !== 'tcp') return Detection.No
  const request = detectRequest(bytes, start, end)
  if (request !== Detection.No) return request
  return isTellingResponse(bytes, start, end) ? Detection.Yes : Detection.No
}

/** Client, where a request begins; responses tell themselves only where `detect` takes them. */
export function sender(bytes: Uint8Array, start: number, end: number): Side | -1 {
  if (detectRequest(bytes, start, end) === Detection.Yes) return Side.Client
  return isTellingResponse(bytes, start, end) ? Side.Server : -1
}

export function detectRequest(bytes: Uint8Array, start: number, end: number): Detection {
  const length = end - start
  if (length < REQUEST_HEADER_BYTES) return beginsHeader(bytes, start, length) ? Detection.NeedMore : Detection.No
  if (!beginsHeader(bytes, start, length)) return Detection.No
  const bodyStart = clientIdEnd(bytes, start)
  if (bodyStart < 0 || !isReadable(bytes, start + REQUEST_HEADER_BYTES, Math.min(end, bodyStart))) return Detection.No
  if (bodyStart > end) return Detection.NeedMore
  const named = bodyStart - start - REQUEST_HEADER_BYTES
  const key = u16be(bytes, start + 4)
  const version = u16be(bytes, start + 6)
  const decoder = requestBody(bytes, start, end)
  if (decoder === null) return named >= CONVINCING_CLIENT_ID ? Detection.Yes : Detection.No
  const schema = schemaOf(key, version)
  if (schema !== undefined) decoder.struct(schema.request.shape(version))
  if (decoder.status === Status.Invalid) return Detection.No
  if (decoder.status === Status.Short) return length >= CONVINCING_BYTES ? Detection.Yes : Detection.NeedMore
  if (!decoder.atEnd) return Detection.No
  const telling = named > 0 || decoder.texts > 0 || key === ApiKey.ApiVersions
  return telling ? Detection.Yes : Detection.No
}

/** Are these the first bytes of size, API and version? */
function beginsHeader(bytes: Uint8Array, start: number, length: number): boolean {
  if (length >= 1 && bytes[start]! > MAX_REQUEST_BYTES >> 24) return false
  if (length >= 4) {
    const size = u32be(bytes, start)
    if (size < MIN_REQUEST_BYTES || size > MAX_REQUEST_BYTES) return false
  }
  if (length >= 5 && bytes[start + 4] !== 0) return false
  if (length >= 6 && bytes[start + 5]! > HIGHEST_API_KEY) return false
  if (length >= 7 && bytes[start + 6] !== 0) return false
  return length < 8 || bytes[start + 7]! <= maxVersion(bytes[start + 5]!)
}

/**
 * A whole response that can be nothing else: ApiVersions and Metadata are exact to the byte, and long. All other
 * responses are recognised by the request that they answer.
 */
function isTellingResponse(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 40 || bytes[start] !== 0 || messageEnd(bytes, start) > end) return false
  for (const key of [ApiKey.ApiVersions, ApiKey.Metadata]) {
    for (let version = 0; version <= maxVersion(key); version++) {
      const decoder = responseBody(bytes, start, end, key, version)
      const schema = schemaOf(key, version)
      if (decoder === null || schema === undefined) continue
      const body = decoder.struct(schema.response.shape(version))
      const list = body[key === ApiKey.ApiVersions ? 'api_keys' : 'brokers']
      const enough = key === ApiKey.ApiVersions ? MIN_API_KEYS : 1
      if (decoder.atEnd && Array.isArray(list) && list.length >= enough && hasEvidence(decoder, key, list)) return true
    }
  }
  return false
}

function hasEvidence(decoder: Decoder, key: number, list: readonly unknown[]): boolean {
  if (key === ApiKey.Metadata) return decoder.texts > 0
  return list.every((each) => {
    const { api_key: api, min_version: min, max_version: max } = each as Record<string, number>
    return api! >= 0 && api! < 1000 && min! >= 0 && min! <= max! && max! < 100
  })
}

/** Position of the next request in bytes[start, end), or -1: after a loss. */
export function findRequest(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at + 8 <= end; at++) {
    if (bytes[at]! > MAX_REQUEST_BYTES >> 24 || bytes[at + 4] !== 0 || bytes[at + 6] !== 0) continue
    if (detectRequest(bytes, at, end) !== Detection.No) return at
  }
  return -1
}

/** Is the response at `start`, as far as it is seen, one to this API? True where its version is not described. */
export function canAnswer(bytes: Uint8Array, start: number, end: number, key: number, version: number): boolean {
  const decoder = responseBody(bytes, start, end, key, version)
  const schema = schemaOf(key, version)
  if (decoder === null || schema === undefined) return true
  decoder.struct(schema.response.shape(version))
  return decoder.status === Status.Short || decoder.atEnd
}
