import { u16be, u16le, u32be, u32le } from '@hindwire/bytes/endian.ts'

/** The file header of a pcap file (draft-ietf-opsawg-pcap, section 4), and what was found out about its records. */
export interface PcapHeader {
  readonly littleEndian: boolean
  /** Record times count nanoseconds instead of microseconds. */
  readonly nanoseconds: boolean
  /** LINKTYPE_ value. */
  readonly linkType: number
  /** Longest record, in bytes, as the file says. */
  readonly snapLength: number
  readonly fileHeaderBytes: number
  readonly recordHeaderBytes: number
  /** Versions before 2.3 wrote the two record lengths in the other order, 2.3 did sometimes. */
  readonly lengths: 'in-order' | 'swapped' | 'maybe-swapped'
}

interface Magic {
  readonly nanoseconds: boolean
  /** File and record header sizes of the programs that used this magic number, the likeliest first. */
  readonly shapes: readonly (readonly [fileHeader: number, recordHeader: number])[]
}

/**
 * Magic numbers, as in libpcap and Wireshark's wiretap/libpcap.c. Some programs changed the record header but not the
 * magic number; the first records tell which it is.
 */
const MAGIC: ReadonlyMap<number, Magic> = new Map([
  // The standard, Alexey Kuznetzov's first patch, Nokia's.
  [
    0xa1b2c3d4,
    {
      nanoseconds: false,
      shapes: [
        [24, 16],
        [24, 24],
        [24, 20],
      ],
    },
  ],
  [0xa1b23c4d, { nanoseconds: true, shapes: [[24, 16]] }],
  // Kuznetzov's second patch: interface index, protocol and packet type behind the lengths.
  [
    0xa1b2cd34,
    {
      nanoseconds: false,
      shapes: [
        [24, 24],
        [24, 28],
        [24, 16],
      ],
    },
  ],
  // Ixia's, hardware and software; a file size follows the header.
  [
    0x1c0001ac,
    {
      nanoseconds: true,
      shapes: [
        [28, 16],
        [24, 16],
      ],
    },
  ],
  [
    0x1c0001ab,
    {
      nanoseconds: true,
      shapes: [
        [28, 16],
        [24, 16],
      ],
    },
  ],
])

/** Records looked at to tell the variants apart. */
const PROBE_RECORDS = 8

/** Reads the file header; null when it is no pcap file. */
export function pcapHeader(first: Uint8Array): PcapHeader | null {
  if (first.length < 24) return null
  const big = MAGIC.get(u32be(first, 0))
  const magic = big ?? MAGIC.get(u32le(first, 0))
  if (magic === undefined) return null
  const littleEndian = big === undefined
  const u16 = littleEndian ? u16le : u16be
  const u32 = littleEndian ? u32le : u32be
  if (u16(first, 4) > 2) return null
  const minor = u16(first, 6)
  const snapLength = u32(first, 16)
  const [fileHeaderBytes, recordHeaderBytes] = likeliestShape(first, magic, u32)
  return {
    littleEndian,
    nanoseconds: magic.nanoseconds,
    // The upper bits tell the length of a frame check sequence, if any; nothing here needs it.
    linkType: u32(first, 20) & 0xffff,
    snapLength,
    fileHeaderBytes,
    recordHeaderBytes,
    lengths: minor < 3 ? 'swapped' : minor === 3 ? 'maybe-swapped' : 'in-order',
  }
}

type Shape = readonly [fileHeader: number, recordHeader: number]

/** The shape under which most of the first records make sense; the earliest of equals. */
function likeliestShape(first: Uint8Array, magic: Magic, u32: (bytes: Uint8Array, at: number) => number): Shape {
  let best: Shape = magic.shapes[0]!
  let bestScore = -1
  for (const shape of magic.shapes) {
    const score = plausibleRecords(first, shape, u32)
    if (score > bestScore) {
      best = shape
      bestScore = score
    }
  }
  return best
}

function plausibleRecords(first: Uint8Array, shape: Shape, u32: (bytes: Uint8Array, at: number) => number): number {
  const [fileHeader, recordHeader] = shape
  let at = fileHeader
  let seconds = -1
  for (let count = 0; count < PROBE_RECORDS; count++) {
    if (at + recordHeader > first.length) return at === first.length ? PROBE_RECORDS : count
    const time = u32(first, at)
    const captured = u32(first, at + 8)
    if (captured > MAX_RECORD || u32(first, at + 12) > 0xffffff) return count
    if (seconds >= 0 && Math.abs(time - seconds) > 86_400 * 365) return count
    seconds = time
    at += recordHeader + captured
  }
  return PROBE_RECORDS
}

/** Longest record that libpcap and Wireshark accept for ordinary link types, in bytes. */
export const MAX_RECORD = 262_144
