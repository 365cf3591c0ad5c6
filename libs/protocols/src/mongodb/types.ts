import { Message, type Role } from '../contract/message.ts'

/** One wire message. It keeps the beginning of its bytes, and is decoded only when a row is made of it. */
export class MongodbMessage extends Message {
  readonly requestId: number
  readonly responseTo: number
  /** Operation code; of OP_COMPRESSED the one inside. */
  op: number
  /** bytes[start, end) hold what follows the header, decompressed, as far as it is kept. */
  bytes: Uint8Array
  start: number
  end: number
  /** Bytes of the body are missing at the end. */
  cut: boolean
  /** Number of the compressor; −1 without compression. */
  compressor = -1
  /** The compressed body could not be read. */
  opaque = false
  /** flagBits of OP_MSG. */
  flags = 0
  /** One of the further replies of an exhaust stream. */
  follows = false
  /** Request that an exhaust stream of replies began with. */
  origin: MongodbMessage | null = null

  constructor(
    role: Role,
    requestId: number,
    responseTo: number,
    op: number,
    body: { readonly bytes: Uint8Array; readonly start: number; readonly end: number; readonly cut: boolean },
  ) {
    super(role)
    this.requestId = requestId
    this.responseTo = responseTo
    this.op = op
    this.bytes = body.bytes
    this.start = body.start
    this.end = body.end
    this.cut = body.cut
  }
}
