import { ByteReader } from '@hindwire/bytes/byte-reader.ts'

import { base64Text, hexText, ipv4Text, ipv6Text, quotedText } from './data-text.ts'
import { nameText, skipName } from './name.ts'

/**
 * Reads the fields of one record's data, as texts. It stays in the data, except that names may point into the message
 * in front of it. What is not there reads as 0 or empty, and sets `overrun`.
 */
export class RecordData extends ByteReader {
  constructor() {
    super(new Uint8Array(0))
  }

  u48(): number {
    return this.u16() * 0x1_0000_0000 + this.u32()
  }

  name(): string {
    const at = this.position
    const behind = skipName(this.bytes, at, 0, this.end)
    const text = behind < 0 ? null : nameText(this.bytes, at, behind)
    if (text === null) {
      this.overrun = true
      return ''
    }
    this.position = behind
    return text
  }

  /** A length byte and so many characters, in quotes. */
  quoted(): string {
    const length = this.u8()
    const at = this.take(length)
    return at < 0 ? '' : quotedText(this.bytes, at, at + length)
  }

  ipv4(): string {
    const at = this.take(4)
    return at < 0 ? '' : ipv4Text(this.bytes, at)
  }

  ipv6(): string {
    const at = this.take(16)
    return at < 0 ? '' : ipv6Text(this.bytes, at)
  }

  hex(length: number): string {
    const at = this.take(length)
    return at < 0 ? '' : hexText(this.bytes, at, at + length)
  }

  base64(length: number): string {
    const at = this.take(length)
    return at < 0 ? '' : base64Text(this.bytes, at, at + length)
  }

  skipRest(): void {
    this.position = this.end
  }
}
