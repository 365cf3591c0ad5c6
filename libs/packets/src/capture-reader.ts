import type { CaptureExtras, Warning } from './capture-notes.ts'
import { describeContents } from './describe-contents.ts'
import type { Packet } from './packet.ts'
import { pcapHeader } from './pcap-header.ts'
import { PcapReader } from './pcap-reader.ts'
import { isPcapng, PcapngReader } from './pcapng-reader.ts'

/**
 * Reads packets from windows of a capture file that the I/O layer refills:
 *
 *     reader.begin(window, 0, filled, atEndOfFile)
 *     while (reader.next(packet)) { … }
 *     // then: move bytes from reader.position to the front, fill up, begin again, until reader.finished
 *
 * The first window starts at the first byte of the file, the file header included. Nothing is copied: `packet.bytes`
 * is the window.
 */
export interface CaptureReader {
  readonly format: 'pcap' | 'pcapng'
  /** Hands over bytes[start, end): the file from where `position` stood. `final`: the file ends at `end`. */
  begin(bytes: Uint8Array, start: number, end: number, final: boolean): void
  /** Fills the record part of `packet`. False: the window is used up, or the file is finished. */
  next(packet: Packet): boolean
  /** First byte of the window that is not consumed. */
  readonly position: number
  /** After `next` returned false: how many bytes from `position` on the next record needs; 0 when not known. */
  readonly needs: number
  /** True once the whole file has been read. */
  readonly finished: boolean
  /** Packets read so far. */
  readonly packets: number
  /** Bytes of broken records that were stepped over. */
  readonly skippedBytes: number
  readonly warnings: readonly Warning[]
  readonly extras: CaptureExtras
}

export type OpenedCapture =
  | { readonly kind: 'capture'; readonly reader: CaptureReader }
  | {
      readonly kind: 'unreadable'
      /** Short name of what it looks like: `gzip`, `zstd`, `html`, `json`, `elf`, `empty`, `text`, … */
      readonly looksLike: string
      /** A sentence for people. */
      readonly reason: string
    }

/** How many of a file's first bytes `openCapture` should be given: enough to tell the variants of pcap apart. */
export const OPEN_BYTES = 64 * 1024

/** Recognises a capture file by its first bytes (the whole file, where it is shorter than OPEN_BYTES). */
export function openCapture(first: Uint8Array): OpenedCapture {
  const header = pcapHeader(first)
  if (header !== null) return { kind: 'capture', reader: new PcapReader(header) }
  if (isPcapng(first)) return { kind: 'capture', reader: new PcapngReader() }
  return { kind: 'unreadable', ...describeContents(first) }
}
