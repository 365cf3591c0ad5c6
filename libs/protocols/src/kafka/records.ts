import { u32be } from '@hindwire/bytes/endian.ts'

import { compressionName, decompress } from './compression.ts'
import { MAX_RECORDS } from './limits.ts'
import type { RecordSet, Struct } from './types.ts'

/*
 * record-batch (magic 2) = base-offset:8 length:4 leader-epoch:4 magic:1 crc:4 attributes:2 last-offset-delta:4
 *   base-timestamp:8 max-timestamp:8 producer-id:8 producer-epoch:2 base-sequence:4 count:4 *record
 * record = length:varint attributes:1 timestamp-delta:varlong offset-delta:varint key:varbytes value:varbytes
 *   header-count:varint *(key:varbytes value:varbytes)
 * message (magic 0, 1) = offset:8 size:4 crc:4 magic:1 attributes:1 [timestamp:8] key:bytes value:bytes
 */

const BATCH_HEADER_BYTES = 61
const LENGTH_END = 12
const MAGIC_AT = 16
const TWO_32 = 0x1_0000_0000
const Attribute = { Transactional: 0x10, Control: 0x20 } as const

/** A record as it is written to a body. Positions are in `bytes`; -1 where there is no key or value. */
export interface RecordView {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** ms since the Unix epoch; -1 where the format has none. */
  readonly timestamp: number
  readonly bytes: Uint8Array
  readonly keyStart: number
  readonly keyEnd: number
  readonly valueStart: number
  readonly valueEnd: number
  readonly headers: readonly (readonly [string, number, number])[]
}

export type RecordSink = (record: RecordView) => void

/** Reads the batches of one message's record sets. */
export class RecordReader {
  readonly #sink: RecordSink
  /** Records that the batches say they hold. */
  total = 0
  /** Records given to the sink. */
  read = 0
  /** Some were left out: cut bytes, a limit, a compression that cannot be read. */
  incomplete = false

  constructor(sink: RecordSink) {
    this.#sink = sink
  }

  readSet(bytes: Uint8Array, set: RecordSet): void {
    if (!set.whole) this.incomplete = true
    const batches: Struct[] = []
    for (let at = set.start; at + MAGIC_AT < set.end;) {
      const length = u32be(bytes, at + 8)
      const next = at + LENGTH_END + length
      const batch =
        bytes[at + MAGIC_AT] === 2
          ? this.#batch(bytes, at, Math.min(next, set.end), set)
          : this.#message(bytes, at, Math.min(next, set.end), set, true)
      if (batch === null) {
        this.incomplete = true
        break
      }
      if (batches.length < MAX_RECORDS) batches.push(batch)
      // Brokers cut the last batch of an answer where the reader's limit is reached.
      if (next > set.end) this.incomplete = true
      at = next
    }
    set.target['batches'] = batches
  }

