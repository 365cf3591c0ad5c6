import { u16le, u24be, u32le } from '@hindwire/bytes/endian.ts'
import { findByte, latin1 } from '@hindwire/bytes/text.ts'

import { Side } from '../contract/message.ts'
import { statementStart } from '../sql/statement.ts'
import { Capability, Command, commandNames, Header } from './constants.ts'
import {
  MAX_BELIEVED_BYTES,
  MAX_ERROR_BYTES,
  MAX_GREETING_BYTES,
  MAX_LOGIN_BYTES,
  MAX_RESULT_COLUMNS,
} from './limits.ts'

/*
 * Packets (https://dev.mysql.com/doc/dev/mysql-server/latest/PAGE_PROTOCOL.html):
 *
 *     packet     = int<3>(length) int<1>(sequence) payload
 *     compressed = int<3>(length) int<1>(sequence) int<3>(length before; 0: not compressed) packets
 *
 * A command has the sequence 0, its response 1 and up.
 */

export const Check = { No: 0, Yes: 1, Short: 2, Weak: 3 } as const
export type Check = (typeof Check)[keyof typeof Check]

export function u24le(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16)
}

const TWO_32 = 0x1_0000_0000

/** Set by `lenenc`: one past the integer. */
export let lenencEnd = 0

/** Length-encoded integer; -1 for NULL (0xfb), -2 where it does not fit or is none. */
export function lenenc(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return -2
  const first = bytes[at]!
  lenencEnd = at + 1
  if (first < 0xfb) return first
  if (first === 0xfb) return -1
  const size = first === 0xfc ? 2 : first === 0xfd ? 3 : first === 0xfe ? 8 : 0
  if (size === 0 || at + 1 + size > end) return -2
  lenencEnd = at + 1 + size
  if (size === 2) return u16le(bytes, at + 1)
  if (size === 3) return u24le(bytes, at + 1)
  return u32le(bytes, at + 1) + u32le(bytes, at + 5) * TWO_32
}

/** One past the packet that a check looked at last. */
export let packetEnd = 0

/** Could bytes[at, end) begin with a packet that begins something on that side? Strict: where nothing is known yet. */
export function checkPacket(side: Side, bytes: Uint8Array, at: number, end: number): Check {
  if (end - at < 5) return Check.Short
  const length = u24le(bytes, at)
  if (length === 0 || length > MAX_BELIEVED_BYTES) return Check.No
  packetEnd = at + 4 + length
  const sequence = bytes[at + 3]!
  if (side === Side.Client) {
    if (sequence === 0) return checkCommand(bytes, at + 4, packetEnd, end)
    return sequence === 1 ? checkLogin(bytes, at + 4, packetEnd, end) : Check.No
  }
  if (sequence === 0) return checkGreeting(bytes, at + 4, packetEnd, end)
  return sequence === 1 || sequence === 2 ? checkResponse(bytes, at + 4, packetEnd, end) : Check.No
}

function isText(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!
    if ((byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) || byte === 0x7f) return false
  }
  return true
}

const STATEMENT =
  /^(?:select|insert|update|delete|replace|set|show|create|alter|drop|use|begin|start|commit|rollback|call|explain|desc|describe|truncate|lock|unlock|grant|revoke|load|prepare|execute|deallocate|with|flush|optimize|analyze|check|repair|rename|savepoint|release|kill|do|handler|values|table|xa|change|stop|reset|purge|install|uninstall|help|signal|get|binlog|cache|checksum|shutdown|import|clone|restart|backup|if|loop|case|open|close|fetch|declare)(?![a-z0-9_])/iu

/** Set by `statementAt`: where the text begins, behind query attributes. */
function looksLikeStatement(bytes: Uint8Array, start: number, end: number): boolean {
  const from = statementStart(bytes, start, end)
  return (
    isText(bytes, start, Math.min(end, start + 256)) && STATEMENT.test(latin1(bytes, from, Math.min(end, from + 16)))
  )
}

