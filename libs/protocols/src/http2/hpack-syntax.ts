import { decodeHuffman, maxDecoded } from './hpack-huffman.ts'
import { LAST_PSEUDO, LAST_REQUEST_PSEUDO } from './hpack-static.ts'

/** What `checkBlock` found. One object, reused. */
export const block = {
  /** Fields that are valid HPACK. */
  fields: 0,
  /** Of these, pseudo fields of requests and of responses, as far as the static table names them. */
  requestPseudo: 0,
  responsePseudo: 0,
  /** The bytes ended within a field. */
  cut: false,
}

const scratch = new Uint8Array(maxDecoded(4096))
let at = 0

/**
 * Are bytes[start, end) a header block (RFC 7541, section 6), as far as can be told without the tables? Pseudo fields
 * precede all others (RFC 9113, section 8.3), and no field line is empty. Leaves what it found in `block`.
 */
export function checkBlock(bytes: Uint8Array, start: number, end: number): boolean {
  at = start
  block.fields = 0
  block.requestPseudo = 0
  block.responsePseudo = 0
  block.cut = false
  let regular = false
  while (at < end) {
    const first = bytes[at] as number
    const isUpdate = (first & 0xe0) === 0x20
    const index = integer(bytes, end, first >= 0x80 ? 127 : first >= 0x40 ? 63 : isUpdate ? 31 : 15)
    if (index === CUT) return cut()
    if (index < 0 || (first >= 0x80 && index === 0)) return false
    if (isUpdate) {
      if (block.fields > 0) return false
      continue
    }
    if (first < 0x80) {
      const state = literal(bytes, end, index)
      if (state === CUT) return cut()
      if (state < 0) return false
    }
    block.fields++
    if (index > 0 && index <= LAST_PSEUDO) {
      if (regular) return false
      if (index <= LAST_REQUEST_PSEUDO) block.requestPseudo++
      else block.responsePseudo++
    } else if (index > LAST_PSEUDO && index < 62) regular = true
  }
  return block.fields > 0 && !(block.requestPseudo > 0 && block.responsePseudo > 0) && block.responsePseudo < 2
}

const CUT = -2

function cut(): boolean {
  block.cut = true
  return !(block.requestPseudo > 0 && block.responsePseudo > 0)
}

function literal(bytes: Uint8Array, end: number, index: number): number {
  if (index === 0) {
    const name = string(bytes, end, true)
    if (name <= 0) return name === 0 ? -1 : name
  }
  return string(bytes, end, false)
}

/** Length of the string literal at the cursor, -1 when it is none, CUT when it goes beyond the end. */
function string(bytes: Uint8Array, end: number, isName: boolean): number {
  if (at >= end) return CUT
  const huffman = (bytes[at] as number) >= 0x80
  const length = integer(bytes, end, 127)
  if (length < 0) return length
  if (length > end - at) return length > 65_536 ? -1 : CUT
  const start = at
  at += length
  if (huffman) {
    if (length > 4096) return length
    const decoded = decodeHuffman(bytes, start, at, scratch, 0)
    return decoded >= 0 && isText(scratch, 0, decoded, isName) ? length : -1
  }
  return isText(bytes, start, at, isName) ? length : -1
}

/** Names are lower case tokens, values have no control characters (RFC 9113, section 8.2.1). */
function isText(bytes: Uint8Array, start: number, end: number, isName: boolean): boolean {
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number
    if ((byte < 0x20 && byte !== 9) || byte === 0x7f) return false
    if (isName && (byte === 0x20 || byte > 0x7f || (byte >= 0x41 && byte <= 0x5a))) return false
  }
  return true
}

function integer(bytes: Uint8Array, end: number, mask: number): number {
  let value = (bytes[at++] as number) & mask
  if (value < mask) return value
  for (let shift = 0; shift <= 21; shift += 7) {
    if (at >= end) return CUT
    const byte = bytes[at++] as number
    value += (byte & 127) << shift
    if (byte < 128) return value
  }
  return -1
}
