/**
 * Counts the messages of one direction of a call, whatever the frames are cut into.
 * Length-Prefixed-Message = Compressed-Flag (8) Message-Length (32) Message (gRPC over HTTP/2, "Requests").
 */
export class MessageFraming {
  messages = 0
  compressed = 0
  /** Bytes of all messages, without prefixes, as transferred. */
  bytes = 0
  /** A prefix was not one: nothing behind it is counted. */
  broken = false
  /** Bytes left of the message in progress. */
  #left = 0
  /** Bytes of the prefix in progress. */
  #prefix = 0
  #length = 0

  /** More content. */
  add(bytes: Uint8Array, start: number, end: number): void {
    let at = start
    while (at < end && !this.broken) {
      if (this.#left > 0) {
        const take = Math.min(this.#left, end - at)
        this.#left -= take
        at += take
        continue
      }
      const byte = bytes[at++] as number
      if (this.#prefix === 0) {
        if (byte > 1) this.broken = true
        else this.compressed += byte
        this.#length = 0
      } else this.#length = this.#length * 256 + byte
      if (++this.#prefix < 5) continue
      this.#prefix = 0
      this.#left = this.#length
      this.bytes += this.#length
      this.messages++
    }
  }

  /** Content that is lost: the messages go on behind it when it lies within one. */
  skip(length: number): void {
    if (length <= this.#left) this.#left -= length
    else this.broken = true
  }
}