function checkCommand(bytes: Uint8Array, at: number, bodyEnd: number, end: number): Check {
  const command = bytes[at]!
  const size = bodyEnd - at
  const seen = Math.min(end, bodyEnd)
  switch (command) {
    case Command.Query: {
      if (seen - at < Math.min(size, 16)) return Check.Short
      // Query attributes: none of them (0), one set (1).
      const from = bytes[at + 1] === 0 && bytes[at + 2] === 1 ? at + 3 : at + 1
      return looksLikeStatement(bytes, from, seen) ? Check.Yes : Check.No
    }
    case Command.StmtPrepare:
      if (seen - at < Math.min(size, 16)) return Check.Short
      return looksLikeStatement(bytes, at + 1, seen) ? Check.Yes : Check.No
    case Command.StmtExecute:
      if (size < 10) return Check.No
      if (seen - at < 10) return Check.Short
      return bytes[at + 5]! <= 0x0f && u32le(bytes, at + 6) === 1 ? Check.Yes : Check.No
    case Command.InitDb:
      if (size > 65 || size < 2) return Check.No
      return seen < bodyEnd ? Check.Short : /^[\w$-]+$/u.test(latin1(bytes, at + 1, bodyEnd)) ? Check.Weak : Check.No
    case Command.StmtClose:
    case Command.StmtReset:
      return size === 5 ? Check.Weak : Check.No
    case Command.StmtFetch:
      return size === 9 ? Check.Weak : Check.No
    default:
      // A lone byte says little; another command behind it says more.
      return size === 1 && command < 0x20 && commandNames[command] !== undefined ? Check.Weak : Check.No
  }
}

/** Handshake v10 = 10 version NUL int<4> 8 bytes 0 int<2>(capabilities) … */
function checkGreeting(bytes: Uint8Array, at: number, bodyEnd: number, end: number): Check {
  if (bodyEnd - at > MAX_GREETING_BYTES) return Check.No
  if (bytes[at] === Header.Error) return checkError(bytes, at, bodyEnd, end)
  if (bytes[at] !== 10) return Check.No
  const nul = findByte(bytes, at + 1, Math.min(end, bodyEnd, at + 65), 0)
  if (nul < 0) return end < Math.min(bodyEnd, at + 65) && isText(bytes, at + 1, end) ? Check.Short : Check.No
  if (!/^\d+\.\d+[\x20-\x7e]*$/u.test(latin1(bytes, at + 1, nul))) return Check.No
  if (nul + 16 > bodyEnd) return Check.No
  if (nul + 16 > end) return Check.Short
  return bytes[nul + 13] === 0 ? Check.Yes : Check.No
}

function checkError(bytes: Uint8Array, at: number, bodyEnd: number, end: number): Check {
  if (bodyEnd - at > MAX_ERROR_BYTES || bodyEnd - at < 4) return Check.No
  if (end < bodyEnd) return Check.Short
  const code = u16le(bytes, at + 1)
  if (code < 1000 && code !== 0) return Check.No
  if (bytes[at + 3] === 0x23) {
    return /^[0-9A-Z]{5}$/u.test(latin1(bytes, at + 4, at + 9)) && isText(bytes, at + 9, bodyEnd) ? Check.Yes : Check.No
  }
  return code > 0 && bodyEnd - at > 10 && isText(bytes, at + 3, bodyEnd) ? Check.Yes : Check.No
}

/** HandshakeResponse41 = int<4>(capabilities) int<4> int<1> 23 × 0 user NUL …; of SSLRequest that is all but the user. */
function checkLogin(bytes: Uint8Array, at: number, bodyEnd: number, end: number): Check {
  const size = bodyEnd - at
  if (size < 32 || size > MAX_LOGIN_BYTES) return Check.No
  if (end - at < 32) return Check.Short
  const capabilities = u32le(bytes, at)
  // Both are as old as MySQL 4.1. The character set is never 0.
  const expected = Capability.Protocol41 | Capability.SecureConnection
  if (size > 32 ? (capabilities & expected) !== expected : (capabilities & Capability.Protocol41) === 0) return Check.No
  const maxPacket = u32le(bytes, at + 4)
  if (bytes[at + 8] === 0 || (maxPacket > 0 && maxPacket < 1024)) return Check.No
  // MariaDB has the last four bytes for flags of its own.
  for (let p = at + 9; p < at + 28; p++) if (bytes[p] !== 0) return Check.No
  if (size === 32) return (capabilities & Capability.Ssl) !== 0 ? Check.Yes : Check.No
  const nul = findByte(bytes, at + 32, Math.min(end, bodyEnd), 0)
  if (nul < 0) return end < bodyEnd ? Check.Short : Check.No
  return isText(bytes, at + 32, nul) ? Check.Yes : Check.No
}

