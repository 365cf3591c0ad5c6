import { asciiStarts, findByte, findCrlf, latin1, utf8 } from '@hindwire/bytes/text.ts'

import { Side } from '../contract/message.ts'
import { Detection, type Transport } from '../contract/protocol.ts'
import { commandAt } from './arguments.ts'
import { CONFIRMATION_NAMES, PUSH_NAMES, Type } from './constants.ts'

/*
 * Other protocols have lines that could be Redis's: NATS (`PING`, `+OK`, `-ERR 'text'`), POP3 (`+OK text`, `-ERR text`),
 * IMAP (`* OK`), memcached (`get key`), FTP and SMTP (`QUIT`, `AUTH …`), IRC (`PING x`, `:server 001`), HTTP/0.9
 * (`GET /`). Lines that several of them share decide nothing; what follows them, or the other side, does.
 */

const CR = 0x0d
const LF = 0x0a

/** A length-prefixed string is believed before its end was seen when this much of it was. */
const CONVINCING_BYTES = 32
/** A line of text without its end. */
const MAX_INLINE_DETECT = 256
/** Messages that decide nothing: how many are looked at. */
const MAX_MESSAGES = 64

const Verdict = { No: 0, Yes: 1, NeedMore: 2, Weak: 3 } as const
type Verdict = (typeof Verdict)[keyof typeof Verdict]

/** Set by the checks below: one past the message that was looked at. */
let next = 0

export function detect(bytes: Uint8Array, start: number, end: number, transport: Transport): Detection {
  if (transport !== 'tcp') return Detection.No
  let at = start
  let weakIntegers = 0
  for (let n = 0; n < MAX_MESSAGES && at < end; n++) {
    const type = bytes[at]!
    const verdict = isTypeByte(type) ? value(bytes, at, end) : inline(bytes, at, end)
    if (verdict !== Verdict.Weak) return verdict
    // Replies that are only numbers: no other protocol sends lines of `:` and digits.
    if (type === Type.Integer && ++weakIntegers === 2) return Detection.Yes
    at = next
  }
  return Detection.NeedMore
}

function isTypeByte(byte: number): boolean {
  return '+-:$*_#,(!=%~|>'.includes(String.fromCharCode(byte))
}

/** One value in RESP, with as much of its elements as tells. */
function value(bytes: Uint8Array, at: number, end: number): Verdict {
  switch (bytes[at]) {
    case Type.SimpleString:
    case Type.Error:
      return statusLine(bytes, at, end)
    case Type.BulkString:
    case Type.BulkError:
    case Type.VerbatimString:
      return string(bytes, at, end)
    case Type.Array:
    case Type.Map:
    case Type.Set:
    case Type.Push:
    case Type.Attribute:
      return aggregate(bytes, at, end)
    case Type.BigNumber:
    case Type.Integer:
    case Type.Double:
      return numberLine(bytes, at, end)
    default:
      return shortLine(bytes, at, end)
  }
}

