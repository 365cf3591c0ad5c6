import { asciiEquals, asciiNumber, asciiStartsIgnoreCase, latin1 } from '@hindwire/bytes/text.ts'

/** What a field means to this folder, found once when the field is decoded. */
export const Kind = {
  Other: 0,
  Method: 1,
  Path: 2,
  Scheme: 3,
  Authority: 4,
  Status: 5,
  Protocol: 6,
  /** Pseudo fields have kinds up to this. */
  LastPseudo: 6,
  ContentType: 7,
  /** content-type: application/grpc, with or without a message format. */
  GrpcContentType: 8,
  ContentEncoding: 9,
  Cookie: 10,
  SetCookie: 11,
  Host: 12,
  GrpcStatus: 13,
  GrpcMessage: 14,
  GrpcEncoding: 15,
  GrpcTimeout: 16,
} as const
export type Kind = (typeof Kind)[keyof typeof Kind]

/** Names by length: a name of any other length, or another one, is of no interest. */
const named: readonly (readonly (readonly [string, Kind])[] | undefined)[] = byLength({
  ':method': Kind.Method,
  ':path': Kind.Path,
  ':scheme': Kind.Scheme,
  ':authority': Kind.Authority,
  ':status': Kind.Status,
  ':protocol': Kind.Protocol,
  'content-type': Kind.ContentType,
  'content-encoding': Kind.ContentEncoding,
  cookie: Kind.Cookie,
  'set-cookie': Kind.SetCookie,
  host: Kind.Host,
  'grpc-status': Kind.GrpcStatus,
  'grpc-message': Kind.GrpcMessage,
  'grpc-encoding': Kind.GrpcEncoding,
  'grpc-timeout': Kind.GrpcTimeout,
})

function byLength(kinds: Readonly<Record<string, Kind>>): (readonly [string, Kind])[][] {
  const table: (readonly [string, Kind])[][] = []
  for (const [name, kind] of Object.entries(kinds)) (table[name.length] ??= []).push([name, kind])
  return table
}

/** One field of a header list. Immutable, and shared by all messages and tables that hold it. */
export class HeaderField {
  readonly bytes: Uint8Array
  readonly nameStart: number
  readonly nameEnd: number
  /** The value follows the name directly. */
  readonly valueEnd: number
  readonly kind: Kind
  /** The name was in a table entry that nobody has seen; the value is known all the same. */
  readonly nameUnknown: boolean
  /** :status and grpc-status as a number; -1 for others. */
  readonly number: number
  #value: string | null = null

  constructor(bytes: Uint8Array, nameStart: number, nameEnd: number, valueEnd: number, nameUnknown = false) {
    this.bytes = bytes
    this.nameStart = nameStart
    this.nameEnd = nameEnd
    this.valueEnd = valueEnd
    this.nameUnknown = nameUnknown
    const kind = nameUnknown ? Kind.Other : kindOf(bytes, nameStart, nameEnd)
    this.kind = kind === Kind.ContentType && isGrpc(bytes, nameEnd, valueEnd) ? Kind.GrpcContentType : kind
    this.number = kind === Kind.Status || kind === Kind.GrpcStatus ? asciiNumber(bytes, nameEnd, valueEnd) : -1
  }

  /** Size of the entry in a table (RFC 7541, section 4.1). */
  get size(): number {
    return this.valueEnd - this.nameStart + 32
  }

  get name(): string {
    return latin1(this.bytes, this.nameStart, this.nameEnd)
  }

  /** The value as text, made once: most fields are shared by many messages. */
  get value(): string {
    return (this.#value ??= latin1(this.bytes, this.nameEnd, this.valueEnd))
  }
}

/** A field of which neither name nor value is known: it stands in a table entry from before the capture. */
export const UNKNOWN_FIELD = new HeaderField(new Uint8Array(0), 0, 0, 0, true)

function kindOf(bytes: Uint8Array, start: number, end: number): Kind {
  const candidates = named[end - start]
  if (candidates === undefined) return Kind.Other
  for (const [name, kind] of candidates) if (asciiEquals(bytes, start, end, name)) return kind
  return Kind.Other
}

/** "application/grpc" [("+proto" / "+json" / {custom})], perhaps with parameters; not grpc-web. */
function isGrpc(bytes: Uint8Array, start: number, end: number): boolean {
  if (!asciiStartsIgnoreCase(bytes, start, end, 'application/grpc')) return false
  const next = start + 16 < end ? bytes[start + 16] : 0x3b
  return next === 0x2b || next === 0x3b || next === 0x20
}

/** Value of the first field of that kind; empty when there is none. */
export function fieldValue(fields: readonly HeaderField[], kind: Kind): string {
  const field = fieldOf(fields, kind)
  return field === null ? '' : field.value
}

export function fieldOf(fields: readonly HeaderField[], kind: Kind): HeaderField | null {
  for (let at = 0; at < fields.length; at++) {
    const field = fields[at] as HeaderField
    if (field.kind === kind) return field
  }
  return null
}