/** Information of an OK: text, with a few lengths where it tells of the session's state. */
function mostlyText(bytes: Uint8Array, start: number, end: number): boolean {
  let zeros = 0
  for (let at = start; at < end; at++) if (bytes[at] === 0) zeros++
  return zeros <= 1 + ((end - start) >> 3)
}

/** OK, ERR, or the beginning of a result: its number of columns, then a definition that begins with the catalogue `def`. */
function checkResponse(bytes: Uint8Array, at: number, bodyEnd: number, end: number): Check {
  const size = bodyEnd - at
  const first = bytes[at]!
  if (first === Header.Error)
    return bytes[at + 3] === 0x23 || end - at < 4 ? checkError(bytes, at, bodyEnd, end) : Check.No
  if (first === Header.Ok) {
    if (size < 7 || size > 1024) return Check.No
    if (end < bodyEnd) return Check.Short
    if (size === 12 && bytes[at + 9] === 0 && u16le(bytes, at + 10) < 100 && u16le(bytes, at + 5) < 4096)
      return Check.Yes
    if (lenenc(bytes, at + 1, bodyEnd) < 0 || lenenc(bytes, lenencEnd, bodyEnd) < 0) return Check.No
    if (lenencEnd + 4 > bodyEnd) return Check.No
    // Status: at least autocommit or in a transaction; warnings: few. What is behind them is text.
    const status = u16le(bytes, lenencEnd)
    if ((status & 0x0003) === 0 && (status !== 0 || size > 7)) return Check.No
    return u16le(bytes, lenencEnd + 2) < 1000 && mostlyText(bytes, lenencEnd + 4, bodyEnd) ? Check.Yes : Check.No
  }
  if (size > 4) return Check.No
  const columns = lenenc(bytes, at, Math.min(end, bodyEnd))
  if (columns < 1 || columns > MAX_RESULT_COLUMNS) return Check.No
  if (end < bodyEnd + 8) return Check.Short
  if (bytes[bodyEnd + 3] !== ((bytes[at - 1]! + 1) & 255)) return Check.No
  // MariaDB leaves the definitions out that its client has (MARIADB_CLIENT_CACHE_METADATA).
  if (size === 2 && bytes[at + 1] === 0 && bytes[bodyEnd + 2] === 0 && u24le(bytes, bodyEnd) > 0) return Check.Yes
  return bytes[bodyEnd + 4] === 3 && latin1(bytes, bodyEnd + 5, bodyEnd + 8) === 'def' ? Check.Yes : Check.No
}

/** A frame of the compressed protocol: what is in it, where it is not compressed; else zlib's or zstd's first bytes. */
export function checkFrame(side: Side, bytes: Uint8Array, at: number, end: number): Check {
  if (end - at < 12) return Check.Short
  const length = u24le(bytes, at)
  const before = u24le(bytes, at + 4)
  if (length < 5) return Check.No
  if (bytes[at + 3] !== (side === Side.Client ? 0 : 1)) return Check.No
  if (before === 0) {
    const inner = checkPacket(side, bytes, at + 7, Math.min(end, at + 7 + length))
    return inner === Check.Yes && packetEnd <= at + 7 + length ? Check.Yes : Check.No
  }
  if (before < 50 || length > before) return Check.No
  const magic = u24be(bytes, at + 7)
  const zlib = magic >>> 16 === 0x78 && (magic >>> 8) % 31 === 0
  return zlib || u32le(bytes, at + 7) === 0xfd2fb528 ? Check.Yes : Check.No
}
