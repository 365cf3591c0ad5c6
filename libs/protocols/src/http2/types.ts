import { Slab } from '@hindwire/bytes/keep.ts'

import { Message, Role, type Side } from '../contract/message.ts'
import type { MessageFraming } from './grpc-framing.ts'
import type { HeaderField } from './header-field.ts'

const EMPTY = new Uint8Array(0)
const NO_FIELDS: readonly HeaderField[] = []
const slab = new Slab()

/** Request or response of one stream (RFC 9113, section 8.1). */
export class Http2Message extends Message {
  readonly stream: Stream
  /** The engine sets `side` to the sender of the frame that ended the message; this is who sent the message. */
  readonly sentBy: Side
  fields: readonly HeaderField[] = NO_FIELDS
  trailers: readonly HeaderField[] = NO_FIELDS
  /** Response status; 0 for requests, and where it is not known. */
  status = 0
  /** Bytes of HEADERS and CONTINUATION frames. */
  headerBytes = 0
  /** END_STREAM was seen. */
  ended = false
  /** Fields stand in table entries from before the capture. */
  incomplete = false
  /** Content without padding, as transferred, cut at the limit. */
  body: Uint8Array = EMPTY
  bodyStart = 0
  bodyEnd = 0
  /** Size of the content, lost and cut bytes included. */
  bodySize = 0
  bodyLimit = 0
  /** Content bytes missing from `body` before its end (lost in the capture). */
  lost = 0
  /** The array is this message's own, and may be written to. */
  #owned = false
  /** Counts messages of gRPC; null for other content. */
  framing: MessageFraming | null = null

  constructor(stream: Stream, role: Role, sentBy: Side) {
    super(role)
    this.stream = stream
    this.sentBy = sentBy
    this.id = stream.id
  }

  /** Appends content, as far as `room` and the limit go; returns how much was kept. */
  append(bytes: Uint8Array, start: number, end: number, room: number): number {
    this.bodySize += end - start
    const length = this.bodyEnd - this.bodyStart
    const take = Math.min(end - start, this.bodyLimit - length, room)
    if (take <= 0) return 0
    if (length === 0) {
      this.bodyStart = slab.copy(bytes, start, start + take)
      this.body = slab.bytes
      this.bodyEnd = this.bodyStart + take
      return take
    }
    if (!this.#owned || this.bodyEnd + take > this.body.length) {
      const grown = new Uint8Array(Math.min(this.bodyLimit, Math.max(1024, (length + take) * 2)))
      grown.set(this.body.subarray(this.bodyStart, this.bodyEnd))
      this.body = grown
      this.bodyStart = 0
      this.bodyEnd = length
      this.#owned = true
    }
    this.body.set(bytes.subarray(start, start + take), this.bodyEnd)
    this.bodyEnd += take
    return take
  }
}

/** One stream: a request and its response (section 5). */
export class Stream {
  readonly id: number
  request: Http2Message | null = null
  response: Http2Message | null = null
  /** Nothing more comes: reset, refused by GOAWAY, or given up. */
  over = false
  /** The response was pushed (section 8.4). */
  pushed = false
  /** Error code of RST_STREAM or GOAWAY, and who sent it; -1 for none. */
  resetCode = -1
  resetBy: Side = 0
  goAway = false

  constructor(id: number) {
    this.id = id
  }

  message(role: Role): Http2Message | null {
    return role === Role.Request ? this.request : this.response
  }

  /** The message that a side is sending, or has sent. */
  sentBy(side: Side): Http2Message | null {
    const { request, response } = this
    if (response !== null && response.sentBy === side) return response
    return request !== null && request.sentBy === side ? request : null
  }
}