  #batch(bytes: Uint8Array, at: number, end: number, set: RecordSet): Struct | null {
    if (end - at < BATCH_HEADER_BYTES) return null
    const attributes = (bytes[at + 21]! << 8) | bytes[at + 22]!
    const compression = compressionName(attributes)
    const count = u32be(bytes, at + 57)
    const baseOffset = i64(bytes, at)
    const producerId = i64(bytes, at + 43)
    this.total += count
    const batch: Struct = { base_offset: baseOffset, magic: 2, compression, count }
    if (producerId >= 0) batch['producer_id'] = producerId
    if ((attributes & Attribute.Transactional) !== 0) batch['transactional'] = true
    if ((attributes & Attribute.Control) !== 0) batch['control'] = true
    const content =
      this.read < MAX_RECORDS ? decompress(compression, bytes.subarray(at + BATCH_HEADER_BYTES, end)) : null
    if (content === null) {
      this.incomplete = true
      return batch
    }
    const cursor = new RecordCursor(content)
    for (let n = 0; n < count; n++) {
      const record = this.read < MAX_RECORDS ? cursor.next(set, baseOffset, i64(bytes, at + 27)) : null
      if (record === null) {
        this.incomplete = true
        break
      }
      this.read++
      this.#sink(record)
    }
    return batch
  }

  /** A message of format 0 or 1; a compressed one holds a message set. */
  #message(bytes: Uint8Array, at: number, end: number, set: RecordSet, outer: boolean): Struct | null {
    const magic = bytes[at + MAGIC_AT]!
    const header = magic === 0 ? 18 : 26
    if (magic > 1 || at + header + 8 > end) return null
    const compression = compressionName(bytes[at + 17]!)
    const keyLength = u32be(bytes, at + header) | 0
    const keyStart = at + header + 4
    const keyEnd = keyStart + Math.max(0, keyLength)
    if (keyEnd + 4 > end) return null
    const valueLength = u32be(bytes, keyEnd) | 0
    const valueStart = keyEnd + 4
    const valueEnd = Math.min(end, valueStart + Math.max(0, valueLength))
    const offset = i64(bytes, at)
    const batch: Struct = { base_offset: offset, magic, compression }
    if (compression !== 'none') {
      const content = outer ? decompress(compression, bytes.subarray(valueStart, valueEnd)) : null
      if (content === null) this.incomplete = true
      else batch['count'] = this.#messages(content, set)
      return batch
    }
    this.total++
    batch['count'] = 1
    if (this.read >= MAX_RECORDS || valueStart + valueLength > end) {
      this.incomplete = true
      return batch
    }
    this.read++
    this.#sink({
      topic: set.topic,
      partition: set.partition,
      offset,
      timestamp: magic === 0 ? -1 : i64(bytes, at + 18),
      bytes,
      keyStart: keyLength < 0 ? -1 : keyStart,
      keyEnd,
      valueStart: valueLength < 0 ? -1 : valueStart,
      valueEnd,
      headers: [],
    })
    return batch
  }

  #messages(content: Uint8Array, set: RecordSet): number {
    let count = 0
    for (let at = 0; at + MAGIC_AT < content.length;) {
      const next = at + LENGTH_END + u32be(content, at + 8)
      if (next > content.length || this.#message(content, at, next, set, false) === null) {
        this.incomplete = true
        break
      }
      count++
      at = next
    }
    return count
  }
}

/** Signed 64 bit; exact up to 2^53. */
function i64(bytes: Uint8Array, at: number): number {
  return (u32be(bytes, at) | 0) * TWO_32 + u32be(bytes, at + 4)
}

/** Walks over the records of a batch of format 2. */
class RecordCursor {
  readonly #bytes: Uint8Array
  #at = 0
  #failed = false

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** The next record; null when it is not whole. */
  next({ topic, partition }: RecordSet, baseOffset: number, baseTimestamp: number): RecordView | null {
    const bytes = this.#bytes
    const length = this.#varint()
    const end = this.#at + length
    if (this.#failed || length < 1 || end > bytes.length) return null
    this.#at++
    const timestamp = baseTimestamp + this.#varint()
    const offset = baseOffset + this.#varint()
    const keyLength = this.#varint()
    const keyStart = this.#take(keyLength, end)
    const valueLength = this.#varint()
    const valueStart = this.#take(valueLength, end)
    const headers = this.#headers(end)
    if (this.#failed) return null
    this.#at = end
    const keyEnd = keyStart + keyLength
    return {
      topic,
      partition,
      offset,
      timestamp,
      bytes,
      keyStart,
      keyEnd,
      valueStart,
      valueEnd: valueStart + valueLength,
      headers,
    }
  }

  #headers(end: number): (readonly [string, number, number])[] {
    const headers: (readonly [string, number, number])[] = []
    const count = this.#varint()
    for (let n = 0; n < count && !this.#failed; n++) {
      const keyLength = this.#varint()
      const keyStart = this.#take(keyLength, end)
      const valueLength = this.#varint()
      const valueStart = this.#take(valueLength, end)
      if (this.#failed || keyStart < 0) break
      const key = Buffer.from(this.#bytes.subarray(keyStart, keyStart + keyLength)).toString()
      headers.push([key, valueStart, valueStart + valueLength])
    }
    return headers
  }

  /** Start of a range of `length` bytes; -1 for a null one. */
  #take(length: number, end: number): number {
    if (length < 0) return -1
    const at = this.#at
    if (length > end - at) this.#failed = true
    else this.#at += length
    return at
  }

  /** Zigzag varint of up to 64 bit; exact up to 2^53. */
  #varint(): number {
    let value = 0
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.#at >= this.#bytes.length) break
      const byte = this.#bytes[this.#at++]!
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2
    }
    this.#failed = true
    return 0
  }
}
