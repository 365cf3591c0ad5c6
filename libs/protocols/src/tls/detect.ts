import { u16be, u24be } from '@hindwire/bytes/endian.ts'

import { Side } from '../contract/message.ts'
import { Detection } from '../contract/protocol.ts'
import {
  AlertLevel,
  alertNames,
  ContentType,
  HandshakeType,
  MAX_RECORD_BYTES,
  MIN_CIPHERTEXT_BYTES,
  RECORD_HEADER_BYTES,
  SSL_2,
} from './constants.ts'

/** ClientHello and ServerHello without extensions have 38 bytes at least; no hello comes near this bound. */
const MIN_HELLO_BYTES = 38
const MAX_HELLO_LENGTH = 0x2_0000

/** A clear hello, a clear alert, or application data: what a side's bytes may begin with. */
export function detect(bytes: Uint8Array, start: number, end: number): Detection {
  const first = bytes[start] as number
  if ((first & 0x80) !== 0) return isSsl2Hello(bytes, start, end)
  const header = isRecordHeader(bytes, start, end)
  if (header !== Detection.Yes) return header
  const length = u16be(bytes, start + 3)
  if (first === ContentType.Handshake) return isHello(bytes, start + RECORD_HEADER_BYTES, end, length)
  if (first === ContentType.Alert) return isAlert(bytes, start + RECORD_HEADER_BYTES, end, length)
  if (first !== ContentType.ApplicationData || length < MIN_CIPHERTEXT_BYTES) return Detection.No
  const next = start + RECORD_HEADER_BYTES + length
  return next >= end ? Detection.Yes : isRecordHeader(bytes, next, end)
}

export function sender(bytes: Uint8Array, start: number, end: number): Side | -1 {
  const isSsl2 = ((bytes[start] as number) & 0x80) !== 0
  if (!isSsl2 && (bytes[start] !== ContentType.Handshake || end - start <= RECORD_HEADER_BYTES)) return -1
  const type = bytes[start + (isSsl2 ? 2 : RECORD_HEADER_BYTES)]
  if (type === HandshakeType.ClientHello) return Side.Client
  return type === HandshakeType.ServerHello || isSsl2 ? Side.Server : -1
}

/** struct { ContentType type; ProtocolVersion version; uint16 length } (RFC 5246, section 6.2.1). */
export function isRecordHeader(bytes: Uint8Array, start: number, end: number): Detection {
  const type = bytes[start] as number
  if (type < ContentType.ChangeCipherSpec || type > ContentType.Heartbeat) return Detection.No
  if (start + 1 < end && bytes[start + 1] !== 3) return Detection.No
  if (start + 2 < end && (bytes[start + 2] as number) > 4) return Detection.No
  if (end - start < RECORD_HEADER_BYTES) return Detection.NeedMore
  const length = u16be(bytes, start + 3)
  return length > 0 && length <= MAX_RECORD_BYTES ? Detection.Yes : Detection.No
}

/** The beginning of a handshake message that is a hello, within a record of `length` bytes. */
export function isHello(bytes: Uint8Array, start: number, end: number, length: number): Detection {
  // Nobody cuts a hello within its first six bytes, which tell what it is.
  if (length < 6) return Detection.No
  if (start >= end) return Detection.NeedMore
  const type = bytes[start]
  if (type !== HandshakeType.ClientHello && type !== HandshakeType.ServerHello) return Detection.No
  if (end - start < 6) return Detection.NeedMore
  const hello = u24be(bytes, start + 1)
  if (hello < MIN_HELLO_BYTES || hello > MAX_HELLO_LENGTH) return Detection.No
  const major = bytes[start + 4]
  const minor = bytes[start + 5] as number
  // ServerHellos of the drafts of TLS 1.3 carry the draft here.
  if (major !== 3 && !(type === HandshakeType.ServerHello && major === 0x7f)) return Detection.No
  if (major === 3 && minor > 4) return Detection.No
  // version(2) random(32) session_id<0..32>
  const sessionId = start + 4 + 34
  if (length <= 38) return Detection.Yes
  if (sessionId >= end) return Detection.NeedMore
  return (bytes[sessionId] as number) <= 32 || major === 0x7f ? Detection.Yes : Detection.No
}

function isAlert(bytes: Uint8Array, start: number, end: number, length: number): Detection {
  if (length !== 2) return Detection.No
  if (end - start < 2) return Detection.NeedMore
  const level = bytes[start]
  if (level !== AlertLevel.Warning && level !== AlertLevel.Fatal) return Detection.No
  return alertNames[bytes[start + 1] as number] === undefined ? Detection.No : Detection.Yes
}

/** CLIENT-HELLO or SERVER-HELLO of SSL 2.0, in a record with a header of two bytes (Hickman, 1995). */
export function isSsl2Hello(bytes: Uint8Array, start: number, end: number): Detection {
  if (end - start < 3) return Detection.NeedMore
  const length = ((bytes[start] as number) & 0x7f) * 256 + (bytes[start + 1] as number)
  const type = bytes[start + 2]
  if (type !== 1 && type !== 4) return Detection.No
  if (end - start < 13) return Detection.NeedMore
  if (type === 1) {
    const version = u16be(bytes, start + 3)
    if (version !== SSL_2 && (version < 0x0300 || version > 0x0303)) return Detection.No
    const ciphers = u16be(bytes, start + 5)
    const session = u16be(bytes, start + 7)
    const challenge = u16be(bytes, start + 9)
    const fits = 9 + ciphers + session + challenge === length && challenge >= 16 && challenge <= 32
    return fits && ciphers > 0 && ciphers % 3 === 0 && (session === 0 || session === 16) ? Detection.Yes : Detection.No
  }
  const fits = 11 + u16be(bytes, start + 7) + u16be(bytes, start + 9) + u16be(bytes, start + 11) === length
  const known =
    u16be(bytes, start + 5) === SSL_2 && (bytes[start + 3] as number) <= 1 && (bytes[start + 4] as number) <= 1
  return fits && known && u16be(bytes, start + 9) % 3 === 0 ? Detection.Yes : Detection.No
}
