import { Slab } from '@hindwire/bytes/keep.ts'

import { HeaderField, UNKNOWN_FIELD } from './header-field.ts'
import { decodeHuffman, maxDecoded } from './hpack-huffman.ts'
import { staticTable } from './hpack-static.ts'
import { DynamicTable } from './hpack-table.ts'
import { LATE_TABLE_BYTES, MAX_FIELD_LIST_BYTES, MAX_FIELDS } from './limits.ts'

/** How a header block was read. */
export const BlockResult = {
  Whole: 0,
  /** Some fields stand in table entries that were never seen. */
  Incomplete: 1,
  /** The block is not valid HPACK, or was cut: the fields up to there are given, and the table is void. */
  Broken: 2,
} as const
export type BlockResult = (typeof BlockResult)[keyof typeof BlockResult]

const staticFields: readonly HeaderField[] = [
  UNKNOWN_FIELD,
  ...staticTable.map(([name, value]) => {
    const bytes = Buffer.from(name + value, 'latin1')
    return new HeaderField(new Uint8Array(bytes), 0, name.length, bytes.length)
  }),
]
const FIRST_DYNAMIC = staticFields.length

const slab = new Slab()
/** Name and value of the field being decoded; grows to the largest block. */
let scratch = new Uint8Array(8192)

/**
 * Decodes the header blocks of one direction (RFC 7541). Our own: the packages to be had throw at the first reference
 * to an entry from before the capture, which is the usual case here, and make strings of everything.
 */
export class HpackDecoder {
  readonly table = new DynamicTable()
  #bytes: Uint8Array = new Uint8Array(0)
  #at = 0
  #end = 0

  /** The beginning of the connection was not seen, or something was lost: entries are there that nobody knows. */
  forget(): void {
    this.table.forget()
    this.table.resize(LATE_TABLE_BYTES)
  }

  /** Reads the block bytes[start, end) and appends its fields to `fields`. */
  decode(bytes: Uint8Array, start: number, end: number, fields: HeaderField[]): BlockResult {
    this.#bytes = bytes
    this.#at = start
    this.#end = end
    let incomplete = false
    let total = 0
    while (this.#at < end) {
      const first = bytes[this.#at] as number
      if ((first & 0xe0) === 0x20) {
        const size = this.#integer(31)
        if (size < 0) return this.#broken()
        this.table.resize(size)
        continue
      }
      const field = this.#field(first)
      if (field === null) return this.#broken()
      if (field.nameUnknown) incomplete = true
      total += field.size
      if (fields.length >= MAX_FIELDS || total > MAX_FIELD_LIST_BYTES) incomplete = true
      else fields.push(field)
    }
    return incomplete ? BlockResult.Incomplete : BlockResult.Whole
  }

  #broken(): BlockResult {
    this.forget()
    return BlockResult.Broken
  }

  /** Representations of section 6; `first` is the byte at the cursor. */
  #field(first: number): HeaderField | null {
    if (first >= 0x80) {
      const index = this.#integer(127)
      return index <= 0 ? null : this.#entry(index)
    }
    // Literal with incremental indexing (6.2.1), without indexing (6.2.2), never indexed (6.2.3).
    const indexed = first >= 0x40
    const index = this.#integer(indexed ? 63 : 15)
    if (index < 0) return null
    const field = this.#literal(index)
    if (field !== null && indexed) this.table.add(field)
    return field
  }

  #entry(index: number): HeaderField {
    return index < FIRST_DYNAMIC ? (staticFields[index] as HeaderField) : this.table.at(index - FIRST_DYNAMIC)
  }

  #literal(index: number): HeaderField | null {
    let nameEnd = 0
    let unknown = false
    if (index === 0) {
      nameEnd = this.#string(0)
      if (nameEnd < 0) return null
    } else {
      const named = this.#entry(index)
      unknown = named.nameUnknown
      nameEnd = named.nameEnd - named.nameStart
      room(nameEnd)
      for (let i = 0; i < nameEnd; i++) scratch[i] = named.bytes[named.nameStart + i] as number
    }
    const valueEnd = this.#string(nameEnd)
    if (valueEnd < 0) return null
    const at = slab.copy(scratch, 0, valueEnd)
    return new HeaderField(slab.bytes, at, at + nameEnd, at + valueEnd, unknown)
  }

  /** String literal (section 5.2), into the scratch from `to`; its end there, or -1. */
  #string(to: number): number {
    if (this.#at >= this.#end) return -1
    const huffman = (this.#bytes[this.#at] as number) >= 0x80
    const length = this.#integer(127)
    const start = this.#at
    if (length < 0 || length > this.#end - start) return -1
    this.#at = start + length
    if (huffman) {
      room(to + maxDecoded(length))
      return decodeHuffman(this.#bytes, start, start + length, scratch, to)
    }
    room(to + length)
    const bytes = this.#bytes
    for (let i = 0; i < length; i++) scratch[to + i] = bytes[start + i] as number
    return to + length
  }

  /** Integer with a prefix of `mask` (section 5.1); -1 when it does not end, or is above 2^31. */
  #integer(mask: number): number {
    const bytes = this.#bytes
    let value = (bytes[this.#at++] as number) & mask
    if (value < mask) return value
    for (let shift = 0; shift <= 28; shift += 7) {
      if (this.#at >= this.#end) return -1
      const byte = bytes[this.#at++] as number
      value += (byte & 127) * 2 ** shift
      if (byte < 128) return value > 0x7fff_ffff ? -1 : value
    }
    return -1
  }
}

function room(length: number): void {
  if (length <= scratch.length) return
  const grown = new Uint8Array(length * 2)
  grown.set(scratch)
  scratch = grown
}
