import { u32le } from '@hindwire/bytes/endian.ts'

import { type Message, Role, Side } from '../contract/message.ts'
import { type Link, Outcome, type Session } from '../contract/session.ts'
import { InOrderMatcher } from '../matching/in-order.ts'
import { addFile, ClientState } from './client.ts'
import { Capability, commandNames, Header } from './constants.ts'
import { chain, findStart } from './detect.ts'
import { openFrame } from './frames.ts'
import { readGreeting } from './handshake.ts'
import { Lane, noBytes } from './lane.ts'
import { FULL_PAYLOAD_BYTES, MAX_FRAME_BYTES, MAX_WHOLE_BYTES } from './limits.ts'
import { Check, checkFrame, u24le } from './parse.ts'
import { type EofUse, readError, ResultReader } from './result.ts'
import { MysqlRequest, MysqlResponse, Pseudo } from './types.ts'

/** One connection between a client and a server of MySQL or MariaDB. */
export class MysqlSession implements Session {
  readonly matcher: InOrderMatcher
  readonly #link: Link
  readonly #state = new ClientState()
  readonly #client = new Lane()
  readonly #server = new Lane()
  readonly #eof: EofUse = { deprecated: undefined }
  #compressed = false
  /** Neither the answer to a login nor a command has shown yet whether the connection is compressed. */
  #unsure = true
  /** The connection's last request, to which further packets of the client belong: authentication, a file. */
  #last: MysqlRequest | null = null
  #reader: ResultReader | null = null
  /** Request that the response in progress answers, where known. */
  #asked: MysqlRequest | null = null
  /** Frame that is being read, for stamps: several packets in it must not count it twice. */
  #frameStart = -1
  #frameEnd = -1
  #stamped: Message | null = null

  constructor(link: Link) {
    this.#link = link
    this.matcher = new InOrderMatcher(link)
  }

