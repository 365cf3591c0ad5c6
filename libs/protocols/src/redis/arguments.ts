import { asciiEqualsIgnoreCase, asciiNumber, latin1, lower } from '@hindwire/bytes/text.ts'

import { type Command, commands, KeyAt, SECRET_PARAMETERS, Type } from './constants.ts'
import { MAX_ARGUMENTS, MAX_VERB_BYTES } from './limits.ts'
import type { RedisMessage } from './types.ts'

const SPACE = 0x20
const CR = 0x0d

/**
 * The arguments of a command, as ranges of its bytes: the strings of an array (for pushes: all scalars, flat), or the
 * words of an inline line. One instance is reused; it describes the message read last.
 */
export class Arguments {
  /** How many are described by `starts`, `ends` and `sizes`. */
  count = 0
  /** Further ones exist: not kept, or beyond MAX_ARGUMENTS. */
  more = false
  readonly starts = new Int32Array(MAX_ARGUMENTS)
  readonly ends = new Int32Array(MAX_ARGUMENTS)
  /** Size on the wire; above end − start where an argument is cut. */
  readonly sizes = new Float64Array(MAX_ARGUMENTS)

  read(message: RedisMessage): void {
    this.count = 0
    this.more = message.cut
    if (message.type === Type.Inline) this.#readInline(message.bytes, message.start, message.end)
    else this.#readValues(message.bytes, message.start, message.end)
  }

  text(message: RedisMessage, index: number): string {
    return index < this.count ? latin1(message.bytes, this.starts[index]!, this.ends[index]!) : ''
  }

  #add(start: number, end: number, size: number): boolean {
    if (this.count === MAX_ARGUMENTS) {
      this.more = true
      return false
    }
    this.starts[this.count] = start
    this.ends[this.count] = end
    this.sizes[this.count] = size
    this.count++
    return true
  }

  #readValues(bytes: Uint8Array, start: number, end: number): void {
    let at = start
    while (at < end) {
      const lineEnd = lineEndOf(bytes, at, end)
      if (lineEnd < 0) return
      const type = bytes[at]!
      const next = lineEnd + 2
      if (isAggregate(type) || type === Type.End) {
        at = next
        continue
      }
      const length = isString(type) ? asciiNumber(bytes, at + 1, lineEnd) : -1
      if (length >= 0) {
        if (!this.#add(next, Math.min(end, next + length), length)) return
        at = next + length + 2
      } else {
        if (!this.#add(at + 1, lineEnd, lineEnd - at - 1)) return
        at = next
      }
    }
  }

  /** Words as `sdssplitargs` of Redis finds them; escapes inside quotes stay as they are. */
  #readInline(bytes: Uint8Array, start: number, end: number): void {
    let at = start
    for (;;) {
      while (at < end && bytes[at]! <= SPACE) at++
      if (at >= end) return
      const quote = bytes[at]!
      const quoted = quote === 0x22 || quote === 0x27
      const from = quoted ? at + 1 : at
      at = from
      while (at < end && (quoted ? bytes[at] !== quote : bytes[at]! > SPACE)) {
        at += quoted && bytes[at] === 0x5c && at + 1 < end ? 2 : 1
      }
      if (!this.#add(from, at, at - from)) return
      if (quoted) at++
    }
  }
}

export function isAggregate(type: number): boolean {
  return type === Type.Array || type === Type.Map || type === Type.Set || type === Type.Push || type === Type.Attribute
}

export function isString(type: number): boolean {
  return type === Type.BulkString || type === Type.BulkError || type === Type.VerbatimString || type === Type.Chunk
}

/** Index of the CR that ends the line; -1 where the bytes end before it. */
export function lineEndOf(bytes: Uint8Array, at: number, end: number): number {
  for (let p = at; p < end; p++) if (bytes[p] === CR) return p
  return -1
}

