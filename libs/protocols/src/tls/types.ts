import { Message, type Role } from '../contract/message.ts'

/** What the message is: a hello in the format of TLS or of SSLv2, an alert in place of one, or a mark for the matcher. */
export const Kind = { Hello: 0, Ssl2Hello: 1, Alert: 2, HandshakeEnd: 3 } as const
export type Kind = (typeof Kind)[keyof typeof Kind]

const NOTHING = new Uint8Array(0)

export interface Alert {
  readonly level: number
  readonly description: number
  readonly fromClient: boolean
}

/**
 * The ClientHello is the request; the ServerHello with the rest of the server's flight the response. Hellos and
 * Certificate messages are kept as they stood on the wire, without their four byte header, and decoded when a row is
 * made of them.
 */
export class TlsMessage extends Message {
  readonly kind: Kind
  /** Holds the hello at [start, end). */
  bytes: Uint8Array = NOTHING
  start = 0
  end = 0
  /** Version of the record that brought the hello. */
  recordVersion = 0
  /** Certificate message of this side; empty without one. */
  certificate: Uint8Array = NOTHING
  /** The server asks for a certificate of the client. */
  asksCertificate = false
  /** The server goes on without a certificate of its own: an earlier session, or a key known before. */
  resumed = false
  /** What either side complained of; kept with the response, with the request where there is none. */
  alerts: Alert[] = []
  /** Nothing of this handshake follows that could be read. */
  final = false

  constructor(role: Role, kind: Kind) {
    super(role)
    this.kind = kind
  }
}
