import { type Message, Role, Side } from '../contract/message.ts'
import { Detection } from '../contract/protocol.ts'
import { type Link, Outcome, type Session } from '../contract/session.ts'
import { InOrderMatcher } from '../matching/in-order.ts'
import { BodyCollector } from './body.ts'
import { CR, LF, Status, upgradeNames } from './constants.ts'
import { isRequestLine, isStatusLine, isUsualMethod } from './detect.ts'
import { BodyKind, ContentReader, ContentState } from './framing.ts'
import { framing, HEAD_NEEDS_MORE, readHead } from './head.ts'
import { bodyKind, isMethod, makeMessage } from './parse.ts'
import { fieldText, type HttpMessage } from './types.ts'

/** A message whose content is still coming. */
interface Progress {
  readonly message: HttpMessage
  readonly content: ContentReader
  readonly body: BodyCollector
}

function keepsAlive(message: HttpMessage): boolean {
  return fieldText(message, 'connection').toLowerCase() === 'keep-alive'
}

/** One HTTP/1 connection. */
export class HttpSession implements Session {
  readonly matcher: InOrderMatcher
  readonly #link: Link
  readonly #progress: [Progress | null, Progress | null] = [null, null]
  /** Out of step: whether the next byte of a side may begin a line. */
  readonly #atLineStart: [boolean, boolean] = [true, true]

  constructor(link: Link) {
    this.#link = link
    this.matcher = new InOrderMatcher(link)
  }

  parse(side: Side, bytes: Uint8Array, start: number, end: number): Outcome {
    const progress = this.#progress[side]
    if (progress !== null) return this.#content(side, progress, bytes, start, start, end)
    const first = bytes[start]
    if (first === CR || first === LF) return this.#emptyLines(bytes, start, end)
    const line = side === Side.Client ? isRequestLine(bytes, start, end) : isStatusLine(bytes, start, end)
    if (line === Detection.No) return this.#invalid(side, bytes, start, 'not a start line')
    const length = readHead(bytes, start, end)
    if (length === HEAD_NEEDS_MORE) return Outcome.NeedMore
    if (length < 0) return this.#invalid(side, bytes, start, 'not a head')
    return this.#head(side, bytes, start, length, end)
  }

  gap(side: Side, length: number): boolean {
    const progress = this.#progress[side]
    this.#atLineStart[side] = true
    if (progress === null) return false
    const { message, content, body } = progress
    message.partial = 'gap'
    const known = body.size
    const goesOn = content.skip(length, body)
    message.lost += body.size - known
    if (goesOn) return true
    this.#link.message = this.#finish(side, progress)
    return false
  }

  resync(side: Side, bytes: Uint8Array, start: number, end: number): number {
    for (let at = start; at < end; at++) {
      if (side === Side.Server) {
        if (isStatusLine(bytes, at, end) !== Detection.No) return at
        continue
      }
      // Content seldom ends with a line end: the usual methods are looked for everywhere, others where a line begins.
      const begins = at > start ? bytes[at - 1] === LF : this.#atLineStart[side]
      if (!begins && !isUsualMethod(bytes, at, end)) continue
      if (isRequestLine(bytes, at, end) !== Detection.No) return at
    }
    this.#atLineStart[side] = bytes[end - 1] === LF
    return -1
  }

  end(side: Side): boolean {
    const progress = this.#progress[side]
    if (progress === null) return false
    if (progress.content.kind !== BodyKind.UntilClose && progress.message.partial === '') {
      progress.message.partial = 'connection ended'
    }
    this.#link.message = this.#finish(side, progress)
    return true
  }

