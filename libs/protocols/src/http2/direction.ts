import { HpackDecoder } from './hpack-decoder.ts'
import type { Http2Message } from './types.ts'

/** What is known of the bytes of one side. */
export class Direction {
  readonly hpack = new HpackDecoder()
  /** A frame has been read: before the first one, nobody knows whether the connection begins here. */
  begun = false
  /** Frames of this side were lost or could not be read. */
  inDoubt = false
  /** Payload left of the frame in progress: content, then padding. Without `message` it is passed over. */
  left = 0
  padding = 0
  message: Http2Message | null = null
  /** The frame in progress ends its message. */
  endsStream = false

  get inFrame(): boolean {
    return this.left + this.padding > 0
  }

  /** The first frame of a side: a connection that is seen from its start begins with SETTINGS (section 3.4). */
  begin(isStart: boolean): void {
    this.begun = true
    if (!isStart) this.hpack.forget()
  }

  /** The payload that follows is of no interest. */
  pass(length: number): void {
    this.left = 0
    this.padding = length
    this.message = null
    this.endsStream = false
  }
}
