import { u16be, u32be } from '@hindwire/bytes/endian.ts'
import { asciiEquals, findByte, latin1 } from '@hindwire/bytes/text.ts'

import { Side } from '../contract/message.ts'
import { Backend, Frontend, StartupCode } from './constants.ts'
import { MAX_BELIEVED_BYTES, MAX_MESSAGE_BYTES, MAX_SHORT_MESSAGE_BYTES, MAX_STARTUP_BYTES } from './limits.ts'

/*
 * Message formats (https://www.postgresql.org/docs/current/protocol-message-formats.html):
 *
 *     message  = type Int32(length, itself included) body
 *     start-up = Int32(length) Int32(code) body          ; the only ones without a type byte
 */

/** How long a body of that type may be, for framing: 0 unknown type; else the largest `length`. */
const frontendLimits = new Float64Array(256)
const backendLimits = new Float64Array(256)

for (const type of Object.values(Frontend)) frontendLimits[type] = MAX_SHORT_MESSAGE_BYTES
for (const type of Object.values(Backend)) backendLimits[type] = MAX_SHORT_MESSAGE_BYTES
for (const type of [Frontend.Query, Frontend.Parse, Frontend.Bind, Frontend.CopyData, Frontend.FunctionCall]) {
  frontendLimits[type] = MAX_MESSAGE_BYTES
}
frontendLimits[Frontend.Password] = 65_536
// VALID_LONG_MESSAGE_TYPE of libpq.
for (const type of [
  Backend.RowDescription,
  Backend.DataRow,
  Backend.CopyData,
  Backend.FunctionCallResponse,
  Backend.ErrorResponse,
  Backend.NoticeResponse,
  Backend.NotificationResponse,
  Backend.ParameterDescription,
]) {
  backendLimits[type] = MAX_MESSAGE_BYTES
}
// Messages without a body.
for (const type of [Frontend.Sync, Frontend.Flush, Frontend.Terminate, Frontend.CopyDone]) frontendLimits[type] = 4
for (const type of [
  Backend.ParseComplete,
  Backend.BindComplete,
  Backend.CloseComplete,
  Backend.NoData,
  Backend.PortalSuspended,
  Backend.EmptyQueryResponse,
  Backend.CopyDone,
]) {
  backendLimits[type] = 4
}
backendLimits[Backend.ReadyForQuery] = 5

/** Largest length that a message of this type may announce; 0 where no such type exists on that side. */
export function lengthLimit(side: Side, type: number): number {
  return (side === Side.Client ? frontendLimits[type] : backendLimits[type]) ?? 0
}

export const Check = { No: 0, Yes: 1, Short: 2 } as const
export type Check = (typeof Check)[keyof typeof Check]

/** Text of a statement or a row is believed before its end was seen when this much of it was. */
const CONVINCING_BYTES = 24

