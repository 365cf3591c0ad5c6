import { u32be } from '@hindwire/bytes/endian.ts'
import { formatIpv4, formatIpv6 } from '@hindwire/bytes/format-ip.ts'
import { findByte, utf8 } from '@hindwire/bytes/text.ts'

import type { CaptureNotes } from './capture-notes.ts'
import { timeScale } from './pcapng-time.ts'
import type { TimeScale } from './pcapng-time.ts'

/** What an interface description block says of the packets that name it. */
export interface Interface {
  readonly linkType: number
  /** 0 for unlimited. */
  readonly snapLength: number
  readonly scale: TimeScale
}

const OPT_END = 0
const OPT_COMMENT = 1
const IF_TSRESOL = 9
const IF_TSOFFSET = 14

type OnOption = (code: number, start: number, length: number) => void

/** Calls back for each option in [start, end); a broken length ends the list. */
function eachOption(view: DataView, start: number, end: number, little: boolean, onOption: OnOption): void {
  let at = start
  while (at + 4 <= end) {
    const code = view.getUint16(at, little)
    const length = view.getUint16(at + 2, little)
    if (code === OPT_END || at + 4 + length > end) return
    onOption(code, at + 4, length)
    at += 4 + ((length + 3) & ~3)
  }
}

/** An interface description block, its body at [start, end), at least 8 bytes. */
export function readInterface(view: DataView, start: number, end: number, little: boolean): Interface {
  let resolution = 6
  let offset = 0
  eachOption(view, start + 8, end, little, (code, at, length) => {
    if (code === IF_TSRESOL && length === 1) resolution = view.getUint8(at)
    if (code === IF_TSOFFSET && length === 8) offset = Number(view.getBigInt64(at, little))
  })
  return {
    linkType: view.getUint16(start, little),
    snapLength: view.getUint32(start + 4, little),
    scale: timeScale(resolution, offset),
  }
}

/** Keeps the comments among the options at [start, end). */
export function readComments(
  notes: CaptureNotes,
  view: DataView,
  start: number,
  end: number,
  little: boolean,
  packet: number,
): void {
  eachOption(view, start, end, little, (code, at, length) => {
    if (code !== OPT_COMMENT) return
    const bytes = new Uint8Array(view.buffer, view.byteOffset + at, length)
    notes.addComment(packet, utf8(bytes, 0, length))
  })
}

const NRB_IPV4 = 1
const NRB_IPV6 = 2

/** A name resolution block: records of an address and zero-terminated names. */
export function readNames(notes: CaptureNotes, bytes: Uint8Array, start: number, end: number, little: boolean): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  eachOption(view, start, end, little, (type, at, length) => {
    if (type === NRB_IPV4 && length > 4) {
      notes.addName(formatIpv4(u32be(bytes, at)), readNameList(bytes, at + 4, at + length))
    } else if (type === NRB_IPV6 && length > 16) {
      const address = formatIpv6(u32be(bytes, at), u32be(bytes, at + 4), u32be(bytes, at + 8), u32be(bytes, at + 12))
      notes.addName(address, readNameList(bytes, at + 16, at + length))
    }
  })
}

function readNameList(bytes: Uint8Array, start: number, end: number): string[] {
  const names: string[] = []
  let at = start
  while (at < end) {
    const zero = findByte(bytes, at, end, 0)
    const stop = zero < 0 ? end : zero
    if (stop > at) names.push(utf8(bytes, at, stop))
    at = stop + 1
  }
  return names
}
