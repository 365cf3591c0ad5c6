import { CaptureNotes } from './capture-notes.ts'
import type { CaptureExtras, Warning } from './capture-notes.ts'
import type { Packet } from './packet.ts'
import { MAX_RECORD } from './pcap-header.ts'
import type { PcapHeader } from './pcap-header.ts'
import { Window } from './window.ts'

/** No record is believed to be longer than this, whatever snapshot length the file claims: it must fit into memory. */
const LARGEST_SNAP_LENGTH = 16 * 1024 * 1024

/** While looking for the next record after a broken one: how far its time may be from the last good one, seconds. */
const RESYNC_SECONDS = 7 * 86_400

const Plausible = { No: 0, Yes: 1, NeedMore: 2 } as const
type Plausible = (typeof Plausible)[keyof typeof Plausible]

/** Reads the records of a pcap file. See CaptureReader for the use. */
export class PcapReader {
  readonly format = 'pcap'
  readonly header: PcapHeader
  readonly #notes = new CaptureNotes()
  readonly #window = new Window()
  readonly #little: boolean
  readonly #headerBytes: number
  readonly #linkType: number
  readonly #nanoseconds: boolean
  readonly #swapped: number
  readonly #limit: number
  #number = 0
  #needs = 0
  #finished = false
  #lost = false
  #lastSeconds = -1
  #skippedBytes = 0
  #started = false

  constructor(header: PcapHeader) {
    this.header = header
    this.#little = header.littleEndian
    this.#headerBytes = header.recordHeaderBytes
    this.#linkType = header.linkType
    this.#nanoseconds = header.nanoseconds
    this.#swapped = header.lengths === 'in-order' ? 0 : header.lengths === 'swapped' ? 2 : 1
    this.#limit = Math.max(MAX_RECORD, Math.min(header.snapLength, LARGEST_SNAP_LENGTH))
  }

  begin(bytes: Uint8Array, start: number, end: number, final: boolean): void {
    this.#window.begin(bytes, start, end, final)
    if (!this.#started) this.#window.skip(this.header.fileHeaderBytes)
    this.#started = true
    this.#needs = 0
  }

  next(packet: Packet): boolean {
    const window = this.#window
    if (this.#lost && !this.#resynchronise()) return false
    const at = window.position
    const data = at + this.#headerBytes
    if (data > window.end) return this.#starve(this.#headerBytes)
    const view = window.view
    const little = this.#little
    let captured = view.getUint32(at + 8, little)
    let original = view.getUint32(at + 12, little)
    if (this.#swapped > 0 && (this.#swapped === 2 || captured > original)) {
      const first = captured
      captured = original
      original = first
    }
    if (captured > this.#limit) return this.#lose(captured) && this.next(packet)
    const end = data + captured
    if (end > window.end) return this.#starve(this.#headerBytes + captured) && this.next(packet)
    const seconds = view.getUint32(at, little)
    const fraction = view.getUint32(at + 4, little)
    this.#lastSeconds = seconds
    packet.bytes = window.bytes
    packet.start = data
    packet.end = end
    packet.wireLength = original < captured ? captured : original
    packet.time = seconds * 1_000_000 + (this.#nanoseconds ? Math.floor(fraction / 1000) : fraction)
    packet.number = ++this.#number
    packet.linkType = this.#linkType
    packet.interfaceId = 0
    window.position = end
    return true
  }

  /** A record is not whole. True: try again, the reader has found another one behind what the file's end cut. */
  #starve(needs: number): boolean {
    const window = this.#window
    if (!window.final) {
      this.#needs = needs
      return false
    }
    const left = window.available
    if (left > 0) {
      // Either the file was cut here, or a length is wrong and good records follow.
      if (needs > this.#headerBytes && this.#findRecord(window.position + 1) >= 0) return this.#lose(needs)
      this.#notes.warn(window.offset, `The last record is cut: ${left} of at least ${needs} bytes are there.`)
      this.#skippedBytes += left
      window.skip(left)
    }
    this.#finished = true
    return false
  }

  /** The record at `position` is broken. True: the next good one has been found. */
  #lose(length: number): boolean {
    const text = `A record claims ${length} bytes; looking for the next one.`
    this.#notes.warn(this.#window.offset, text)
    this.#lost = true
    this.#advance(1)
    return this.#resynchronise()
  }

  #advance(count: number): void {
    this.#window.position += count
    this.#skippedBytes += count
  }

  #resynchronise(): boolean {
    const window = this.#window
    const found = this.#findRecord(window.position)
    if (found >= 0) {
      this.#advance(found - window.position)
      this.#lost = false
      return true
    }
    if (window.final) {
      this.#advance(window.available)
      this.#notes.warn(window.offset, 'No further record was found.')
      this.#finished = true
      return false
    }
    // #needs was set where a candidate reaches beyond the window; all before it is refused.
    const candidate = -found - 1
    this.#advance(candidate - window.position)
    return false
  }

  /** Index of the next plausible record; or -1 - index of the first place that cannot be judged yet. */
  #findRecord(from: number): number {
    const end = this.#window.end
    for (let at = from; at < end; at++) {
      const answer = this.#plausible(at)
      if (answer === Plausible.Yes) return at
      if (answer === Plausible.NeedMore) return -at - 1
    }
    return -end - 1
  }

  /** Does a record begin at this index? It must make sense, and so must the header behind it (or the file's end). */
  #plausible(at: number): Plausible {
    const window = this.#window
    if (at + this.#headerBytes > window.end) return this.#wait(this.#headerBytes)
    if (!this.#plausibleHeader(at)) return Plausible.No
    const length = this.#headerBytes + window.view.getUint32(at + (this.#swapped === 2 ? 12 : 8), this.#little)
    const next = at + length
    if (next === window.end && window.final) return Plausible.Yes
    if (next + this.#headerBytes > window.end) return this.#wait(length + this.#headerBytes)
    return this.#plausibleHeader(next) ? Plausible.Yes : Plausible.No
  }

  #wait(needs: number): Plausible {
    if (this.#window.final) return Plausible.No
    this.#needs = needs
    return Plausible.NeedMore
  }

  #plausibleHeader(at: number): boolean {
    const view = this.#window.view
    const captured = view.getUint32(at + (this.#swapped === 2 ? 12 : 8), this.#little)
    const original = view.getUint32(at + (this.#swapped === 2 ? 8 : 12), this.#little)
    const fraction = view.getUint32(at + 4, this.#little)
    if (captured === 0 || captured > MAX_RECORD || original < captured || original > LARGEST_SNAP_LENGTH) return false
    if (fraction >= (this.#nanoseconds ? 1_000_000_000 : 1_000_000)) return false
    const seconds = view.getUint32(at, this.#little)
    return this.#lastSeconds < 0 || Math.abs(seconds - this.#lastSeconds) <= RESYNC_SECONDS
  }

  get position(): number {
    return this.#window.position
  }

  get needs(): number {
    return this.#needs
  }

  get finished(): boolean {
    return this.#finished
  }

  get packets(): number {
    return this.#number
  }

  get skippedBytes(): number {
    return this.#skippedBytes
  }

  get warnings(): readonly Warning[] {
    return this.#notes.warnings
  }

  get extras(): CaptureExtras {
    return this.#notes
  }
}
