import { asciiEqualsIgnoreCase, asciiStarts, asciiEquals } from '@hindwire/bytes/text.ts'

import { Role } from '../contract/message.ts'
import { Arguments, isString, lineEndOf, verbAt } from './arguments.ts'
import { CONFIRMATION_NAMES, PUSH_NAMES, Type } from './constants.ts'
import type { RedisMessage } from './types.ts'

/** CLIENT REPLY: whether the server answers. */
export const ReplyMode = { On: 0, Off: 1, SkipNext: 2 } as const
type ReplyMode = (typeof ReplyMode)[keyof typeof ReplyMode]

/** How far a replication has come on this connection. */
export const Sync = {
  None: 0,
  /** PSYNC sent: `+FULLRESYNC` or `+CONTINUE` answers it. */
  Asked: 1,
  /** The next string of the server is the RDB payload. */
  Payload: 2,
  /** The server sends commands, the replica acknowledges offsets; nobody answers. */
  Stream: 3,
} as const
type Sync = (typeof Sync)[keyof typeof Sync]

/** What earlier messages of a connection mean for later ones. */
export interface Dialog {
  reply: ReplyMode
  sync: Sync
}

const args = new Arguments()

/** Sets verb and role of what a client sent. */
export function classifyCommand(message: RedisMessage, dialog: Dialog): void {
  message.verb = firstWord(message)
  let silent = dialog.reply === ReplyMode.Off
  if (dialog.reply === ReplyMode.SkipNext) {
    silent = true
    dialog.reply = ReplyMode.On
  }
  switch (message.verb) {
    case 'CLIENT':
      silent = clientReply(message, dialog, silent)
      break
    case 'RESET':
      dialog.reply = ReplyMode.On
      silent = false
      break
    case 'PSYNC':
      dialog.sync = Sync.Asked
      break
    case 'SYNC':
      dialog.sync = Sync.Payload
      break
    case 'REPLCONF':
      if (isSecondWord(message, 'ack')) {
        silent = true
        if (dialog.sync === Sync.None) dialog.sync = Sync.Stream
      }
      break
    default:
  }
  if (silent) message.role = Role.OneWay
}

/** CLIENT REPLY ON | OFF | SKIP. True when this command itself stays without an answer. */
function clientReply(message: RedisMessage, dialog: Dialog, silent: boolean): boolean {
  if (!isSecondWord(message, 'reply')) return silent
  args.read(message)
  const mode = args.text(message, 2).toUpperCase()
  if (mode === 'ON') dialog.reply = ReplyMode.On
  else if (mode === 'OFF') dialog.reply = ReplyMode.Off
  else if (mode === 'SKIP' && dialog.reply !== ReplyMode.Off) dialog.reply = ReplyMode.SkipNext
  return mode === 'ON' ? false : mode === 'OFF' || mode === 'SKIP' || silent
}

/** Sets verb and role of what a server sent. */
export function classifyReply(message: RedisMessage, dialog: Dialog): void {
  const { bytes, start, end } = message
  switch (message.type) {
    case Type.Rdb:
      message.verb = 'RDB'
      message.role = Role.OneWay
      dialog.sync = Sync.Stream
      return
    case Type.SimpleString:
      if (dialog.sync === Sync.Asked) {
        if (asciiStarts(bytes, start, end, '+FULLRESYNC')) dialog.sync = Sync.Payload
        else if (asciiStarts(bytes, start, end, '+CONTINUE')) dialog.sync = Sync.Stream
      }
      if (isMonitorLine(bytes, start, end)) {
        message.verb = 'MONITOR'
        message.role = Role.OneWay
      }
      return
    case Type.Error:
      if (dialog.sync === Sync.Asked || dialog.sync === Sync.Payload) dialog.sync = Sync.None
      return
    case Type.Push:
      message.verb = firstWord(message)
      message.unasked = true
      message.confirmation = startsWithOneOf(message, CONFIRMATION_NAMES)
      if (!message.confirmation) message.role = Role.OneWay
      return
    case Type.Array:
      classifyArray(message, dialog)
      return
    default:
  }
}

/** A reply, a RESP2 pub/sub message, or a command from a master to its replica. */
function classifyArray(message: RedisMessage, dialog: Dialog): void {
  const { bytes, start, elements } = message
  if (dialog.sync === Sync.Stream || isReplicaCommand(message)) {
    dialog.sync = Sync.Stream
    message.verb = firstWord(message)
    message.role = Role.OneWay
    return
  }
  if ((elements !== 3 && elements !== 4) || bytes[start + 4] !== Type.BulkString) return
  if (elements === 3 && startsWithOneOf(message, CONFIRMATION_NAMES)) {
    message.verb = firstWord(message)
    message.confirmation = true
  } else if (startsWithOneOf(message, PUSH_NAMES)) {
    const pattern = isFirst(message, 'pmessage')
    message.maybePush = pattern === (elements === 4)
    if (message.maybePush) message.verb = firstWord(message)
  }
}

/** `REPLCONF GETACK *`: only a master sends it, on a connection that its replica opened. */
function isReplicaCommand(message: RedisMessage): boolean {
  return message.elements === 3 && isFirst(message, 'REPLCONF') && isSecondWord(message, 'getack')
}

/** `+1700000000.123456 [0 127.0.0.1:5000] "GET" "a"`: no reply looks like that. */
function isMonitorLine(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start + 1]!
  if (first < 0x30 || first > 0x39) return false
  let at = start + 1
  while (at < end && (bytes[at] === 0x2e || (bytes[at]! >= 0x30 && bytes[at]! <= 0x39))) at++
  return asciiStarts(bytes, at, end, ' [')
}

/** Offset of the first string's first byte; its end is in `firstEnd`. */
function firstString(message: RedisMessage): number {
  const { bytes, start, end } = message
  firstEnd = -1
  const header = lineEndOf(bytes, start, end)
  if (header < 0 || header + 2 >= end || !isString(bytes[header + 2]!)) return -1
  const line = lineEndOf(bytes, header + 2, end)
  if (line < 0) return -1
  let length = 0
  for (let at = header + 3; at < line; at++) length = length * 10 + bytes[at]! - 0x30
  firstEnd = Math.min(end, line + 2 + length)
  return line + 2
}
let firstEnd = -1

function firstWord(message: RedisMessage): string {
  if (message.type === Type.Inline) {
    args.read(message)
    return args.count === 0 ? '' : verbAt(message.bytes, args.starts[0]!, args.ends[0]!)
  }
  const at = firstString(message)
  return at < 0 ? '' : verbAt(message.bytes, at, firstEnd)
}

function isFirst(message: RedisMessage, word: string): boolean {
  const at = firstString(message)
  return at >= 0 && asciiEquals(message.bytes, at, firstEnd, word)
}

function startsWithOneOf(message: RedisMessage, words: readonly string[]): boolean {
  const at = firstString(message)
  return at >= 0 && words.some((word) => asciiEquals(message.bytes, at, firstEnd, word))
}

function isSecondWord(message: RedisMessage, lowerWord: string): boolean {
  args.read(message)
  return args.count > 1 && asciiEqualsIgnoreCase(message.bytes, args.starts[1]!, args.ends[1]!, lowerWord)
}
