import { Slab } from '@hindwire/bytes/keep.ts'
import { asciiNumber, asciiStarts, findByte } from '@hindwire/bytes/text.ts'

import { Role, Side } from '../contract/message.ts'
import { type Link, Outcome, type Session } from '../contract/session.ts'
import { classifyCommand, classifyReply, ReplyMode, Sync, type Dialog } from './classify.ts'
import { Type } from './constants.ts'
import { findStart } from './detect.ts'
import { KEPT_OVERHEAD_BYTES, MAX_LINE_BYTES, PART_BYTES } from './limits.ts'
import { RedisMatcher } from './match.ts'
import { RespScanner, Scan } from './parse.ts'
import { RedisMessage } from './types.ts'

const LF = 0x0a
const CR = 0x0d
/** Length of the end mark of a diskless replication payload. */
const MARK_BYTES = 40
/** An RDB file is not decoded: only its beginning (header line, magic, version) is kept. */
const RDB_KEPT_BYTES = 64

const slab = new Slab()

/** What is known of a message that came in parts. */
class Pending {
  readonly scanner = new RespScanner()
  active = false
  kept: Uint8Array = new Uint8Array(0)
  length = 0
  cut = false
  partial = ''
  /** End mark of an RDB payload of unknown length; null for all else. */
  mark: Uint8Array | null = null

  begin(): void {
    this.active = true
    this.length = 0
    this.cut = false
    this.partial = ''
    this.mark = null
  }

  append(bytes: Uint8Array, start: number, end: number, limit: number): void {
    const take = Math.min(end - start, limit - this.length)
    if (take < end - start) this.cut = true
    if (take <= 0) return
    if (this.length + take > this.kept.length) {
      const larger = new Uint8Array(Math.min(limit, Math.max(2 * this.kept.length, 2 * (this.length + take), 4096)))
      larger.set(this.kept.subarray(0, this.length))
      this.kept = larger
    }
    this.kept.set(bytes.subarray(start, start + take), this.length)
    this.length += take
  }
}

/** One connection between a Redis client (or replica) and a server. */
export class RedisSession implements Session {
  readonly matcher: RedisMatcher
  readonly #link: Link
  readonly #limit: number
  readonly #client = new Pending()
  readonly #server = new Pending()
  readonly #dialog: Dialog = { reply: ReplyMode.On, sync: Sync.None }

  constructor(link: Link) {
    this.#link = link
    this.#limit = link.maxBodyBytes + KEPT_OVERHEAD_BYTES
    this.matcher = new RedisMatcher(link)
  }

  parse(side: Side, bytes: Uint8Array, start: number, end: number): Outcome {
    const pending = side === Side.Client ? this.#client : this.#server
    if (pending.mark !== null) return this.#parseMarked(pending, bytes, start, end)
    if (pending.active) return this.#continue(side, pending, bytes, start, end)
    const first = bytes[start]!
    if (first === CR || first === LF) return this.#skipLineEnd(bytes, start, end)
    if (side === Side.Client && first !== Type.Array) return this.#parseInline(bytes, start, end)
    if (side === Side.Server && first === Type.BulkString && this.#dialog.sync === Sync.Payload) {
      return this.#beginPayload(pending, bytes, start, end)
    }
    const scanner = pending.scanner
    scanner.begin()
    const scan = scanner.scan(bytes, start, end)
    if (scan === Scan.Done) {
      this.#link.consumed = scanner.position - start
      // Redis ignores a command without elements.
      if (side === Side.Client && scanner.elements <= 0) return Outcome.Skip
      return this.#finish(side, scanner, bytes, start, scanner.position, false)
    }
    if (scan === Scan.Wrong) return this.#invalid(scanner.reason)
    if (end - start < PART_BYTES || scanner.position === start) return Outcome.NeedMore
    pending.begin()
    return this.#part(pending, bytes, start, scanner.position)
  }

  gap(side: Side, length: number): boolean {
    const pending = side === Side.Client ? this.#client : this.#server
    if (pending.active && pending.mark === null && pending.scanner.skip(length)) {
      pending.partial = 'gap'
      // What follows the hole does not belong behind what is kept.
      pending.cut = true
      return true
    }
    if (pending.active) {
      pending.partial = 'gap'
      pending.cut = true
      this.#finishPending(side, pending)
    }
    return false
  }

  resync(side: Side, bytes: Uint8Array, start: number, end: number): number {
    return findStart(side, bytes, start, end)
  }

  end(side: Side): boolean {
    const pending = side === Side.Client ? this.#client : this.#server
    if (!pending.active) return false
    if (pending.partial === '') pending.partial = 'cut'
    pending.cut = true
    this.#finishPending(side, pending)
    return true
  }

