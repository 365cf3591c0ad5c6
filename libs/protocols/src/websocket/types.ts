import { Message, Role } from '../contract/message.ts'

/** A whole message (of one or more frames), or a control frame. It stands alone. */
export class WebsocketMessage extends Message {
  opcode: number
  masked = false
  fragments = 0
  /** Sent with permessage-deflate. */
  compressed = false
  /** `body` is what was compressed; false where it could not be undone. */
  inflated = false
  /** Unmasked payload, up to the body limit. */
  body: Uint8Array = new Uint8Array(0)
  length = 0
  /** Size of the payload, lost bytes included; of an inflated one that of its content. */
  size = 0
  /** Bytes of the payload are missing within what is kept. */
  holed = false

  constructor(opcode: number) {
    super(Role.OneWay)
    this.opcode = opcode
  }
}
