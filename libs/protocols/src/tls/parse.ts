import { ByteReader } from '@hindwire/bytes/byte-reader.ts'
import { latin1 } from '@hindwire/bytes/text.ts'

import { Extension, isGrease, isTls13, retryRandom } from './constants.ts'
import { MAX_LIST, MAX_NAME_BYTES } from './limits.ts'
import { Kind, type TlsMessage } from './types.ts'

/** A decoded ClientHello or ServerHello. A field that the message does not have is 0 or empty. */
export interface Hello {
  /** legacy_version. */
  version: number
  random: string
  sessionIdLength: number
  /** Cipher suites that are offered, or the one that is chosen. Those of SSL 2.0 have three bytes. */
  ciphers: number[]
  /** Extension types in their order. */
  extensions: number[]
  serverName: string
  alpn: string[]
  groups: number[]
  pointFormats: number[]
  signatures: number[]
  /** supported_versions: all that the client offers, or the one that the server chose. */
  versions: number[]
  /** Length of the ticket; -1 without the extension. */
  ticketLength: number
  isRetry: boolean
  /** The message was cut, or contradicts its own lengths. */
  broken: boolean
}

function emptyHello(): Hello {
  return {
    version: 0,
    random: '',
    sessionIdLength: 0,
    ciphers: [],
    extensions: [],
    serverName: '',
    alpn: [],
    groups: [],
    pointFormats: [],
    signatures: [],
    versions: [],
    ticketLength: -1,
    isRetry: false,
    broken: false,
  }
}

/** Decodes a hello that was kept. Never throws: what does not fit is left out. */
export function readHello(message: TlsMessage, isClient: boolean): Hello {
  const reader = new ByteReader(message.bytes, message.start, message.end)
  if (message.kind === Kind.Ssl2Hello) return isClient ? readSsl2Client(reader) : readSsl2Server(reader)
  return isClient ? readClientHello(reader) : readServerHello(reader)
}

/** A ServerHello behind which the server's flight is encrypted, or that asks for another ClientHello. */
export function endsClearHandshake(bytes: Uint8Array, start: number, end: number): boolean {
  const hello = readServerHello(new ByteReader(bytes, start, end))
  return isTls13(chosenVersion(hello)) || hello.isRetry
}

export function chosenVersion(hello: Hello): number {
  return hello.versions[0] ?? hello.version
}

/** The highest version that a client offers. */
export function offeredVersion(hello: Hello): number {
  let highest = 0
  for (const version of hello.versions) if (!isGrease(version) && version > highest) highest = version
  return highest === 0 ? hello.version : highest
}

/** struct { version, random, session_id<0..32>, cipher_suites<2..>, compression<1..>, extensions } (RFC 8446, 4.1.2) */
function readClientHello(reader: ByteReader): Hello {
  const hello = emptyHello()
  hello.version = reader.u16()
  readRandom(reader, hello)
  hello.broken = reader.overrun
  if (hello.broken) return hello
  hello.ciphers = readList16(reader, reader.u16())
  reader.take(reader.u8())
  readExtensions(reader, hello, true)
  return hello
}

function readServerHello(reader: ByteReader): Hello {
  const hello = emptyHello()
  hello.version = reader.u16()
  // Drafts up to 21 of TLS 1.3 have no session id and no compression method.
  if (hello.version >> 8 === 0x7f) hello.random = latin1(reader.bytes, reader.take(32), reader.position)
  else readRandom(reader, hello)
  hello.broken = reader.overrun
  if (hello.broken) return hello
  hello.ciphers = [reader.u16()]
  if (hello.version >> 8 !== 0x7f) reader.u8()
  readExtensions(reader, hello, false)
  return hello
}

function readRandom(reader: ByteReader, hello: Hello): void {
  const at = reader.take(32)
  hello.isRetry = at >= 0 && retryRandom.every((byte, index) => reader.bytes[at + index] === byte)
  hello.sessionIdLength = reader.u8()
  reader.take(hello.sessionIdLength)
}