// Simple strings and errors as Redis words them, and nobody else.
const OWN_STATUS = /^\+(?:PONG|QUEUED|(?:FULLRESYNC|CONTINUE) [0-9a-f]{40}.*|\d{9,11}\.\d{6} \[\d+ .*)$/u
const OWN_ERROR =
  /^-(?:WRONGTYPE Operation|ERR unknown (?:sub)?command ['`]|ERR unknown command$|ERR wrong number of arguments for|ERR Protocol error|ERR syntax error$|ERR value is not an? |ERR index out of range|ERR no such key|ERR invalid password|ERR Client sent AUTH|NOAUTH Authentication required|WRONGPASS |NOPERM |MOVED \d+ \S+:\d+$|ASK \d+ \S+:\d+$|LOADING Redis|LOADING .*is loading the dataset|NOSCRIPT No|BUSYGROUP |BUSYKEY |NOGROUP |CLUSTERDOWN |CROSSSLOT |READONLY You|MISCONF |DENIED Redis|OOM command|EXECABORT |MASTERDOWN |NOREPLICAS |NOPROTO |UNKILLABLE |TRYAGAIN Multiple)/u

function statusLine(bytes: Uint8Array, at: number, end: number): Verdict {
  const limit = Math.min(end, at + MAX_INLINE_DETECT)
  const lineEnd = findCrlf(bytes, at, limit)
  const to = lineEnd < 0 ? limit : lineEnd
  for (let p = at + 1; p < to; p++) {
    const byte = bytes[p]!
    if (byte < 0x20 && !(byte === CR && p === to - 1)) return Verdict.No
  }
  const text = latin1(bytes, at, to)
  if (bytes[at] === Type.Error && OWN_ERROR.test(text)) return Verdict.Yes
  if (lineEnd < 0) return limit < end || end - at >= MAX_INLINE_DETECT ? Verdict.No : Verdict.NeedMore
  next = lineEnd + 2
  if (bytes[at] === Type.Error) {
    // Redis errors begin with a code in capitals. NATS puts its text in quotes.
    return /^-[A-Z][A-Z0-9_]* [^']/u.test(text) ? Verdict.Weak : Verdict.No
  }
  if (OWN_STATUS.test(text)) return Verdict.Yes
  // `+OK text` is POP3's.
  return text.startsWith('+OK ') ? Verdict.No : Verdict.Weak
}

/** Digits of a length line: the length, -1 for `-1`, -2 wrong, -3 need more. `next` is behind the line. */
function lengthLine(bytes: Uint8Array, at: number, end: number): number {
  let p = at + 1
  if (p >= end) return -3
  if (bytes[p] === 0x2d) {
    if (p + 1 >= end) return -3
    return bytes[p + 1] === 0x31 ? ended(bytes, p + 2, end, -1) : -2
  }
  let length = 0
  for (; p < end && p - at < 12; p++) {
    const digit = bytes[p]! - 0x30
    if (digit < 0 || digit > 9) break
    length = length * 10 + digit
  }
  if (p === end && p - at < 12) return -3
  // No leading zeros: `$05` is nobody's.
  if (p === at + 1 || (bytes[at + 1] === 0x30 && p > at + 2)) return -2
  return ended(bytes, p, end, length)
}

function ended(bytes: Uint8Array, at: number, end: number, length: number): number {
  if (at >= end) return -3
  if (bytes[at] !== CR) return -2
  if (at + 1 >= end) return -3
  next = at + 2
  return bytes[at + 1] === LF ? length : -2
}

function string(bytes: Uint8Array, at: number, end: number): Verdict {
  const length = lengthLine(bytes, at, end)
  if (length === -3) return Verdict.NeedMore
  if (length === -2) return Verdict.No
  if (length === -1) return bytes[at] === Type.BulkString ? Verdict.Weak : Verdict.No
  const close = next + length
  if (close + 2 > end) return end - next >= CONVINCING_BYTES ? Verdict.Yes : Verdict.NeedMore
  next = close + 2
  return bytes[close] === CR && bytes[close + 1] === LF ? Verdict.Yes : Verdict.No
}

/** Count line, then a first element that is right as far as it is seen. */
function aggregate(bytes: Uint8Array, at: number, end: number): Verdict {
  const count = lengthLine(bytes, at, end)
  if (count === -3) return Verdict.NeedMore
  if (count === -2 || (count === -1 && bytes[at] !== Type.Array)) return Verdict.No
  if (count <= 0) return Verdict.Weak
  if (next >= end) return Verdict.NeedMore
  const type = bytes[next]!
  if (!isTypeByte(type)) return Verdict.No
  const inner = value(bytes, next, end)
  if (inner !== Verdict.NeedMore) return inner === Verdict.Weak ? Verdict.Yes : inner
  // `*3\r\n$3\r\n` with a part of the name: enough when the line of the string is right and text follows.
  if (type !== Type.BulkString) return Verdict.NeedMore
  const length = lengthLine(bytes, next, end)
  return length > 0 && end - next >= CONVINCING_BYTES ? Verdict.Yes : Verdict.NeedMore
}

function numberLine(bytes: Uint8Array, at: number, end: number): Verdict {
  const lineEnd = findCrlf(bytes, at, Math.min(end, at + MAX_INLINE_DETECT))
  const to = lineEnd < 0 ? Math.min(end, at + MAX_INLINE_DETECT) : lineEnd
  const text = latin1(bytes, at + 1, to)
  const pattern = bytes[at] === Type.Double ? /^[-+]?(?:[\d.e+-]+|inf|nan)\r?$/u : /^[-+]?\d*\r?$/u
  if (!pattern.test(text)) return text === '' && lineEnd < 0 ? Verdict.NeedMore : Verdict.No
  if (lineEnd < 0) return text.length < 64 ? Verdict.NeedMore : Verdict.No
  if (to === at + 1) return Verdict.No
  next = lineEnd + 2
  return Verdict.Weak
}

/** `_` and `#t`, `#f`. */
function shortLine(bytes: Uint8Array, at: number, end: number): Verdict {
  const text = latin1(bytes, at, Math.min(end, at + 4))
  for (const line of ['_\r\n', '#t\r\n', '#f\r\n']) {
    if (text.startsWith(line)) {
      next = at + line.length
      return Verdict.Weak
    }
    if (line.startsWith(text)) return Verdict.NeedMore
  }
  return Verdict.No
}

/** Lines that only Redis has, by verb: the words behind it. Others may be Redis's, but decide nothing. */
const OWN_LINE =
  /^(?:SET \S+ (?:\S+|"[^"]*"|'[^']*')(?: (?:EX|PX) \d+)?(?: [NX]X)?|(?:SETEX|PSETEX) \S+ \d+ .+|MSET(?: \S+ \S+)+|(?:INCR|DECR|TTL|PTTL|HGETALL|SMEMBERS|LLEN|KEYS|SCARD|HKEYS|STRLEN) \S+|(?:LPUSH|RPUSH|SADD|HGET|SREM) \S+ .+|[LR]POP \S+|(?:HSET|ZADD|HMSET) \S+ \S+ .+|(?:LRANGE|ZRANGE) \S+ -?\d+ -?\d+.*|(?:INCRBY|DECRBY|EXPIRE) \S+ -?\d+|SELECT \d+|CONFIG (?:GET|SET) .+|CONFIG (?:RESETSTAT|REWRITE)|CLIENT (?:LIST|REPLY (?:ON|OFF|SKIP)|SETNAME \S+|GETNAME|ID|INFO)|HELLO [23](?: .*)?|PSYNC \S+ -?\d+|REPLCONF \S+ .+|FLUSHALL|FLUSHDB|DBSIZE|MULTI|EXEC|BGSAVE|BGREWRITEAOF|LASTSAVE|ACL (?:LIST|WHOAMI|USERS)|COMMAND(?: DOCS| COUNT)?|SLOWLOG (?:GET|LEN|RESET).*)$/iu

/** A command line. */
function inline(bytes: Uint8Array, at: number, end: number): Verdict {
  if (!isLetter(bytes[at]!)) return Verdict.No
  const limit = Math.min(end, at + MAX_INLINE_DETECT)
  let wordEnd = at
  while (wordEnd < limit && bytes[wordEnd]! > 0x20) wordEnd++
  if (wordEnd - at > 24) return Verdict.No
  if (wordEnd === limit) return limit < end ? Verdict.No : Verdict.NeedMore
  if (commandAt(bytes, at, wordEnd) === undefined) return Verdict.No
  const lineEnd = findByte(bytes, at, limit, LF)
  const to = lineEnd < 0 ? limit : lineEnd
  const last = bytes[to - 1] === CR ? to - 1 : to
  for (let p = at; p < last; p++) if (bytes[p]! < 0x20 || bytes[p] === 0x7f) return Verdict.No
  const line = utf8(bytes, at, last)
  // HTTP, SIP and RTSP request lines; NATS `INFO {…}`.
  if (/ (?:HTTP|SIP|RTSP)\/\d/u.test(line) || line.startsWith('INFO {')) return Verdict.No
  if (lineEnd < 0) return limit - at >= MAX_INLINE_DETECT ? Verdict.No : Verdict.NeedMore
  next = lineEnd + 1
  if (OWN_LINE.test(line)) return Verdict.Yes
  return inlineArgumentsFit(line) ? Verdict.Weak : Verdict.No
}

/** Known verbs with a number of words that Redis would accept. */
function inlineArgumentsFit(line: string): boolean {
  const words = line.split(' ').length
  switch (line.slice(0, line.search(/ |$/u)).toUpperCase()) {
    case 'PING':
    case 'INFO':
      return words <= 2
    case 'QUIT':
    case 'MONITOR':
    case 'SYNC':
    case 'TIME':
    case 'ROLE':
      return words === 1
    case 'GET':
      return words === 2
    case 'AUTH':
      return words === 2 || words === 3
    case 'SET':
      return words >= 3 && words <= 7
    default:
      return true
  }
}

function isLetter(byte: number): boolean {
  return (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a
}

/** Client or server, by the message that begins there. */
export function sender(bytes: Uint8Array, start: number, end: number): Side | -1 {
  if (start >= end) return -1
  const type = bytes[start]!
  if (!isTypeByte(type)) return isLetter(type) ? Side.Client : -1
  if (type !== Type.Array) return Side.Server
  const count = lengthLine(bytes, start, end)
  if (count === -3) return -1
  if (count < 1) return Side.Server
  let at = next
  let verdict: Side | -1 = -1
  for (let n = 0; n < count && at < end && n < MAX_MESSAGES; n++) {
    if (bytes[at] !== Type.BulkString) return Side.Server
    const length = lengthLine(bytes, at, end)
    if (length === -3) break
    if (length < 0) return Side.Server
    const from = next
    if (n === 0 && from + length <= end) verdict = firstArgument(bytes, from, from + length)
    at = from + length + 2
  }
  return verdict
}

function firstArgument(bytes: Uint8Array, start: number, end: number): Side | -1 {
  if (commandAt(bytes, start, end) !== undefined) return Side.Client
  const word = latin1(bytes, start, Math.min(end, start + 32))
  return PUSH_NAMES.includes(word) || CONFIRMATION_NAMES.includes(word) ? Side.Server : -1
}

/** Offset of the next plausible start of a message of that side, at the beginning or behind a CR LF; -1 for none. */
export function findStart(side: Side, bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    if (at > start && (bytes[at - 1] !== LF || (at - 2 >= start && bytes[at - 2] !== CR))) continue
    if (side === Side.Client ? startsCommand(bytes, at, end) : startsReply(bytes, at, end)) return at
  }
  return -1
}

/** `*<count>`, `$<length>` and a verb in letters. */
function startsCommand(bytes: Uint8Array, at: number, end: number): boolean {
  if (bytes[at] !== Type.Array) return false
  if (lengthLine(bytes, at, end) < 1) return false
  const string = next
  if (string >= end || bytes[string] !== Type.BulkString) return false
  const length = lengthLine(bytes, string, end)
  return length > 0 && length <= 32 && next < end && isLetter(bytes[next]!)
}

/** A whole header line that no text in a value is likely to be. */
function startsReply(bytes: Uint8Array, at: number, end: number): boolean {
  const type = bytes[at]!
  if (!isTypeByte(type)) return false
  if (type === Type.SimpleString) return asciiStarts(bytes, at, end, '+OK\r\n') || value(bytes, at, end) === Verdict.Yes
  const verdict = value(bytes, at, end)
  return verdict === Verdict.Yes || verdict === Verdict.Weak
}
