/** Frames and header blocks for tests, made from their parts. Own work. */
import { Flag, FrameType, PREFACE } from '../constants.ts'

export type Part = string | Uint8Array

export function join(...parts: Part[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part as string))))
}

export function frame(type: number, flags: number, stream: number, payload: Part = ''): Uint8Array {
  const bytes = Buffer.from(payload as string)
  const head = Buffer.alloc(9)
  head.writeUIntBE(bytes.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return join(head, bytes)
}

/** Integer with a prefix (RFC 7541, section 5.1). */
function integer(value: number, mask: number, high: number): number[] {
  if (value < mask) return [high | value]
  const out = [high | mask]
  let rest = value - mask
  for (; rest >= 128; rest >>>= 7) out.push((rest & 127) | 128)
  return [...out, rest]
}

const text = (value: string): Uint8Array => join(Uint8Array.from(integer(value.length, 127, 0)), value)

export const indexed = (index: number): Uint8Array => Uint8Array.from(integer(index, 127, 0x80))
export const sizeUpdate = (size: number): Uint8Array => Uint8Array.from(integer(size, 31, 0x20))
/** Literal with a new name; it enters the table when `index` is true. */
export const literal = (name: string, value: string, index = true): Uint8Array =>
  join(Uint8Array.of(index ? 0x40 : 0), text(name), text(value))
/** Literal with the name of an entry. */
export const named = (entry: number, value: string, index = true): Uint8Array =>
  join(Uint8Array.from(index ? integer(entry, 63, 0x40) : integer(entry, 15, 0)), text(value))

export const GET = indexed(2)
export const POST = indexed(3)
export const HTTP = indexed(6)
export const OK = indexed(8)
export const path = (value: string, index = false): Uint8Array => named(4, value, index)

const ends = (end: boolean): number => (end ? Flag.EndStream : 0)

export const headers = (stream: number, end: boolean, ...block: Part[]): Uint8Array =>
  frame(FrameType.Headers, Flag.EndHeaders | ends(end), stream, join(...block))
export const data = (stream: number, end: boolean, payload: Part): Uint8Array =>
  frame(FrameType.Data, ends(end), stream, payload)
export const settings = (...pairs: (readonly [id: number, value: number])[]): Uint8Array => {
  const payload = Buffer.alloc(pairs.length * 6)
  for (const [at, [id, value]] of pairs.entries()) {
    payload.writeUInt16BE(id, at * 6)
    payload.writeUInt32BE(value, at * 6 + 2)
  }
  return frame(FrameType.Settings, 0, 0, payload)
}
export const reset = (stream: number, code: number): Uint8Array =>
  frame(FrameType.RstStream, 0, stream, Uint8Array.of(0, 0, 0, code))
export const goAway = (last: number, code: number): Uint8Array =>
  frame(FrameType.GoAway, 0, 0, Uint8Array.of(0, 0, 0, last, 0, 0, 0, code))
/** The beginning of a connection, by side. */
export const clientStart = join(PREFACE, settings([3, 100]))
export const serverStart = settings([3, 100])
/** A Length-Prefixed-Message. */
export const message = (payload: Part, compressed = 0): Uint8Array => {
  const bytes = Buffer.from(payload as string)
  const prefix = Buffer.alloc(5)
  prefix[0] = compressed
  prefix.writeUInt32BE(bytes.length, 1)
  return join(prefix, bytes)
}
