import { isUtf8 } from 'node:buffer'

const HEX = '0123456789abcdef'

/** Bytes of text under construction. One is reused for many rows: whoever takes its bytes copies them. */
export class TextOut {
  bytes: Uint8Array = new Uint8Array(1024)
  length = 0

  clear(): void {
    this.length = 0
  }

  byte(value: number): void {
    if (this.length === this.bytes.length) this.#grow(1)
    this.bytes[this.length++] = value
  }

  ascii(text: string): void {
    if (this.length + text.length > this.bytes.length) this.#grow(text.length)
    for (let i = 0; i < text.length; i++) this.bytes[this.length++] = text.charCodeAt(i)
  }

  copy(source: Uint8Array, start: number, end: number): void {
    const count = end - start
    if (this.length + count > this.bytes.length) this.#grow(count)
    if (count <= 64) for (let at = start; at < end; at++) this.bytes[this.length++] = source[at]!
    else {
      this.bytes.set(source.subarray(start, end), this.length)
      this.length += count
    }
  }

  hex(value: number): void {
    this.ascii(HEX[value >> 4]! + HEX[value & 15]!)
  }

  /** Cuts to at most `limit` bytes, between characters. */
  truncate(limit: number): void {
    if (this.length > limit) this.length = characterEnd(this.bytes, 0, limit)
  }

  #grow(count: number): void {
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count))
    larger.set(this.bytes.subarray(0, this.length))
    this.bytes = larger
  }
}

/** `end`, or the start of the UTF-8 character that is cut there. */
export function characterEnd(bytes: Uint8Array, start: number, end: number): number {
  for (let back = 1; back <= 3 && end - back >= start; back++) {
    const byte = bytes[end - back]!
    if (byte < 0x80) return end
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? end - back : end
  }
  return end
}

export const Text = { Plain: 0, Spaced: 1, Binary: 2 } as const
export type Text = (typeof Text)[keyof typeof Text]

/** Plain: no need of quotes. Spaced: UTF-8 text with spaces or quotes. Binary: control characters, or not UTF-8. */
export function textKind(bytes: Uint8Array, start: number, end: number): Text {
  let kind: Text = start === end ? Text.Spaced : Text.Plain
  let high = false
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!
    if (byte >= 0x80) high = true
    else if (byte < 0x20 || byte === 0x7f) return Text.Binary
    else if (byte === 0x20 || byte === 0x22 || byte === 0x27) kind = Text.Spaced
  }
  return high && !isUtf8(bytes.subarray(start, end)) ? Text.Binary : kind
}

/** In double quotes with redis-cli's escapes; UTF-8 text stays as it is. */
export function writeQuoted(out: TextOut, bytes: Uint8Array, start: number, end: number, utf8: boolean): void {
  out.byte(0x22)
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!
    if (byte === 0x22 || byte === 0x5c) {
      out.byte(0x5c)
      out.byte(byte)
    } else if (byte === 0x0a) out.ascii('\\n')
    else if (byte === 0x0d) out.ascii('\\r')
    else if (byte === 0x09) out.ascii('\\t')
    else if (byte < 0x20 || byte === 0x7f || (byte >= 0x80 && !utf8)) {
      out.ascii('\\x')
      out.hex(byte)
    } else out.byte(byte)
  }
  out.byte(0x22)
}

/** A JSON string; an object with base64 where the bytes are not UTF-8; with `size` where they are not all. */
export function writeJsonString(out: TextOut, bytes: Uint8Array, start: number, end: number, size: number): void {
  const cut = size > end - start
  const to = cut && end > start ? characterEnd(bytes, start, end) : end
  const binary = textKind(bytes, start, to) === Text.Binary && !isUtf8(bytes.subarray(start, to))
  if (binary) {
    out.ascii('{"base64":"')
    out.ascii(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('base64'))
    out.byte(0x22)
  } else {
    if (cut) out.ascii('{"text":')
    writeJsonText(out, bytes, start, to)
  }
  if (cut) {
    out.ascii(',"size":')
    out.ascii(String(size))
  }
  if (cut || binary) out.byte(0x7d)
}

function writeJsonText(out: TextOut, bytes: Uint8Array, start: number, end: number): void {
  out.byte(0x22)
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!
    if (byte === 0x22 || byte === 0x5c) {
      out.byte(0x5c)
      out.byte(byte)
    } else if (byte < 0x20) {
      out.ascii('\\u00')
      out.hex(byte)
    } else out.byte(byte)
  }
  out.byte(0x22)
}