  #invalid(side: Side, bytes: Uint8Array, start: number, reason: string): Outcome {
    // The engine goes on one byte further.
    this.#atLineStart[side] = bytes[start] === LF
    this.#link.reason = reason
    return Outcome.Invalid
  }

  /** Empty lines before a start line are ignored (RFC 9112, section 2.2). */
  #emptyLines(bytes: Uint8Array, start: number, end: number): Outcome {
    let at = start
    while (at < end && (bytes[at] === CR || bytes[at] === LF)) at++
    this.#link.consumed = at - start
    return Outcome.Skip
  }

  #head(side: Side, bytes: Uint8Array, start: number, length: number, end: number): Outcome {
    const link = this.#link
    const role = side === Side.Client ? Role.Request : Role.Response
    const content = start + length
    // Content that lies whole behind the head is copied together with it.
    const known = framing.chunked ? -1 : framing.contentLength
    const inPlace = known > 0 && known <= end - content
    const kept = inPlace ? content + Math.min(known, link.maxBodyBytes) : content
    const message = makeMessage(bytes, start, length, kept, role)
    if (message === null) return this.#invalid(side, bytes, start, 'not a start line')
    message.bodyLimit = link.maxBodyBytes
    const request = role === Role.Response ? (this.matcher.oldest() as HttpMessage | undefined) : undefined
    let kind = bodyKind(message, request)
    // The answer to a HEAD that was lost looks like this; content until the close comes with `Connection: close`.
    if (kind === BodyKind.UntilClose && request === undefined && keepsAlive(message)) kind = BodyKind.None
    link.consumed = length
    if (kind === BodyKind.None) return this.#whole(message, request)
    if (kind === BodyKind.Length && inPlace) {
      message.body = message.head
      message.bodyStart = message.headEnd
      message.bodyEnd = message.headEnd + (kept - content)
      message.contentSize = known
      link.consumed = length + known
      link.message = message
      return Outcome.Message
    }
    const progress = { message, content: new ContentReader(), body: new BodyCollector(link.maxBodyBytes) }
    progress.content.begin(kind, Math.max(0, framing.contentLength))
    this.#progress[side] = progress
    if (role === Role.Request) this.matcher.open(message)
    return this.#content(side, progress, bytes, start, content, end)
  }

  /** A message without content. */
  #whole(message: HttpMessage, request: HttpMessage | undefined): Outcome {
    const link = this.#link
    const { status } = message
    if (message.role === Role.Response) {
      if (status === Status.SwitchingProtocols) return this.#switch(message)
      // Interim responses precede the final one (RFC 9110, section 15.2).
      if (status < 200) return Outcome.Skip
      if (request !== undefined && isMethod(request, 'CONNECT') && status < 300) {
        link.upgrade = ''
        link.message = message
        return Outcome.Upgrade
      }
    }
    link.message = message
    return Outcome.Message
  }

  #switch(message: HttpMessage): Outcome {
    const link = this.#link
    link.message = message
    link.upgrade = ''
    const value = fieldText(message, 'upgrade').toLowerCase()
    if (value !== '') link.upgrade = upgradeNames[value] ?? value
    return Outcome.Upgrade
  }

  /** Reads content at bytes[from, end); the unit of this call began at `start`. */
  #content(side: Side, progress: Progress, bytes: Uint8Array, start: number, from: number, end: number): Outcome {
    const { content, body } = progress
    const state = content.read(bytes, from, end, body)
    const link = this.#link
    link.consumed = content.position - start
    if (state === ContentState.Done) {
      link.message = this.#finish(side, progress)
      return Outcome.Message
    }
    if (state === ContentState.Invalid) {
      progress.message.partial = 'invalid chunk'
      link.message = this.#finish(side, progress)
      if (link.consumed === 0) link.consumed = 1
      return Outcome.Message
    }
    return link.consumed > 0 ? Outcome.Part : Outcome.NeedMore
  }

  #finish(side: Side, progress: Progress): Message {
    const { message, body } = progress
    this.#progress[side] = null
    message.body = body.bytes
    message.bodyStart = 0
    message.bodyEnd = body.length
    message.contentSize = body.size
    return message
  }
}