  parse(side: Side, bytes: Uint8Array, start: number, end: number): Outcome {
    if (this.#unsure && !this.#compressed && end - start >= 4 && bytes[start + 3] === (side === Side.Client ? 0 : 1)) {
      const plain = chain(side, bytes, start, end)
      const frame = checkFrame(side, bytes, start, end)
      if (frame === Check.Yes) this.#compressed = true
      else if (plain === Check.Yes) this.#unsure = false
      else if (frame === Check.Short && plain !== Check.Weak) return Outcome.NeedMore
    }
    const lane = side === Side.Client ? this.#client : this.#server
    if (this.#compressed) return this.#parseFrame(side, lane, bytes, start, end)
    this.#frameStart = -1
    return this.#parsePacket(side, lane, bytes, start, end)
  }

  gap(side: Side, length: number): boolean {
    const lane = side === Side.Client ? this.#client : this.#server
    if (length < lane.skip && !this.#compressed) {
      lane.skip -= length
      const message = lane.held ?? (side === Side.Server ? (this.#reader?.response ?? null) : null)
      if (message !== null) {
        message.partial = 'gap'
        message.wireSize += length
      }
      return true
    }
    const message = this.#unfinished(side)
    lane.reset()
    if (message !== null) {
      message.partial = 'gap'
      this.#link.message = message
    }
    return false
  }

  resync(side: Side, bytes: Uint8Array, start: number, end: number): number {
    // Which of both is seen when the packet there is parsed.
    return findStart(side, bytes, start, end, this.#compressed, this.#unsure)
  }

  end(side: Side): boolean {
    const message = this.#unfinished(side)
    ;(side === Side.Client ? this.#client : this.#server).reset()
    if (message === null) return false
    if (message.partial === '') message.partial = 'cut'
    this.#link.message = message
    return true
  }

  #invalid(reason: string): Outcome {
    this.#link.reason = reason
    return Outcome.Invalid
  }

  #unfinished(side: Side): Message | null {
    if (side === Side.Client) return this.#client.held
    const response = this.#server.held ?? this.#reader?.response ?? null
    this.#reader = null
    return response
  }

  #stamp(message: Message, start: number, end: number): void {
    if (this.#frameStart < 0) this.#link.stamp(message, start, end)
    else if (this.#stamped !== message) {
      this.#stamped = message
      this.#link.stamp(message, this.#frameStart, this.#frameEnd)
    }
  }

  // -- frames of the compressed protocol ---------------------------------------------------------------------------

  #parseFrame(side: Side, lane: Lane, bytes: Uint8Array, start: number, end: number): Outcome {
    const next = lane.queue.shift()
    if (next !== undefined) {
      this.#link.consumed = 1
      this.#link.message = next
      return Outcome.Message
    }
    if (end - start < 7) return Outcome.NeedMore
    const whole = u24le(bytes, start) + 7
    if (whole > MAX_FRAME_BYTES) return this.#invalid('compressed frame too long')
    if (end - start < whole) return Outcome.NeedMore
    const opened = openFrame(bytes, start, start + whole)
    if (opened === null) return this.#invalid('compressed frame cannot be undone')
    this.#frameStart = start
    this.#frameEnd = start + whole
    this.#stamped = null
    const inner = lane.inner.length === 0 ? opened : Buffer.concat([lane.inner, opened])
    let at = 0
    while (at < inner.length) {
      this.#link.message = null
      const outcome = this.#parsePacket(side, lane, inner, at, inner.length)
      if (outcome === Outcome.Invalid) {
        lane.reset()
        break
      }
      if (outcome === Outcome.NeedMore) break
      at += this.#link.consumed
      if (this.#link.message !== null) lane.queue.push(this.#link.message)
    }
    lane.inner = at < inner.length ? inner.slice(at) : noBytes
    this.#frameStart = -1
    this.#link.message = lane.queue.shift() ?? null
    this.#link.consumed = Math.max(1, whole - lane.queue.length)
    return this.#link.message === null ? Outcome.Part : Outcome.Message
  }

  // -- packets -----------------------------------------------------------------------------------------------------

  #parsePacket(side: Side, lane: Lane, bytes: Uint8Array, start: number, end: number): Outcome {
    if (lane.skip > 0) return this.#passOver(side, lane, start, Math.min(lane.skip, end - start))
    if (end - start < 4) return Outcome.NeedMore
    const size = u24le(bytes, start)
    const sequence = bytes[start + 3]!
    if (lane.more) {
      lane.more = size === FULL_PAYLOAD_BYTES
      lane.skip = 4 + size
      return this.#passOver(side, lane, start, Math.min(lane.skip, end - start))
    }
    const wanted = 4 + Math.min(size, MAX_WHOLE_BYTES)
    if (end - start < wanted) return Outcome.NeedMore
    const stop = start + wanted
    this.#link.consumed = wanted
    const outcome =
      side === Side.Client
        ? this.#clientPacket(sequence, bytes, start, stop, size)
        : this.#serverPacket(sequence, bytes, start, stop, size)
    lane.skip = outcome === Outcome.Invalid ? 0 : 4 + size - wanted
    lane.more = size === FULL_PAYLOAD_BYTES && outcome !== Outcome.Invalid
    if (lane.skip === 0 && !lane.more) return outcome
    lane.held = this.#link.message
    this.#link.message = null
    return Outcome.Part
  }

  /** The rest of a payload of which enough was read. */
  #passOver(side: Side, lane: Lane, start: number, count: number): Outcome {
    lane.skip -= count
    this.#link.consumed = count
    const message = lane.held ?? (side === Side.Server ? (this.#reader?.response ?? null) : null)
    if (message !== null) this.#stamp(message, start, start + count)
    if (lane.skip > 0 || lane.more || lane.held === null) return Outcome.Part
    this.#link.message = lane.held
    lane.held = null
    return Outcome.Message
  }

  // -- the client --------------------------------------------------------------------------------------------------

  #clientPacket(sequence: number, bytes: Uint8Array, start: number, stop: number, size: number): Outcome {
    const last = this.#last
    if (this.#reader?.wantsFile === true && last !== null) return this.#filePacket(last, bytes, start, stop, size)
    if (sequence === 0) return this.#command(bytes, start, stop, size)
    if (sequence === 1 && (last === null || last.command === Pseudo.Ssl) && size >= 32) {
      return this.#login(bytes, start, stop)
    }
    if (last === null)
      return this.#state.greeting === null ? this.#invalid('not a command') : this.#login(bytes, start, stop)
    // Answers to the server's questions while logging in. They are credentials.
    last.wireSize += 4 + size
    return Outcome.Skip
  }

  #login(bytes: Uint8Array, start: number, stop: number): Outcome {
    const request = this.#state.readLogin(bytes, start + 4, stop)
    this.#last = request
    this.#stamp(request, start, stop)
    this.#link.message = request
    if (request.command !== Pseudo.Ssl) {
      // What only one side can is not done.
      if (this.#state.greeting !== null) {
        this.#eof.deprecated = (request.capabilities & Capability.DeprecateEof) !== 0
      }
      return Outcome.Message
    }
    this.#link.upgrade = 'tls'
    return Outcome.Upgrade
  }

  #command(bytes: Uint8Array, start: number, stop: number, size: number): Outcome {
    if (size === 0) return Outcome.Skip
    if (commandNames[bytes[start + 4]!] === undefined) return this.#invalid('unknown command')
    const request = this.#state.readCommand(bytes, start + 4, stop, size)
    this.#last = request
    this.#stamp(request, start, stop)
    this.#link.message = request
    return Outcome.Message
  }

  /** Contents of a file that LOAD DATA LOCAL asked for, up to an empty packet. */
  #filePacket(request: MysqlRequest, bytes: Uint8Array, start: number, stop: number, size: number): Outcome {
    request.wireSize += 4 + size
    addFile(request, bytes, start + 4, stop, size)
    if (size === 0 && this.#reader !== null) this.#reader.wantsFile = false
    return Outcome.Skip
  }

  // -- the server --------------------------------------------------------------------------------------------------

  #serverPacket(sequence: number, bytes: Uint8Array, start: number, stop: number, size: number): Outcome {
    const at = start + 4
    if (this.#reader === null) {
      if (sequence === 0 && size > 0) return this.#greeting(bytes, at, start, stop)
      const asked = this.matcher.oldest()
      this.#asked = asked instanceof MysqlRequest ? asked : null
      // What is left of a response that began before the capture, or an EOF behind a prepared statement's columns.
      if (this.#asked === null && sequence !== 1) {
        if (bytes[at] === Header.Eof && size === 5) this.#eof.deprecated = false
        return Outcome.Skip
      }
      if (size === 0) return Outcome.Skip
      this.#reader = new ResultReader(this.#asked?.command, this.#eof)
    }
    const reader = this.#reader
    this.#stamp(reader.response, start, stop)
    if (!reader.packet(bytes, at, stop, size)) return Outcome.Part
    this.#reader = null
    this.#finish(reader.response)
    this.#link.message = reader.response
    return Outcome.Message
  }

  #finish(response: MysqlResponse): void {
    const asked = this.#asked
    if (response.error !== null) return
    if (response.statementId >= 0) {
      const statement = this.#state.prepared(asked, response)
      if (response.columns.length > 0) statement.columns = response.columns
    }
    if (asked !== null && asked.statement !== null && response.columns.length > 0)
      asked.statement.columns = response.columns
    if (asked?.command !== Pseudo.Login) return
    this.#unsure = false
    this.#compressed = (asked.capabilities & (Capability.Compress | Capability.Zstd)) !== 0
  }

  #greeting(bytes: Uint8Array, at: number, start: number, stop: number): Outcome {
    if (bytes[at] === Header.Error) {
      const response = new MysqlResponse()
      response.role = Role.OneWay
      response.error = readError(bytes, at, stop)
      this.#stamp(response, start, stop)
      this.#link.message = response
      return Outcome.Message
    }
    if (bytes[at] !== 10 || stop - at < 16 || u32le(bytes, start) >>> 24 !== 0) return this.#invalid('not a greeting')
    this.#state.greeting = readGreeting(bytes, at, stop)
    return Outcome.Skip
  }
}
