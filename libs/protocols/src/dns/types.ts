import { Message, Role } from '../contract/message.ts'
import { Flag } from './constants.ts'

/** Where the sections of a message lie. Offsets count from the first byte of the message. */
export class Sections {
  /**
   * Two offsets per question or record, in the order of the message: of its owner name, and of what follows the name
   * (type, class and, for records, TTL, length and data).
   */
  readonly at: number[] = []
  /** How many of each were found whole. */
  questions = 0
  answers = 0
  authority = 0
  additional = 0
  /** Offset of the first byte behind the questions. */
  answerStart = 0
  /** One past the last byte that belongs to a question or record found whole. */
  end = 0
  /** Why the sections do not end exactly at the end of the message; empty when they do. */
  fault = ''
}

/** Names of the entry protocols that share the message format. */
export type Dialect = 'dns' | 'mdns' | 'llmnr'

/** A DNS message (RFC 1035, section 4.1): its bytes, and where things are. Texts are made when they are asked for. */
export class DnsMessage extends Message {
  /** The whole message, without the length in front of it on TCP. */
  readonly bytes: Uint8Array
  readonly sections: Sections
  readonly dialect: Dialect
  /** The 16 bits of flags, opcode and rcode. */
  readonly flags: number
  /** ID of the header, 16 bits. `id` is the pairing key: this with the first question. */
  readonly transaction: number

  constructor(bytes: Uint8Array, sections: Sections, dialect: Dialect) {
    const flags = ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0)
    super((flags & Flag.Response) === 0 ? Role.Request : Role.Response)
    this.bytes = bytes
    this.sections = sections
    this.dialect = dialect
    this.flags = flags
    this.transaction = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)
  }

  get isResponse(): boolean {
    return (this.flags & Flag.Response) !== 0
  }

  get opcode(): number {
    return (this.flags >> 11) & 15
  }
}
