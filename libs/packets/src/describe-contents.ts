import { toHex } from '@hindwire/bytes/hex.ts'
import { asciiStartsIgnoreCase } from '@hindwire/bytes/text.ts'

interface Description {
  readonly looksLike: string
  readonly reason: string
}

/** First bytes of files that people upload by mistake, and what to say about them. */
const SIGNATURES: readonly (readonly [hex: string, looksLike: string, reason: string])[] = [
  ['1f8b', 'gzip', 'It is gzip-compressed.'],
  ['28b52ffd', 'zstd', 'It is compressed with Zstandard.'],
  ['fd377a585a00', 'xz', 'It is xz-compressed; decompress it first.'],
  ['425a68', 'bzip2', 'It is bzip2-compressed; decompress it first.'],
  ['04224d18', 'lz4', 'It is LZ4-compressed; decompress it first.'],
  ['504b0304', 'zip', 'It is a ZIP archive; unpack it first.'],
  ['377abcaf271c', '7z', 'It is a 7-Zip archive; unpack it first.'],
  ['7f454c46', 'elf', 'It is an ELF program, not a capture.'],
  ['4d5a', 'exe', 'It is a Windows program, not a capture.'],
  ['25504446', 'pdf', 'It is a PDF document, not a capture.'],
  ['89504e47', 'png', 'It is a PNG image, not a capture.'],
  ['736e6f6f70', 'snoop', 'It is a Solaris snoop capture; convert it with editcap.'],
  ['524543563031', 'recv', 'It is a capture of another tool (RECV01); convert it with editcap.'],
  ['47434d', 'netmon', 'It is a Microsoft Network Monitor capture; convert it with editcap.'],
  ['474d4255', 'netmon', 'It is a Microsoft Network Monitor capture; convert it with editcap.'],
  ['54525343', 'netxray', 'It is a Sniffer capture; convert it with editcap.'],
  ['58435000', 'netxray', 'It is a NetXRay capture; convert it with editcap.'],
]

/** Magic numbers of pcap and pcapng: a file cut right behind one of them is still named. */
const CAPTURE_MAGIC = new Set(['a1b2c3d4', 'd4c3b2a1', 'a1b23c4d', '4d3cb2a1', 'a1b2cd34', '34cdb2a1', '0a0d0d0a'])

/** Says what a file that is no capture looks like. */
export function describeContents(first: Uint8Array): Description {
  if (first.length === 0) return { looksLike: 'empty', reason: 'The file is empty.' }
  const head = toHex(first, 0, Math.min(first.length, 8))
  for (const [hex, looksLike, reason] of SIGNATURES) if (head.startsWith(hex)) return { looksLike, reason }
  if (CAPTURE_MAGIC.has(head.slice(0, 8))) {
    return {
      looksLike: 'cut',
      reason: `It begins like a capture but its file header is cut or broken (${first.length} bytes).`,
    }
  }
  if (first.every((byte) => byte === 0)) return { looksLike: 'zeros', reason: 'It holds nothing but zero bytes.' }
  return (
    describeText(first) ?? { looksLike: 'unknown', reason: `It is no pcap or pcapng file: it begins with ${head}.` }
  )
}

function describeText(first: Uint8Array): Description | null {
  const end = Math.min(first.length, 512)
  let start = first[0] === 0xef && first[1] === 0xbb && first[2] === 0xbf ? 3 : 0
  while (start < end && first[start]! <= 0x20 && isTextByte(first[start]!)) start++
  for (let at = start; at < end; at++) if (!isTextByte(first[at]!)) return null
  if (asciiStartsIgnoreCase(first, start, end, '<!doctype html') || asciiStartsIgnoreCase(first, start, end, '<html')) {
    return {
      looksLike: 'html',
      reason: 'It is an HTML page, perhaps an error page that was saved instead of the capture.',
    }
  }
  if (first[start] === 0x3c) return { looksLike: 'xml', reason: 'It is XML, not a capture.' }
  if (first[start] === 0x7b || first[start] === 0x5b) return { looksLike: 'json', reason: 'It is JSON, not a capture.' }
  return { looksLike: 'text', reason: 'It is text, not a capture.' }
}

/** Tab, line ends, printable ASCII, and anything of UTF-8. */
function isTextByte(byte: number): boolean {
  return byte >= 0x20 ? byte !== 0x7f : byte === 9 || byte === 10 || byte === 13
}