/** Is there NUL-terminated printable text at `at`? Its end is left in `textEnd`. */
let textEnd = 0
function cString(bytes: Uint8Array, at: number, bodyEnd: number, end: number): Check {
  const limit = Math.min(bodyEnd, end)
  for (let p = at; p < limit; p++) {
    const byte = bytes[p]!
    if (byte === 0) {
      textEnd = p + 1
      return Check.Yes
    }
    if (byte < 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return Check.No
  }
  textEnd = limit
  return limit < bodyEnd ? Check.Short : Check.No
}

/** `SELECT 5`, `INSERT 0 1`, `CREATE TABLE`. */
const TAG = /^[A-Z]{2,}(?: [A-Z]+){0,4}(?: \d+){0,2}$/u

/** One past the message that `checkMessage` looked at last. */
export let messageEnd = 0

/**
 * Could bytes[at, end) begin with a message of that side, judged by length and content? Strict: used where nothing is
 * known yet (detection, resynchronisation), not while reading.
 */
export function checkMessage(side: Side, bytes: Uint8Array, at: number, end: number): Check {
  const type = bytes[at]!
  const limit = lengthLimit(side, type)
  if (limit === 0) return Check.No
  if (end - at < 5) return Check.Short
  const length = u32be(bytes, at + 1)
  if (length < 4 || length > Math.min(limit, MAX_BELIEVED_BYTES) || (limit <= 5 && length !== limit)) return Check.No
  messageEnd = at + 1 + length
  return side === Side.Client
    ? checkFrontend(type, bytes, at + 5, messageEnd, end)
    : checkBackend(type, bytes, at + 5, messageEnd, end)
}

function checkFrontend(type: number, bytes: Uint8Array, at: number, bodyEnd: number, end: number): Check {
  switch (type) {
    case Frontend.Query: {
      const text = cString(bytes, at, bodyEnd, end)
      if (text === Check.Short) return end - at >= CONVINCING_BYTES ? Check.Yes : Check.Short
      return text === Check.Yes && textEnd === bodyEnd ? Check.Yes : Check.No
    }
    case Frontend.Parse: {
      const name = cString(bytes, at, bodyEnd, end)
      if (name !== Check.Yes) return name
      const from = textEnd
      const text = cString(bytes, from, bodyEnd, end)
      if (text === Check.Short) return end - from >= CONVINCING_BYTES ? Check.Yes : Check.Short
      if (text === Check.No || bodyEnd - textEnd < 2) return Check.No
      if (textEnd + 2 > end) return Check.Short
      return bodyEnd - textEnd === 2 + 4 * u16be(bytes, textEnd) ? Check.Yes : Check.No
    }
    case Frontend.Bind:
      return checkBind(bytes, at, bodyEnd, end)
    case Frontend.Describe:
    case Frontend.Close: {
      if (at >= end) return Check.Short
      if (bytes[at] !== 0x53 && bytes[at] !== 0x50) return Check.No
      const name = cString(bytes, at + 1, bodyEnd, end)
      if (name !== Check.Yes) return name
      // `SELECT 1` could close the statement `ELECT 1`: it is a command tag.
      const tag = type === Frontend.Close && TAG.test(latin1(bytes, at, bodyEnd - 1))
      return textEnd !== bodyEnd || tag ? Check.No : Check.Yes
    }
    case Frontend.Execute: {
      const name = cString(bytes, at, bodyEnd, end)
      return name === Check.Yes && textEnd + 4 !== bodyEnd ? Check.No : name
    }
    case Frontend.Sync:
    case Frontend.Flush:
    case Frontend.Terminate:
      return Check.Yes
    default:
      // Passwords, COPY data and function calls say nothing by themselves.
      return Check.No
  }
}

function checkBind(bytes: Uint8Array, at: number, bodyEnd: number, end: number): Check {
  const portal = cString(bytes, at, bodyEnd, end)
  if (portal !== Check.Yes) return portal
  const name = cString(bytes, textEnd, bodyEnd, end)
  if (name !== Check.Yes) return name
  let p = textEnd
  if (p + 2 > bodyEnd) return Check.No
  if (p + 2 > end) return Check.Short
  const formats = u16be(bytes, p)
  p += 2
  if (p + 2 * formats + 2 > bodyEnd) return Check.No
  for (let i = 0; i < formats; i++, p += 2) {
    if (p + 2 > end) return Check.Short
    if (u16be(bytes, p) > 1) return Check.No
  }
  if (p + 2 > end) return Check.Short
  const count = u16be(bytes, p)
  if (formats > 1 && formats !== count) return Check.No
  p += 2
  for (let i = 0; i < count; i++) {
    if (p + 4 > bodyEnd) return Check.No
    if (p + 4 > end) return i > 0 ? Check.Yes : Check.Short
    const length = u32be(bytes, p) | 0
    if (length < -1 || length > bodyEnd - p - 4) return Check.No
    p += 4 + Math.max(0, length)
  }
  if (p + 2 > bodyEnd) return Check.No
  if (p + 2 > end) return count > 0 ? Check.Yes : Check.Short
  return bodyEnd === p + 2 + 2 * u16be(bytes, p) ? Check.Yes : Check.No
}

function checkBackend(type: number, bytes: Uint8Array, at: number, bodyEnd: number, end: number): Check {
  switch (type) {
    case Backend.RowDescription:
      return checkRowDescription(bytes, at, bodyEnd, end)
    case Backend.DataRow:
      return checkDataRow(bytes, at, bodyEnd, end)
    case Backend.CommandComplete: {
      if (bodyEnd - at > 64) return Check.No
      const tag = cString(bytes, at, bodyEnd, end)
      if (tag !== Check.Yes) return tag
      return textEnd === bodyEnd && TAG.test(latin1(bytes, at, textEnd - 1)) ? Check.Yes : Check.No
    }
    case Backend.ErrorResponse:
    case Backend.NoticeResponse:
      return checkFields(bytes, at, bodyEnd, end)
    case Backend.ReadyForQuery:
      if (at >= end) return Check.Short
      return bytes[at] === 0x49 || bytes[at] === 0x54 || bytes[at] === 0x45 ? Check.Yes : Check.No
    case Backend.Authentication:
      if (at + 4 > end) return bodyEnd - at < 4 ? Check.No : Check.Short
      return u32be(bytes, at) <= 12 && bodyEnd - at < 4096 ? Check.Yes : Check.No
    case Backend.ParameterStatus: {
      const name = cString(bytes, at, bodyEnd, end)
      if (name !== Check.Yes) return name
      const value = cString(bytes, textEnd, bodyEnd, end)
      return value === Check.Yes && textEnd !== bodyEnd ? Check.No : value
    }
    case Backend.ParameterDescription:
      if (at + 2 > end) return Check.Short
      return bodyEnd - at === 2 + 4 * u16be(bytes, at) ? Check.Yes : Check.No
    case Backend.ParseComplete:
    case Backend.BindComplete:
    case Backend.CloseComplete:
    case Backend.NoData:
    case Backend.EmptyQueryResponse:
    case Backend.PortalSuspended:
      return Check.Yes
    default:
      return Check.No
  }
}

/** RowDescription = Int16 (name NUL Int32 table Int16 column Int32 type Int16 size Int32 modifier Int16 format)* */
function checkRowDescription(bytes: Uint8Array, at: number, bodyEnd: number, end: number): Check {
  if (at + 2 > end) return Check.Short
  const count = u16be(bytes, at)
  if (count * 19 + 2 > bodyEnd - at || count > 1664) return Check.No
  if (count === 0) return bodyEnd === at + 2 ? Check.Yes : Check.No
  let p = at + 2
  for (let i = 0; i < count; i++) {
    const name = cString(bytes, p, bodyEnd, end)
    if (name !== Check.Yes) return name === Check.Short && i > 0 ? Check.Yes : name
    p = textEnd + 18
    if (p > bodyEnd) return Check.No
    if (p > end) return i > 0 ? Check.Yes : Check.Short
    if (u16be(bytes, p - 2) > 1) return Check.No
  }
  return p === bodyEnd ? Check.Yes : Check.No
}

/** DataRow = Int16 (Int32 length, Byten)*; length −1 is NULL. */
function checkDataRow(bytes: Uint8Array, at: number, bodyEnd: number, end: number): Check {
  if (at + 2 > end) return Check.Short
  const count = u16be(bytes, at)
  if (count > 1664 || count * 4 + 2 > bodyEnd - at) return Check.No
  let p = at + 2
  for (let i = 0; i < count; i++) {
    if (p + 4 > bodyEnd) return Check.No
    if (p + 4 > end) return i > 1 ? Check.Yes : Check.Short
    const length = u32be(bytes, p) | 0
    if (length < -1 || length > bodyEnd - p - 4) return Check.No
    p += 4 + Math.max(0, length)
  }
  return p === bodyEnd ? Check.Yes : Check.No
}

/** Severity first, and a SQLSTATE: five digits or capitals. */
function checkFields(bytes: Uint8Array, at: number, bodyEnd: number, end: number): Check {
  let p = at
  let code = false
  while (p < Math.min(end, bodyEnd)) {
    const field = bytes[p]!
    if (field === 0) return code && p + 1 === bodyEnd ? Check.Yes : Check.No
    if (p === at && field !== 0x53) return Check.No
    const value = cString(bytes, p + 1, bodyEnd, end)
    if (value !== Check.Yes) return value === Check.Short && code ? Check.Yes : value
    if (field === 0x43) {
      if (!/^[0-9A-Z]{5}$/u.test(latin1(bytes, p + 1, textEnd - 1))) return Check.No
      code = true
    }
    p = textEnd
  }
  return p < bodyEnd ? Check.Short : Check.No
}

/**
 * Start-up packets: SSLRequest, GSSENCRequest, CancelRequest, StartupMessage 3.x. Its parameters are names and values,
 * each NUL-terminated, and an empty name at the end; `user` is required.
 */
export function checkStartup(bytes: Uint8Array, at: number, end: number): Check {
  if (bytes[at] !== 0) return Check.No
  if (end - at < 8) return end - at < 2 || bytes[at + 1] === 0 ? Check.Short : Check.No
  const length = u32be(bytes, at)
  const code = u32be(bytes, at + 4)
  messageEnd = at + length
  if (code === StartupCode.Ssl || code === StartupCode.Gss) return length === 8 ? Check.Yes : Check.No
  if (code === StartupCode.Cancel) return length >= 16 && length <= 12 + 256 ? Check.Yes : Check.No
  if (code >>> 16 !== 3 || length < 9 || length > MAX_STARTUP_BYTES) return Check.No
  let user = false
  for (let p = at + 8; ;) {
    if (p >= messageEnd) return Check.No
    if (p >= end) return Check.Short
    // Some clients send bytes behind the end (older Npgsql pads).
    if (bytes[p] === 0) return user ? Check.Yes : Check.No
    const nameEnd = findByte(bytes, p, Math.min(end, messageEnd), 0)
    const name = cString(bytes, p, messageEnd, end)
    if (name !== Check.Yes) return name
    if (asciiEquals(bytes, p, nameEnd, 'user')) user = true
    const value = cString(bytes, textEnd, messageEnd, end)
    if (value !== Check.Yes) return value
    p = textEnd
  }
}
