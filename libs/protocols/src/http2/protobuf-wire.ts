/** Reads the wire format of Protocol Buffers: records of a tag and a value (protobuf.dev, "Encoding"). */

export const WireType = { Varint: 0, I64: 1, Len: 2, StartGroup: 3, EndGroup: 4, I32: 5 } as const

const LARGEST_FIELD = 0x1fff_ffff

/** Low and high half of the varint that `varint` has read. */
export let low = 0
export let high = 0

/** Reads a varint of up to ten bytes at `at`; returns the position behind it, or -1. The value is in `low`, `high`. */
export function varint(bytes: Uint8Array, at: number, end: number): number {
  low = 0
  high = 0
  for (let n = 0; n < 10; n++) {
    if (at >= end) return -1
    const byte = bytes[at++] as number
    const bits = byte & 127
    if (n < 4) low |= bits << (n * 7)
    else if (n === 4) {
      low |= bits << 28
      high = bits >> 4
    } else high |= bits << (n * 7 - 32)
    if (byte < 128) {
      low >>>= 0
      high >>>= 0
      return at
    }
  }
  return -1
}

/** Field number and wire type of the record that `record` has read, and the range of its value. */
export let field = 0
export let wireType = 0
export let valueStart = 0
export let valueEnd = 0

/** Reads the record at `at`; returns the position behind it, or -1 when there is none. Groups end the reading. */
export function record(bytes: Uint8Array, at: number, end: number): number {
  let next = varint(bytes, at, end)
  if (next < 0 || high !== 0) return -1
  field = low >>> 3
  wireType = low & 7
  if (field === 0 || field > LARGEST_FIELD) return -1
  valueStart = next
  switch (wireType) {
    case WireType.Varint:
      next = varint(bytes, next, end)
      break
    case WireType.I64:
      next += 8
      break
    case WireType.I32:
      next += 4
      break
    case WireType.Len:
      next = varint(bytes, next, end)
      if (next < 0 || high !== 0) return -1
      valueStart = next
      next += low
      break
    default:
      return -1
  }
  valueEnd = next
  return next <= end ? next : -1
}

/** Are bytes[start, end) records from the first to the last byte? An empty range is a message without fields. */
export function isMessage(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start
  while (at < end) {
    at = record(bytes, at, end)
    if (at < 0) return false
  }
  return at === end
}
