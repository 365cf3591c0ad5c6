import type { Matcher, PairSink, Progress } from '../contract/matcher.ts'
import { type Message, Role, Side } from '../contract/message.ts'
import { Kind, TlsMessage } from './types.ts'

/**
 * One handshake at a time. A pair is held back until the handshake has ended, so that what comes behind the server's
 * flight (the client's certificate, an alert) is part of it.
 */
export class HandshakeMatcher implements Matcher {
  readonly #progress: Progress
  request: TlsMessage | null = null
  response: TlsMessage | null = null

  constructor(progress: Progress) {
    this.#progress = progress
  }

  accept(message: Message, sink: PairSink): void {
    if (!(message instanceof TlsMessage)) return
    message.done = true
    if (message.kind === Kind.HandshakeEnd) this.close(sink)
    else if (message.role === Role.Request) this.#acceptRequest(message, sink)
    else this.#acceptResponse(message, sink)
  }

  /** A hello that follows a loss begins a handshake, or ends one whose beginning is known. */
  lost(): void {}

  close(sink: PairSink): void {
    const { request, response } = this
    this.request = null
    this.response = null
    if (request !== null || response !== null) sink.pair(request, response)
  }

  #acceptRequest(request: TlsMessage, sink: PairSink): void {
    const { response } = this
    // A response that was read while a hole held this request back.
    const early = this.request === null && response !== null && response.firstPacket >= request.lastPacket
    if (!early) this.close(sink)
    this.request = request
    if (early && response.final) this.close(sink)
  }

  #acceptResponse(response: TlsMessage, sink: PairSink): void {
    if (this.response !== null) this.close(sink)
    this.response = response
    if (response.final && (this.request !== null || !this.#progress.stalled(Side.Client))) this.close(sink)
  }
}
