import { u16be, u32be } from '@hindwire/bytes/endian.ts'

import { ApiKey } from './api-keys.ts'
import { Decoder } from './decode.ts'
import { MAX_CLIENT_ID_BYTES } from './limits.ts'
import { schemaOf } from './schemas.ts'

/*
 * message  = size:int32 header body
 * request  = api-key:int16 api-version:int16 correlation-id:int32 client-id:nullable-string [tagged-fields]
 * response = correlation-id:int32 [tagged-fields]
 * Tagged fields belong to flexible versions; the client id keeps its old form there, and the response of ApiVersions
 * has none, so that a client reads it whatever the broker speaks (KIP-511).
 */

/** Size, API, version, correlation id and length of the client id. */
export const REQUEST_HEADER_BYTES = 14
/** Size and correlation id. */
export const RESPONSE_HEADER_BYTES = 8
/** Size and client id length are counted from behind the size field. */
const SIZE_BYTES = 4

export function messageEnd(bytes: Uint8Array, start: number): number {
  return start + SIZE_BYTES + u32be(bytes, start)
}

/** Position behind the client id of the request at `start`; -1 when there can be none. 14 bytes are there. */
export function clientIdEnd(bytes: Uint8Array, start: number): number {
  const length = (u16be(bytes, start + 12) << 16) >> 16
  if (length < -1 || length > MAX_CLIENT_ID_BYTES) return -1
  const end = start + REQUEST_HEADER_BYTES + Math.max(0, length)
  return end > messageEnd(bytes, start) ? -1 : end
}

/** Bytes of a readable client id: printable ASCII. */
export function isReadable(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at]! < 0x20 || bytes[at]! > 0x7e) return false
  return true
}

/** A decoder at the body of the request; null where this version is not described. 14 bytes are there. */
export function requestBody(bytes: Uint8Array, start: number, end: number): Decoder | null {
  const version = u16be(bytes, start + 6)
  const schema = schemaOf(u16be(bytes, start + 4), version)
  const at = clientIdEnd(bytes, start)
  if (schema === undefined || at < 0) return null
  const decoder = new Decoder(bytes, at, end, messageEnd(bytes, start), version >= schema.flexibleFrom)
  decoder.skipTags()
  return decoder
}

/** A decoder at the body of a response to that API; null where the version is not described. 8 bytes are there. */
export function responseBody(
  bytes: Uint8Array,
  start: number,
  end: number,
  key: number,
  version: number,
): Decoder | null {
  const schema = schemaOf(key, version)
  if (schema === undefined) return null
  const flexible = version >= schema.flexibleFrom
  const decoder = new Decoder(bytes, start + RESPONSE_HEADER_BYTES, end, messageEnd(bytes, start), flexible)
  if (key !== ApiKey.ApiVersions) decoder.skipTags()
  return decoder
}

/**
 * Whether the request at `start` is answered: all are, but Produce with `acks` 0. What is not at hand of the header
 * counts as answered.
 */
export function isAnswered(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < REQUEST_HEADER_BYTES || u16be(bytes, start + 4) !== ApiKey.Produce) return true
  const version = u16be(bytes, start + 6)
  const flexible = version >= 9
  let at = clientIdEnd(bytes, start)
  if (at < 0) return true
  // Clients send no tagged fields in the header.
  if (flexible) at++
  if (version >= 3) {
    const length = flexible ? (bytes[at] ?? 0) - 1 : (u16be(bytes, at) << 16) >> 16
    at += (flexible ? 1 : 2) + Math.max(0, length)
  }
  return at + 2 > end || u16be(bytes, at) !== 0
}
