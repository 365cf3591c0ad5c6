import { u16be, u24be } from '@hindwire/bytes/endian.ts'
import { keep } from '@hindwire/bytes/keep.ts'

import { type Message, Role, Side } from '../contract/message.ts'
import { Detection } from '../contract/protocol.ts'
import { type Link, Outcome, type Session } from '../contract/session.ts'
import {
  AlertLevel,
  CLOSE_NOTIFY,
  ContentType,
  HandshakeType,
  MIN_CIPHERTEXT_BYTES,
  RECORD_HEADER_BYTES,
} from './constants.ts'
import { isHello, isRecordHeader, isSsl2Hello } from './detect.ts'
import { HandshakeReader, type HandshakeSink } from './handshake-reader.ts'
import { MAX_ALERTS, MAX_CERTIFICATE_BYTES, MAX_HELLO_BYTES } from './limits.ts'
import { HandshakeMatcher } from './match.ts'
import { endsClearHandshake } from './parse.ts'
import { Kind, TlsMessage } from './types.ts'

/** One side of the connection. */
class Half {
  /** Bytes of the current record that are passed over. */
  remaining = 0
  /** Its ChangeCipherSpec, or application data, has been seen. */
  encrypted = false
  /** A record has been read. */
  begun = false
  readonly reader = new HandshakeReader(MAX_CERTIFICATE_BYTES)
}

/** One TLS connection: its handshake in the clear. What is encrypted is passed over. */
export class TlsSession implements Session, HandshakeSink {
  readonly matcher: HandshakeMatcher
  readonly #link: Link
  readonly #halves: readonly [Half, Half] = [new Half(), new Half()]
  /** The server's flight in progress. */
  #flight: TlsMessage | null = null
  /** What `handshake` has found: the message that ends with the record. */
  #done: TlsMessage | null = null
  #side: Side = Side.Client
  #recordVersion = 0
  /** SSL 2.0 was agreed upon: nothing more can be read. */
  #ssl2 = false

  constructor(link: Link) {
    this.#link = link
    this.matcher = new HandshakeMatcher(link)
  }

