import { asciiEqualsIgnoreCase, latin1 } from '@hindwire/bytes/text.ts'

import { Message } from '../contract/message.ts'

/**
 * One HTTP/1 message (RFC 9112). Head and body are kept as bytes; strings are made only for rows that need them.
 * Offsets are positions in `head`.
 */
export class HttpMessage extends Message {
  /** Array that holds the head; shared with other messages. */
  head: Uint8Array = EMPTY
  headStart = 0
  headEnd = 0
  /** Field positions, four per field: name start, name end, value start, value end; relative to `headStart`. */
  fields: Int32Array = NO_FIELDS
  fieldsStart = 0
  fieldCount = 0
  /** A field value is folded over several lines (obsolete line folding, RFC 9112 section 5.2). */
  folded = false
  // Start line, relative to headStart. Request: method, target. Response: reason in target's place.
  methodEnd = 0
  targetStart = 0
  targetEnd = 0
  /** Minor version of HTTP/1.x. */
  minor = 1
  /** Response status; 0 for requests. */
  status = 0
  /** Content as transferred (chunks joined, content coding still on), cut at the limit. */
  body: Uint8Array = EMPTY
  bodyStart = 0
  bodyEnd = 0
  /** Size of the content as transferred, lost and cut bytes included. */
  contentSize = 0
  /** Most bytes of content, decoded, that a row takes. */
  bodyLimit = 0
  /** Content bytes missing from `body` before its end (lost in the capture). */
  lost = 0
}

const EMPTY = new Uint8Array(0)
const NO_FIELDS = new Int32Array(0)

/** Value of the first field of that name (given in lower case); empty when there is none. */
export function fieldText(message: HttpMessage, name: string): string {
  const { fields, head, headStart } = message
  const end = message.fieldsStart + message.fieldCount * 4
  for (let at = message.fieldsStart; at < end; at += 4) {
    const start = headStart + (fields[at] as number)
    if (!asciiEqualsIgnoreCase(head, start, headStart + (fields[at + 1] as number), name)) continue
    return latin1(head, headStart + (fields[at + 2] as number), headStart + (fields[at + 3] as number))
  }
  return ''
}
