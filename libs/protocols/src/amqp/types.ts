import { Message, type Role } from '../contract/message.ts'
import type { Method } from './constants.ts'

/** A method with its content, or the protocol header that opens a connection. */
export class AmqpMessage extends Message {
  readonly channel: number
  /** class × 65536 + method; 0 for the protocol header. */
  readonly methodId: number
  /** Undefined where nobody knows the method. */
  readonly method: Method | undefined
  /** bytes[start, end) are the arguments. */
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
  /** Properties of the content; null before they came. */
  header: Uint8Array | null = null
  body: Uint8Array | null = null
  /** Bytes of `body` that are there, that have passed, and that the header announced. */
  kept = 0
  passed = 0
  bodySize = 0
  /** Contents that were cut off by this message: they come before it. */
  before: AmqpMessage | null = null

  constructor(
    role: Role,
    channel: number,
    methodId: number,
    method: Method | undefined,
    kept: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
  ) {
    super(role)
    this.channel = channel
    this.methodId = methodId
    this.method = method
    this.bytes = kept.bytes
    this.start = kept.start
    this.end = kept.end
  }

  append(bytes: Uint8Array, start: number, end: number, limit: number): void {
    this.passed += end - start
    // Behind a hole nothing is at its place.
    if (this.partial !== '') return
    const take = Math.min(end - start, limit - this.kept)
    if (take <= 0) return
    const needed = this.kept + take
    if (this.body === null || this.body.length < needed) {
      const larger = new Uint8Array(Math.min(limit, Math.max(needed, Math.min(this.bodySize, 4 * needed))))
      if (this.body !== null) larger.set(this.body.subarray(0, this.kept))
      this.body = larger
    }
    this.body.set(bytes.subarray(start, start + take), this.kept)
    this.kept = needed
  }
}