  parse(side: Side, bytes: Uint8Array, start: number, end: number): Outcome {
    const half = this.#halves[side]
    if (this.#ssl2) half.remaining = end - start
    if (half.remaining > 0) return this.#pass(half, end - start)
    if (!half.begun && ((bytes[start] as number) & 0x80) !== 0) return this.#ssl2Hello(side, bytes, start, end)
    const header = isRecordHeader(bytes, start, end)
    if (header === Detection.NeedMore) return Outcome.NeedMore
    if (header === Detection.No) return this.#invalid('not a record')
    half.begun = true
    const type = bytes[start] as number
    const length = u16be(bytes, start + 3)
    const body = start + RECORD_HEADER_BYTES
    if (type === ContentType.ApplicationData || type === ContentType.Heartbeat) return this.#opaque(side, length)
    if (type === ContentType.Alert && length !== 2) return this.#opaque(side, length)
    if (type === ContentType.Handshake && !half.reader.active) {
      const clear = this.#isClear(side, bytes, body, end, length)
      if (clear === Detection.NeedMore) return Outcome.NeedMore
      if (clear === Detection.No) return this.#opaque(side, length)
    }
    if (end < body + length) return Outcome.NeedMore
    this.#link.consumed = RECORD_HEADER_BYTES + length
    this.#recordVersion = u16be(bytes, start + 1)
    if (type === ContentType.ChangeCipherSpec) return this.#changeCipher(side)
    if (type === ContentType.Alert) return this.#alert(side, bytes[body] as number, bytes[body + 1] as number)
    return this.#handshakes(side, bytes, body, body + length)
  }

  gap(side: Side, length: number): boolean {
    const half = this.#halves[side]
    if (length <= half.remaining) {
      half.remaining -= length
      return true
    }
    half.remaining = 0
    half.reader.clear()
    if (side === Side.Server && this.#flight !== null) {
      this.#flight.partial = 'gap'
      this.#link.message = this.#endFlight()
    }
    return false
  }

  resync(side: Side, bytes: Uint8Array, start: number, end: number): number {
    for (let at = start; at + RECORD_HEADER_BYTES < end; at++) {
      const type = bytes[at] as number
      if (type < ContentType.ChangeCipherSpec || type > ContentType.ApplicationData) continue
      if (isRecordHeader(bytes, at, end) === Detection.Yes && this.#isLikely(side, bytes, at, end)) return at
    }
    return -1
  }

  end(side: Side): boolean {
    if (side !== Side.Server || this.#flight === null) return false
    this.#flight.partial = 'cut'
    this.#link.message = this.#endFlight()
    return true
  }

  // -- HandshakeSink ---------------------------------------------------------------------------------------------

  handshake(type: number, bytes: Uint8Array, start: number, end: number): void {
    if (type === HandshakeType.Certificate) {
      const holder = this.#side === Side.Server ? this.#flight : this.matcher.request
      if (holder !== null) holder.certificate = bytes.slice(start, end)
    } else if (this.#side === Side.Client) {
      if (type === HandshakeType.ClientHello) this.#done = this.#clientHello(bytes, start, end, Kind.Hello)
    } else if (type === HandshakeType.ServerHello || type === HandshakeType.HelloRetryRequest) {
      this.#serverHello(bytes, start, end)
    } else if (this.#flight !== null) {
      if (type === HandshakeType.CertificateRequest) this.#flight.asksCertificate = true
      else if (type === HandshakeType.ServerHelloDone) this.#done = this.#endFlight()
    }
  }

  #clientHello(bytes: Uint8Array, start: number, end: number, kind: Kind): TlsMessage {
    // A new handshake, unless its answer was read while a hole held it back.
    if (this.matcher.response === null && this.#flight === null) {
      for (const half of this.#halves) half.encrypted = false
    }
    return this.#hello(Role.Request, kind, bytes, start, end)
  }

  #serverHello(bytes: Uint8Array, start: number, end: number): void {
    const response = this.#hello(Role.Response, Kind.Hello, bytes, start, end)
    this.#flight = response
    if (!endsClearHandshake(bytes, start, end)) return
    this.#done = this.#endFlight()
    this.#halves[Side.Server].encrypted = true
    // The client's data came before (early data).
    response.final = this.#halves[Side.Client].encrypted
  }

  #hello(role: Role, kind: Kind, bytes: Uint8Array, start: number, end: number): TlsMessage {
    const message = new TlsMessage(role, kind)
    const kept = keep(bytes, start, Math.min(end, start + MAX_HELLO_BYTES))
    message.bytes = kept.bytes
    message.start = kept.start
    message.end = kept.end
    message.recordVersion = this.#recordVersion
    return message
  }

  // -- records ---------------------------------------------------------------------------------------------------

  #handshakes(side: Side, bytes: Uint8Array, start: number, end: number): Outcome {
    const { reader } = this.#halves[side]
    this.#side = side
    this.#done = null
    reader.read(bytes, start, end, this)
    const done = this.#done as TlsMessage | null
    if (done !== null) return this.#message(done)
    const goesOn =
      side === Side.Client
        ? reader.type === HandshakeType.ClientHello
        : this.#flight !== null || reader.type === HandshakeType.ServerHello
    return goesOn ? Outcome.Part : Outcome.Skip
  }

