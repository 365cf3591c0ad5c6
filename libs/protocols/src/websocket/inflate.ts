import { constants, inflateRawSync, type ZlibOptions } from 'node:zlib'

import { MAX_INFLATED_RATIO, WINDOW_BYTES } from './limits.ts'

/** What senders leave out at the end of a compressed message (RFC 7692, section 7.2.1). */
const TAIL = Uint8Array.of(0, 0, 0xff, 0xff)

/**
 * Undoes permessage-deflate of one side. Whether a message may refer to those before it was agreed upon in HTTP
 * headers, which are not known here: the window is always offered, and does no harm where nothing refers to it.
 */
export class MessageInflater {
  readonly #most: number
  #window: Uint8Array = new Uint8Array(0)

  constructor(maxBodyBytes: number) {
    this.#most = maxBodyBytes * MAX_INFLATED_RATIO
  }

  /** Messages were lost, or could not be read: what refers to them cannot be either. */
  forget(): void {
    this.#window = new Uint8Array(0)
  }

  /** @returns null when the payload is no DEFLATE data, refers to what is not known, or becomes too large */
  inflate(payload: Uint8Array): Uint8Array | null {
    const options: ZlibOptions = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: this.#most }
    if (this.#window.length > 0) options.dictionary = this.#window
    try {
      const output = inflateRawSync(Buffer.concat([payload, TAIL]), options)
      const known = Buffer.concat([this.#window, output])
      this.#window = known.subarray(Math.max(0, known.length - WINDOW_BYTES))
      return output
    } catch {
      this.forget()
      return null
    }
  }
}
