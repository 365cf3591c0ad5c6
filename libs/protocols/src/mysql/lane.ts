import type { Message } from '../contract/message.ts'

export const noBytes = new Uint8Array(0)

/** One side's place in its bytes. */
export class Lane {
  /** Bytes of the packet in progress that are passed over unread. */
  skip = 0
  /** The packet was full: the next one goes on with its payload. */
  more = false
  /** What is complete when the payload has ended. */
  held: Message | null = null
  /** Packets out of compressed frames that are not whole yet. */
  inner: Uint8Array = noBytes
  /** Messages of a frame with several; each is given away with one byte of it. */
  readonly queue: Message[] = []

  reset(): void {
    this.skip = 0
    this.more = false
    this.held = null
    this.inner = noBytes
  }
}