  #changeCipher(side: Side): Outcome {
    const half = this.#halves[side]
    half.encrypted = true
    half.reader.clear()
    if (side === Side.Server && this.#flight !== null) {
      // No ServerHelloDone, so no certificate and no keys were sent: an earlier session goes on.
      this.#flight.resumed = this.#flight.certificate.length === 0
      return this.#message(this.#endFlight())
    }
    return this.#isOver() ? this.#mark() : Outcome.Skip
  }

  #alert(side: Side, level: number, description: number): Outcome {
    const alert = { level, description, fromClient: side === Side.Client }
    const ends = level === AlertLevel.Fatal || description === CLOSE_NOTIFY
    const { request, response } = this.matcher
    const holder = this.#flight ?? response ?? request
    if (side === Side.Server && holder !== null && holder === request && ends) {
      const answer = new TlsMessage(Role.Response, Kind.Alert)
      answer.alerts.push(alert)
      answer.final = true
      answer.recordVersion = this.#recordVersion
      return this.#message(answer)
    }
    if (holder !== null && holder.alerts.length < MAX_ALERTS) holder.alerts.push(alert)
    if (!ends) return Outcome.Skip
    if (side === Side.Server && this.#flight !== null) return this.#message(this.#endFlight())
    return response === null ? Outcome.Skip : this.#mark()
  }

  /** A record that cannot be read. It is passed over in pieces, as they come. */
  #opaque(side: Side, length: number): Outcome {
    const half = this.#halves[side]
    half.encrypted = true
    half.reader.clear()
    half.remaining = length
    this.#link.consumed = RECORD_HEADER_BYTES
    if (side === Side.Server && this.#flight !== null) {
      this.#flight.partial = 'gap'
      return this.#message(this.#endFlight())
    }
    return this.#isOver() ? this.#mark() : Outcome.Encrypted
  }

  #pass(half: Half, available: number): Outcome {
    const passed = Math.min(half.remaining, available)
    half.remaining -= passed
    this.#link.consumed = passed
    return Outcome.Encrypted
  }

  #ssl2Hello(side: Side, bytes: Uint8Array, start: number, end: number): Outcome {
    const hello = isSsl2Hello(bytes, start, end)
    if (hello === Detection.NeedMore) return Outcome.NeedMore
    const isClient = bytes[start + 2] === HandshakeType.ClientHello
    if (hello === Detection.No || isClient !== (side === Side.Client)) return this.#invalid('not a hello')
    const last = start + 2 + ((bytes[start] as number) & 0x7f) * 256 + (bytes[start + 1] as number)
    if (end < last) return Outcome.NeedMore
    this.#halves[side].begun = true
    this.#link.consumed = last - start
    this.#recordVersion = 0
    if (isClient) return this.#message(this.#clientHello(bytes, start + 2, last, Kind.Ssl2Hello))
    const response = this.#hello(Role.Response, Kind.Ssl2Hello, bytes, start + 2, last)
    response.final = true
    this.#ssl2 = true
    return this.#message(response)
  }

  // -- small answers ---------------------------------------------------------------------------------------------

  /** Whether the handshake record at hand is in the clear: behind a ChangeCipherSpec only a new hello is. */
  #isClear(side: Side, bytes: Uint8Array, body: number, end: number, length: number): Detection {
    if (body >= end) return Detection.NeedMore
    const type = bytes[body] as number
    if (!this.#halves[side].encrypted)
      return type <= HandshakeType.LastClear || type === 67 ? Detection.Yes : Detection.No
    const hello = isHello(bytes, body, end, length)
    if (hello !== Detection.Yes) return hello
    const expected = side === Side.Client ? HandshakeType.ClientHello : HandshakeType.ServerHello
    return type === expected && u24be(bytes, body + 1) + 4 <= length ? Detection.Yes : Detection.No
  }

  /** After a loss: whether a record with this header fits what such a record would hold. */
  #isLikely(side: Side, bytes: Uint8Array, at: number, end: number): boolean {
    const length = u16be(bytes, at + 3)
    const body = at + RECORD_HEADER_BYTES
    const type = bytes[at] as number
    const next = body + length
    if (next < end && isRecordHeader(bytes, next, end) === Detection.No) return false
    if (type === ContentType.ChangeCipherSpec) return length === 1 && bytes[body] === 1
    if (type === ContentType.Alert && length === 2) return bytes[body] === 1 || bytes[body] === 2
    if (length >= MIN_CIPHERTEXT_BYTES) return true
    return type === ContentType.Handshake && this.#isClear(side, bytes, body, end, length) === Detection.Yes
  }

  #isOver(): boolean {
    return this.matcher.response !== null && this.#halves[0].encrypted && this.#halves[1].encrypted
  }

  #endFlight(): TlsMessage {
    const flight = this.#flight as TlsMessage
    this.#flight = null
    return flight
  }

  #mark(): Outcome {
    return this.#message(new TlsMessage(Role.OneWay, Kind.HandshakeEnd))
  }

  #message(message: Message): Outcome {
    this.#link.message = message
    return Outcome.Message
  }

  #invalid(reason: string): Outcome {
    this.#link.reason = reason
    return Outcome.Invalid
  }
}