  #invalid(reason: string): Outcome {
    this.#link.reason = reason
    return Outcome.Invalid
  }

  #abandon(pending: Pending): void {
    pending.active = false
    pending.mark = null
    pending.kept = new Uint8Array(0)
  }

  #part(pending: Pending, bytes: Uint8Array, start: number, end: number): Outcome {
    const limit = pending.scanner.type === Type.Rdb ? RDB_KEPT_BYTES : this.#limit
    if (!pending.cut) pending.append(bytes, start, end, limit)
    this.#link.consumed = end - start
    return Outcome.Part
  }

  #continue(side: Side, pending: Pending, bytes: Uint8Array, start: number, end: number): Outcome {
    const scanner = pending.scanner
    const scan = scanner.scan(bytes, start, end)
    if (scan === Scan.Wrong) {
      this.#abandon(pending)
      return this.#invalid(scanner.reason)
    }
    if (scan === Scan.Short && scanner.position === start) return Outcome.NeedMore
    const outcome = this.#part(pending, bytes, start, scanner.position)
    if (scan === Scan.Short) return outcome
    return this.#finishPending(side, pending)
  }

  #finishPending(side: Side, pending: Pending): Outcome {
    const { kept, length, partial } = pending
    this.#abandon(pending)
    const message = this.#message(side, pending.scanner, kept, 0, length, pending.cut)
    message.partial = partial
    this.#link.message = message
    return Outcome.Message
  }

  /** A message that lies whole in bytes[start, end). */
  #finish(side: Side, scanner: RespScanner, bytes: Uint8Array, start: number, end: number, inline: boolean): Outcome {
    const length = Math.min(end - start, this.#limit)
    const at = slab.copy(bytes, start, start + length)
    const cut = length < end - start
    if (inline) {
      scanner.type = Type.Inline
      scanner.elements = 0
    }
    this.#link.message = this.#message(side, scanner, slab.bytes, at, at + length, cut)
    return Outcome.Message
  }

  #message(
    side: Side,
    scanner: RespScanner,
    bytes: Uint8Array,
    start: number,
    end: number,
    cut: boolean,
  ): RedisMessage {
    const role = side === Side.Client ? Role.Request : Role.Response
    const message = new RedisMessage(role, scanner.type, bytes, start, end)
    message.cut = cut
    message.elements = Math.max(0, scanner.elements)
    if (side === Side.Client) classifyCommand(message, this.#dialog)
    else classifyReply(message, this.#dialog)
    return message
  }

  /** Empty lines: Redis ignores them from clients, and sends them to replicas while it prepares their payload. */
  #skipLineEnd(bytes: Uint8Array, start: number, end: number): Outcome {
    if (bytes[start] === CR && start + 1 >= end) return Outcome.NeedMore
    let at = start
    while (at < end && (bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] === LF && at + 1 < end))) {
      at += bytes[at] === CR ? 2 : 1
    }
    if (at === start) return this.#invalid('CR without LF')
    this.#link.consumed = at - start
    return Outcome.Skip
  }

  /** A command as a line of words: everything that does not begin with `*`. */
  #parseInline(bytes: Uint8Array, start: number, end: number): Outcome {
    const limit = Math.min(end, start + MAX_LINE_BYTES)
    const lineEnd = findByte(bytes, start, limit, LF)
    if (lineEnd < 0) return limit < end ? this.#invalid('inline command too long') : Outcome.NeedMore
    const last = bytes[lineEnd - 1] === CR && lineEnd > start ? lineEnd - 1 : lineEnd
    for (let at = start; at < last; at++) {
      const byte = bytes[at]!
      if ((byte < 0x20 && byte !== 0x09) || byte === 0x7f) return this.#invalid('not a command line')
    }
    this.#link.consumed = lineEnd + 1 - start
    return this.#finish(Side.Client, this.#client.scanner, bytes, start, last, true)
  }

  /** `$<length>` or `$EOF:<mark>`, then an RDB file without CR LF behind it. */
  #beginPayload(pending: Pending, bytes: Uint8Array, start: number, end: number): Outcome {
    const lineEnd = findByte(bytes, start, Math.min(end, start + MARK_BYTES + 8), LF)
    if (lineEnd < 0) return end - start < MARK_BYTES + 8 ? Outcome.NeedMore : this.#invalid('payload length expected')
    const next = lineEnd + 1
    if (asciiStarts(bytes, start, lineEnd, '$EOF:') && lineEnd - 1 - (start + 5) === MARK_BYTES) {
      pending.begin()
      pending.scanner.beginBody(Type.Rdb, 0)
      pending.mark = bytes.slice(start + 5, lineEnd - 1)
      return this.#part(pending, bytes, start, next)
    }
    const length = asciiNumber(bytes, start + 1, lineEnd - 1)
    if (length < 1) return this.#invalid('payload length expected')
    pending.begin()
    pending.scanner.beginBody(Type.Rdb, length)
    return this.#part(pending, bytes, start, next)
  }

  /** An RDB file up to its end mark. */
  #parseMarked(pending: Pending, bytes: Uint8Array, start: number, end: number): Outcome {
    const mark = pending.mark!
    for (
      let at = bytes.indexOf(mark[0]!, start);
      at >= 0 && at + MARK_BYTES <= end;
      at = bytes.indexOf(mark[0]!, at + 1)
    ) {
      let same = 1
      while (same < MARK_BYTES && bytes[at + same] === mark[same]) same++
      if (same < MARK_BYTES) continue
      this.#part(pending, bytes, start, at + MARK_BYTES)
      return this.#finishPending(Side.Server, pending)
    }
    // The mark may have begun in the last bytes.
    const sure = end - start - (MARK_BYTES - 1)
    return sure <= 0 ? Outcome.NeedMore : this.#part(pending, bytes, start, start + sure)
  }
}