// Verbs by a hash of their upper-case bytes: no string is made to look one up.
const byHash = new Map<number, Command>()
for (const command of commands.values()) {
  const name = new TextEncoder().encode(command.name)
  byHash.set(hashUpper(name, 0, name.length), command)
}

function upper(byte: number): number {
  return byte >= 0x61 && byte <= 0x7a ? byte & 0xdf : byte
}

function hashUpper(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start
  for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + upper(bytes[at]!)) | 0
  return hash
}

/** The command with the verb bytes[start, end), in any case. */
export function commandAt(bytes: Uint8Array, start: number, end: number): Command | undefined {
  const command = byHash.get(hashUpper(bytes, start, end))
  if (command === undefined || command.name.length !== end - start) return undefined
  for (let i = 0; i < end - start; i++) {
    if (upper(bytes[start + i]!) !== command.name.charCodeAt(i)) return undefined
  }
  return command
}

/** Verb in upper case; of an unknown command the printable text, cut at a limit. */
export function verbAt(bytes: Uint8Array, start: number, end: number): string {
  const command = commandAt(bytes, start, end)
  if (command !== undefined) return command.name
  return latin1(bytes, start, Math.min(end, start + MAX_VERB_BYTES))
    .toUpperCase()
    .replaceAll(/[^\x21-\x7e]/gu, '?')
}

/** Index of the first key among the arguments; 0 where the command has none. */
export function keyIndex(verb: string, message: RedisMessage, args: Arguments): number {
  const keyAt = commands.get(verb)?.keyAt ?? KeyAt.None
  if (keyAt >= 0) return keyAt < args.count ? keyAt : 0
  if (keyAt === KeyAt.AfterStreams) {
    for (let i = 1; i + 1 < args.count; i++) {
      if (asciiEqualsIgnoreCase(message.bytes, args.starts[i]!, args.ends[i]!, 'streams')) return i + 1
    }
    return 0
  }
  const countAt = keyAt === KeyAt.AfterCountFirst ? 1 : 2
  return args.text(message, countAt) === '0' || args.count <= countAt + 1 ? 0 : countAt + 1
}

const none: ReadonlySet<number> = new Set()

/** Arguments that are credentials. They are never stored. */
export function secretArguments(verb: string, message: RedisMessage, args: Arguments): ReadonlySet<number> {
  switch (verb) {
    case 'AUTH': // AUTH [user] password; what does not fit that form may be a password with a space in it
      return new Set(args.count === 3 ? [2] : range(1, args.count))
    case 'HELLO': // HELLO 3 AUTH user password
      return new Set(behind(message, args, 'auth', 2))
    case 'MIGRATE': // … AUTH password, AUTH2 user password
      return new Set([...behind(message, args, 'auth', 1), ...behind(message, args, 'auth2', 2)])
    case 'ACL': // ACL SETUSER user … >password <password #hash !hash
      return new Set(range(3, args.count).filter((i) => '><#!'.includes(args.text(message, i).charAt(0) || ' ')))
    case 'CONFIG': // CONFIG SET parameter value …
    case 'SENTINEL': // SENTINEL SET master option value …
      return new Set(
        range(3, args.count).filter((i) => isSecretName(message.bytes, args.starts[i - 1]!, args.ends[i - 1]!)),
      )
    default:
      return none
  }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)
}

function behind(message: RedisMessage, args: Arguments, word: string, distance: number): number[] {
  return range(1, args.count - distance)
    .filter((i) => args.text(message, i).toLowerCase() === word)
    .map((i) => i + distance)
}

/** Is this the name of a configuration parameter whose value is a secret? */
export function isSecretName(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start
  if (length < 9 || length > 24) return false
  const first = lower(bytes[start]!)
  // r(equirepass), m(asterauth), a(uth-pass), s(entinel-pass), t(ls-…)
  if (first !== 0x72 && first !== 0x6d && first !== 0x61 && first !== 0x73 && first !== 0x74) return false
  return SECRET_PARAMETERS.has(latin1(bytes, start, end).toLowerCase())
}