function readExtensions(reader: ByteReader, hello: Hello, isClient: boolean): void {
  if (reader.remaining >= 2) {
    const end = Math.min(reader.end, reader.u16() + reader.position)
    while (reader.position + 4 <= end && hello.extensions.length < MAX_LIST) {
      const type = reader.u16()
      const length = reader.u16()
      const at = reader.take(length)
      hello.extensions.push(type)
      if (at < 0) break
      readExtension(type, new ByteReader(reader.bytes, at, at + length), hello, isClient)
    }
  }
  hello.broken = reader.overrun
}

function readExtension(type: number, reader: ByteReader, hello: Hello, isClient: boolean): void {
  if (type === Extension.ServerName) {
    if (isClient) hello.serverName = readServerName(reader)
  } else if (type === Extension.Alpn) hello.alpn = readNames(reader)
  else if (type === Extension.SupportedGroups) hello.groups = readList16(reader, reader.u16())
  else if (type === Extension.PointFormats) hello.pointFormats = readList8(reader)
  else if (type === Extension.SignatureAlgorithms) hello.signatures = readList16(reader, reader.u16())
  else if (type === Extension.SessionTicket) hello.ticketLength = reader.remaining
  else if (type === Extension.SupportedVersions) {
    hello.versions = isClient ? readList16(reader, reader.u8()) : [reader.u16()]
  }
}

/** ServerNameList: the first host_name (RFC 6066, section 3). */
function readServerName(reader: ByteReader): string {
  reader.u16()
  while (reader.remaining > 3) {
    const type = reader.u8()
    const length = Math.min(reader.u16(), reader.remaining)
    const at = reader.take(length)
    if (type === 0 && at >= 0) return latin1(reader.bytes, at, at + Math.min(length, MAX_NAME_BYTES))
  }
  return ''
}

/** ProtocolNameList (RFC 7301, section 3.1). */
function readNames(reader: ByteReader): string[] {
  const names: string[] = []
  reader.u16()
  while (reader.remaining > 0 && names.length < MAX_LIST) {
    const length = reader.u8()
    const at = reader.take(length)
    if (at < 0) break
    names.push(latin1(reader.bytes, at, at + length))
  }
  return names
}

function readList16(reader: ByteReader, length: number): number[] {
  const list: number[] = []
  for (let left = length; left >= 2 && reader.remaining >= 2; left -= 2) {
    const value = reader.u16()
    if (list.length < MAX_LIST) list.push(value)
  }
  return list
}

function readList8(reader: ByteReader): number[] {
  const list: number[] = []
  for (let left = reader.u8(); left > 0 && reader.remaining > 0; left--) list.push(reader.u8())
  return list
}

/** type(1) version(2) cipher_specs length(2) session id length(2) challenge length(2) cipher_specs (RFC 5246, E.2). */
function readSsl2Client(reader: ByteReader): Hello {
  const hello = emptyHello()
  reader.u8()
  hello.version = reader.u16()
  const ciphers = reader.u16()
  hello.sessionIdLength = reader.u16()
  reader.u16()
  hello.ciphers = readSsl2Ciphers(reader, ciphers)
  return hello
}

/** type(1) hit(1) certificate type(1) version(2) lengths of certificate, cipher_specs and connection id (2 each). */
function readSsl2Server(reader: ByteReader): Hello {
  const hello = emptyHello()
  reader.take(3)
  hello.version = reader.u16()
  const certificate = reader.u16()
  const ciphers = reader.u16()
  reader.u16()
  reader.take(certificate)
  hello.ciphers = readSsl2Ciphers(reader, ciphers)
  return hello
}

function readSsl2Ciphers(reader: ByteReader, length: number): number[] {
  const list: number[] = []
  for (let left = length; left >= 3 && reader.remaining >= 3 && list.length < MAX_LIST; left -= 3) {
    list.push(reader.u8() * 0x1_0000 + reader.u16())
  }
  return list
}
