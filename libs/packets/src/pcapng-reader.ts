import { CaptureNotes } from './capture-notes.ts'
import type { CaptureExtras, Warning } from './capture-notes.ts'
import type { Packet } from './packet.ts'
import { Block, findBlock, isKnownBlock, LARGEST_BLOCK } from './pcapng-blocks.ts'
import { readComments, readInterface, readNames } from './pcapng-options.ts'
import type { Interface } from './pcapng-options.ts'
import { scaledTime } from './pcapng-time.ts'
import { Window } from './window.ts'

/** Link type of packets whose interface was never described: no LINKTYPE_ has this number. */
const UNKNOWN_LINK = 0xffff

/** A section header: block type (the same in both byte orders) and one of the two byte-order marks. */
export function isPcapng(first: Uint8Array): boolean {
  if (first.length < 28) return false
  const view = new DataView(first.buffer, first.byteOffset, first.byteLength)
  const magic = view.getUint32(8)
  return view.getUint32(0) === Block.Section && (magic === 0x1a2b3c4d || magic === 0x4d3c2b1a)
}

/** Reads the packets of a pcapng file (draft-ietf-opsawg-pcapng). See CaptureReader for the use. */
export class PcapngReader {
  readonly format = 'pcapng'
  readonly #notes = new CaptureNotes()
  readonly #window = new Window()
  #interfaces: Interface[] = []
  #little = true
  #number = 0
  #needs = 0
  #finished = false
  #lost = false
  #lastTime = 0
  #skippedBytes = 0
  #warnedInterface = false

  begin(bytes: Uint8Array, start: number, end: number, final: boolean): void {
    this.#window.begin(bytes, start, end, final)
    this.#needs = 0
  }

