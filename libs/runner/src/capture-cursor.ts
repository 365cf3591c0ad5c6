import { type CaptureReader, OPEN_BYTES, openCapture } from '@hindwire/packets/capture-reader.ts'
import { Packet } from '@hindwire/packets/packet.ts'

import { type ByteSource, openSource } from './byte-source.ts'

/** Bytes before a window for the beginning of a record whose rest comes with the next one. */
const HEADROOM = 512 << 10

/** A file that is no capture. The sentence says what it looks like. */
export class NotACapture extends Error {
  readonly looksLike: string

  constructor(looksLike: string, reason: string) {
    super(reason)
    this.name = 'NotACapture'
    this.looksLike = looksLike
  }
}

/**
 * Reads the packets of one capture file through two buffers in turn: while packets of one are dissected, the other is
 * being filled.
 *
 *     while (cursor.next() || (await cursor.refill())) use(cursor.packet)
 */
export class CaptureCursor {
  readonly packet = new Packet()
  readonly reader: CaptureReader
  readonly #source: ByteSource
  readonly #size: number
  /** The bytes that `reader` is at, up to `#end`. */
  #window: Uint8Array
  #end: number
  /** The buffer that is being filled, from HEADROOM on, and the number of bytes that it gets. */
  #spare: Uint8Array
  #ahead: Promise<number>
  #ended: boolean

  private constructor(source: ByteSource, reader: CaptureReader, window: Uint8Array, filled: number) {
    this.#source = source
    this.reader = reader
    this.#size = window.length
    this.#window = window
    this.#end = HEADROOM + filled
    this.#ended = this.#end < this.#size
    this.#spare = new Uint8Array(this.#ended ? 0 : this.#size)
    this.#ahead = this.#ended ? Promise.resolve(0) : this.#fill()
    reader.begin(window, HEADROOM, this.#end, this.#ended)
  }

  /**
   * @param windowBytes size of each of the two buffers
   * @throws NotACapture, or the error of the file system
   */
  static async open(path: string, windowBytes = 4 << 20): Promise<CaptureCursor> {
    const source = await openSource(path)
    try {
      const size = Math.max(windowBytes, OPEN_BYTES)
      const window = new Uint8Array(HEADROOM + size)
      const filled = await source.read(window, HEADROOM, size)
      const opened = openCapture(window.subarray(HEADROOM, HEADROOM + filled))
      if (opened.kind === 'unreadable') throw new NotACapture(opened.looksLike, source.problem || opened.reason)
      return new CaptureCursor(source, opened.reader, window, filled)
    } catch (error) {
      await source.close()
      throw error
    }
  }

  /** Bytes of the file read so far. */
  get fileBytes(): number {
    return this.#source.fileBytes
  }

  /** Why reading ended early; empty when it did not. */
  get problem(): string {
    return this.#source.problem
  }

  /** Moves to the next packet of the window. False: `refill` is needed. */
  next(): boolean {
    return this.reader.next(this.packet)
  }

  /** Brings the next windows until there is a packet. False at the end of the file. */
  async refill(): Promise<boolean> {
    while (!this.#ended) {
      const filled = await this.#ahead
      this.#ended = filled < this.#size - HEADROOM
      this.#advance(filled)
      if (this.reader.next(this.packet)) return true
    }
    return false
  }

  async close(): Promise<void> {
    await this.#ahead.catch(() => 0)
    await this.#source.close()
  }

  #fill(): Promise<number> {
    const ahead = this.#source.read(this.#spare, HEADROOM, this.#size - HEADROOM)
    // Awaited by refill(); a failure in between must not count as unhandled.
    ahead.catch(() => 0)
    return ahead
  }

  /** Puts what is left of the window before the bytes read ahead, and goes on there. */
  #advance(filled: number): void {
    const left = this.#window.subarray(this.reader.position, this.#end)
    const used = this.#window
    if (left.length <= HEADROOM) {
      this.#spare.set(left, HEADROOM - left.length)
      this.#window = this.#spare
      this.#end = HEADROOM + filled
      this.#spare = used.length === this.#size ? used : new Uint8Array(this.#size)
    } else {
      // A record larger than the headroom (a pcapng block may have megabytes): one window of its own.
      const joined = new Uint8Array(left.length + filled)
      joined.set(left)
      joined.set(this.#spare.subarray(HEADROOM, HEADROOM + filled), left.length)
      this.#window = joined
      this.#end = joined.length
    }
    this.reader.begin(this.#window, this.#end - filled - left.length, this.#end, this.#ended)
    if (!this.#ended) this.#ahead = this.#fill()
  }
}
