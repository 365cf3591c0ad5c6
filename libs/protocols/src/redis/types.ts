import { Message, type Role } from '../contract/message.ts'

/**
 * A command, a reply or a push. It keeps the beginning of its bytes as they stood on the wire, and is decoded again
 * only when a row is made of it.
 */
export class RedisMessage extends Message {
  /** Type byte of the value (an attribute before it is stepped over), or `Type.Inline`, `Type.Rdb`. */
  type: number
  /** Command in upper case; for pushes their kind (`MESSAGE`, `INVALIDATE`); empty for replies. */
  verb = ''
  /** Holds bytes[start, end): the message, or as much of its beginning as is kept. */
  bytes: Uint8Array
  start: number
  end: number
  /** Bytes of the message are missing at the end of what is kept. */
  cut = false
  /** Elements of the outermost aggregate; 0 for other types, and where their number is streamed. */
  elements = 0
  /** Confirms a SUBSCRIBE or UNSUBSCRIBE: the response to that command, or one of its further confirmations. */
  confirmation = false
  /** Sent by a server without being asked; its first argument is the channel (or what it is about). */
  get pushed(): boolean {
    return this.unasked || this.confirmation || this.maybePush
  }
  /** A RESP3 push: never the response of any other command. */
  unasked = false
  /** A RESP2 array that reads as a pub/sub message: one, unless another command waits for its reply. */
  maybePush = false

  constructor(role: Role, type: number, bytes: Uint8Array, start: number, end: number) {
    super(role)
    this.type = type
    this.bytes = bytes
    this.start = start
    this.end = end
  }
}