  next(packet: Packet): boolean {
    const window = this.#window
    for (;;) {
      if (this.#lost && !this.#resynchronise()) return false
      const at = window.position
      if (at + 12 > window.end) return this.#starve(12)
      const view = window.view
      const type = view.getUint32(at, this.#little)
      if (type === Block.Section) this.#little = view.getUint32(at + 8) === 0x4d3c2b1a
      const length = view.getUint32(at + 4, this.#little)
      if (length < 12 || length > LARGEST_BLOCK) {
        this.#lose(`A block claims ${length} bytes; looking for the next one.`)
        continue
      }
      // Blocks end on a 32-bit boundary; some writers forget to count the padding.
      const whole = (length + 3) & ~3
      if (at + whole > window.end) {
        if (isKnownBlock(type) || window.final) {
          if (this.#starve(whole)) continue
          return false
        }
        // Nobody needs what is in it: step over without ever having it whole.
        window.skip(whole)
        return false
      }
      if (view.getUint32(at + whole - 4, this.#little) !== length) {
        this.#lose('A block ends with another length than it begins with; looking for the next one.')
        continue
      }
      window.skip(whole)
      if (this.#read(packet, type, at + 8, at + whole - 4)) return true
    }
  }

  /** Reads the body of one block at bytes[start, end). True: it was a packet. */
  #read(packet: Packet, type: number, start: number, end: number): boolean {
    switch (type) {
      case Block.EnhancedPacket:
        return this.#enhancedPacket(packet, start, end)
      case Block.SimplePacket:
        return this.#simplePacket(packet, start, end)
      case Block.ObsoletePacket:
        return this.#obsoletePacket(packet, start, end)
      default:
        this.#readOther(type, start, end)
        return false
    }
  }

  #enhancedPacket(packet: Packet, start: number, end: number): boolean {
    if (start + 20 > end) return this.#broken(start, 'An enhanced packet block is too short.')
    const view = this.#window.view
    const little = this.#little
    const captured = view.getUint32(start + 12, little)
    const data = start + 20
    if (captured > end - data) return this.#broken(start, 'A packet is longer than its block.')
    const id = view.getUint32(start, little)
    this.#emit(packet, id, data, captured, view.getUint32(start + 16, little))
    this.#stamp(packet, id, view.getUint32(start + 4, little), view.getUint32(start + 8, little))
    const options = data + ((captured + 3) & ~3)
    if (options < end) readComments(this.#notes, view, options, end, little, this.#number)
    return true
  }

  #simplePacket(packet: Packet, start: number, end: number): boolean {
    if (start + 4 > end) return this.#broken(start, 'A simple packet block is too short.')
    const original = this.#window.view.getUint32(start, this.#little)
    const snapLength = this.#interfaces[0]?.snapLength ?? 0
    let captured = Math.min(original, end - start - 4)
    if (snapLength > 0) captured = Math.min(captured, snapLength)
    this.#emit(packet, 0, start + 4, captured, original)
    // It carries no time. That of the packet before keeps the order.
    packet.time = this.#lastTime
    return true
  }

  #obsoletePacket(packet: Packet, start: number, end: number): boolean {
    if (start + 20 > end) return this.#broken(start, 'A packet block is too short.')
    const view = this.#window.view
    const little = this.#little
    const captured = view.getUint32(start + 12, little)
    if (captured > end - start - 20) return this.#broken(start, 'A packet is longer than its block.')
    const id = view.getUint16(start, little)
    this.#emit(packet, id, start + 20, captured, view.getUint32(start + 16, little))
    this.#stamp(packet, id, view.getUint32(start + 4, little), view.getUint32(start + 8, little))
    return true
  }

  #emit(packet: Packet, id: number, data: number, captured: number, original: number): void {
    const source = this.#interfaces[id]
    if (source === undefined && !this.#warnedInterface) {
      this.#warnedInterface = true
      this.#notes.warn(this.#window.base + data, `A packet names interface ${id}, which the file does not describe.`)
    }
    packet.bytes = this.#window.bytes
    packet.start = data
    packet.end = data + captured
    packet.wireLength = original < captured ? captured : original
    packet.number = ++this.#number
    packet.linkType = source === undefined ? UNKNOWN_LINK : source.linkType
    packet.interfaceId = id
  }

  #stamp(packet: Packet, id: number, high: number, low: number): void {
    const source = this.#interfaces[id]
    packet.time = source === undefined ? this.#lastTime : scaledTime(source.scale, high, low)
    this.#lastTime = packet.time
  }

  #readOther(type: number, start: number, end: number): void {
    const view = this.#window.view
    if (type === Block.Section) {
      this.#interfaces = []
      if (start + 16 <= end) readComments(this.#notes, view, start + 16, end, this.#little, 0)
    } else if (type === Block.Interface && start + 8 <= end) {
      this.#interfaces.push(readInterface(view, start, end, this.#little))
    } else if (type === Block.NameResolution) {
      readNames(this.#notes, this.#window.bytes, start, end, this.#little)
    } else if (type === Block.DecryptionSecrets && start + 8 <= end) {
      const length = Math.min(view.getUint32(start + 4, this.#little), end - start - 8)
      const bytes = this.#window.bytes.slice(start + 8, start + 8 + length)
      this.#notes.addSecrets(view.getUint32(start, this.#little), bytes)
    }
  }

  #broken(start: number, text: string): false {
    this.#notes.warn(this.#window.base + start, text)
    this.#skippedBytes += this.#window.position - start + 8
    return false
  }

  /** A block is not whole. True: try again, another one has been found behind what the file's end cut. */
  #starve(needs: number): boolean {
    const window = this.#window
    if (!window.final) {
      this.#needs = needs
      return false
    }
    const left = window.available
    if (left > 0) {
      if (findBlock(window.view, window.position + 1, window.end, this.#little, true) >= 0) {
        this.#lose(`A block claims ${needs} bytes, more than the file holds; looking for the next one.`)
        return true
      }
      this.#notes.warn(window.offset, `The last block is cut: ${left} of at least ${needs} bytes are there.`)
      this.#skippedBytes += left
      window.skip(left)
    }
    this.#finished = true
    return false
  }

  #lose(text: string): void {
    this.#notes.warn(this.#window.offset, text)
    this.#lost = true
    this.#advance(1)
  }

  #advance(count: number): void {
    this.#window.position += count
    this.#skippedBytes += count
  }

  #resynchronise(): boolean {
    const window = this.#window
    const found = findBlock(window.view, window.position, window.end, this.#little, window.final)
    this.#advance((found >= 0 ? found : -found - 1) - window.position)
    if (found >= 0) this.#lost = false
    else if (window.final) this.#finished = true
    // The candidate reaches beyond the window: twice the largest packet is enough to judge most of them.
    else this.#needs = Math.min(LARGEST_BLOCK, window.available * 2 + 12)
    return found >= 0
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
