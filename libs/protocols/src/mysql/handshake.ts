import { u16le, u32le } from '@hindwire/bytes/endian.ts'
import { findByte, latin1, utf8 } from '@hindwire/bytes/text.ts'

import { Role } from '../contract/message.ts'
import { Capability, Command } from './constants.ts'
import { MAX_ATTRIBUTES, MAX_NAME_BYTES } from './limits.ts'
import { lenenc, lenencEnd } from './parse.ts'
import { type Greeting, MysqlRequest, Pseudo } from './types.ts'

export const noLogin = { database: '', user: '' } as const

/**
 * Handshake v10 = 10 version NUL int<4>(connection) 8 bytes 0 int<2>(capabilities) int<1>(character set) int<2>(status)
 * int<2>(more capabilities) int<1> 10 bytes challenge plugin NUL. The challenge is not kept.
 */
export function readGreeting(bytes: Uint8Array, start: number, end: number): Greeting | null {
  const nul = findByte(bytes, start + 1, end, 0)
  if (nul < 0 || nul + 16 > end) return null
  const version = latin1(bytes, start + 1, Math.min(nul, start + 1 + MAX_NAME_BYTES))
  const connectionId = u32le(bytes, nul + 1)
  let capabilities = u16le(bytes, nul + 14)
  let plugin = ''
  if (nul + 22 <= end) {
    capabilities |= u16le(bytes, nul + 19) << 16
    const rest = Math.max(13, bytes[nul + 21]! - 8)
    const from = nul + 32 + rest
    if ((capabilities & Capability.PluginAuth) !== 0 && from < end) plugin = textTo(bytes, from, end)
  }
  return { version, connectionId, capabilities, plugin }
}

function textTo(bytes: Uint8Array, start: number, end: number): string {
  const nul = findByte(bytes, start, end, 0)
  return utf8(bytes, start, Math.min(nul < 0 ? end : nul, start + MAX_NAME_BYTES))
}

function nulEnd(bytes: Uint8Array, start: number, end: number): number {
  const nul = findByte(bytes, start, end, 0)
  return nul < 0 ? end : nul + 1
}

/**
 * HandshakeResponse41 = int<4>(capabilities) int<4> int<1>(character set) 23 bytes user NUL auth-response
 * [database NUL] [plugin NUL] [attributes]. The auth-response is not kept.
 */
export function readLogin(bytes: Uint8Array, start: number, end: number, greeting: Greeting | null): MysqlRequest {
  let capabilities = end - start >= 4 ? u32le(bytes, start) : u16le(bytes, start)
  if ((capabilities & Capability.Protocol41) === 0) return readOldLogin(bytes, start, end, greeting)
  if (end - start <= 32) {
    const ssl = new MysqlRequest(Role.OneWay, Pseudo.Ssl, noLogin)
    ssl.greeting = greeting
    return ssl
  }
  // A server that does not know a capability overrules its client.
  if (greeting !== null) capabilities &= greeting.capabilities
  const user = textTo(bytes, start + 32, end)
  let at = nulEnd(bytes, start + 32, end)
  if ((capabilities & Capability.PluginAuthLenenc) !== 0) {
    const size = lenenc(bytes, at, end)
    at = size < 0 ? end : Math.min(end, lenencEnd + size)
  } else if ((capabilities & Capability.SecureConnection) !== 0) at = Math.min(end, at + 1 + (bytes[at] ?? 0))
  else at = nulEnd(bytes, at, end)
  return readLoginTail(bytes, at, end, capabilities, user, greeting)
}

function readLoginTail(
  bytes: Uint8Array,
  start: number,
  end: number,
  capabilities: number,
  user: string,
  greeting: Greeting | null,
): MysqlRequest {
  let at = start
  let database = ''
  if ((capabilities & Capability.ConnectWithDb) !== 0 && at < end) {
    database = textTo(bytes, at, end)
    at = nulEnd(bytes, at, end)
  }
  const request = new MysqlRequest(Role.Request, Pseudo.Login, { database, user })
  request.greeting = greeting
  request.capabilities = capabilities
  if ((capabilities & Capability.PluginAuth) !== 0 && at < end) {
    request.plugin = textTo(bytes, at, end)
    at = nulEnd(bytes, at, end)
  }
  if ((capabilities & Capability.ConnectAttributes) !== 0) request.attributes = readAttributes(bytes, at, end)
  return request
}

/** HandshakeResponse320 = int<2>(capabilities) int<3> user NUL [auth-response NUL database NUL] */
function readOldLogin(bytes: Uint8Array, start: number, end: number, greeting: Greeting | null): MysqlRequest {
  const capabilities = u16le(bytes, start)
  const user = textTo(bytes, start + 5, end)
  let database = ''
  const auth = nulEnd(bytes, start + 5, end)
  if ((capabilities & Capability.ConnectWithDb) !== 0) database = textTo(bytes, nulEnd(bytes, auth, end), end)
  const request = new MysqlRequest(Role.Request, Pseudo.Login, { database, user })
  request.greeting = greeting
  request.capabilities = capabilities
  return request
}

/** lenenc-int (lenenc-str lenenc-str)* */
function readAttributes(bytes: Uint8Array, start: number, end: number): Record<string, string> | null {
  const size = lenenc(bytes, start, end)
  if (size <= 0) return null
  const stop = Math.min(end, lenencEnd + size)
  const attributes: Record<string, string> = {}
  let at = lenencEnd
  for (let n = 0; n < MAX_ATTRIBUTES && at < stop; n++) {
    const nameSize = lenenc(bytes, at, stop)
    if (nameSize < 0 || lenencEnd + nameSize > stop) break
    const name = utf8(bytes, lenencEnd, lenencEnd + Math.min(nameSize, MAX_NAME_BYTES))
    const valueSize = lenenc(bytes, lenencEnd + nameSize, stop)
    if (valueSize < 0 || lenencEnd + valueSize > stop) break
    const secret = /passw|secret|token/iu.test(name)
    attributes[name] = secret ? '***' : utf8(bytes, lenencEnd, lenencEnd + Math.min(valueSize, MAX_NAME_BYTES))
    at = lenencEnd + valueSize
  }
  return attributes
}

/** COM_CHANGE_USER = 11 user NUL auth-response database NUL int<2> [plugin NUL] [attributes] */
export function readChangeUser(bytes: Uint8Array, start: number, end: number, secure: boolean): MysqlRequest {
  const user = textTo(bytes, start + 1, end)
  let at = nulEnd(bytes, start + 1, end)
  at = secure ? Math.min(end, at + 1 + (bytes[at] ?? 0)) : nulEnd(bytes, at, end)
  const database = textTo(bytes, at, end)
  const request = new MysqlRequest(Role.Request, Command.ChangeUser, { database, user })
  at = nulEnd(bytes, at, end) + 2
  if (at < end) {
    request.plugin = textTo(bytes, at, end)
    request.attributes = readAttributes(bytes, nulEnd(bytes, at, end), end)
  }
  return request
}
