import { u32be } from '@hindwire/bytes/endian.ts'

import { decodeContent } from '../http/content-coding.ts'
import { MAX_GRPC_MESSAGES } from './limits.ts'
import { ProtobufJson } from './protobuf-json.ts'

const PREFIX_BYTES = 5
const json = new ProtobufJson()

/** The messages of one direction of a call. */
export interface DecodedMessages {
  /** JSON: the message, or an array where there is not exactly one. Empty where there is none. */
  readonly text: string
  /** Bytes of the messages that were there, decompressed. */
  readonly size: number
  /** Not all of it is shown. */
  readonly cut: boolean
}

/** How the bytes of a message become JSON. With descriptors, `path` and `isRequest` tell the message's type. */
export interface MessageCodec {
  /** content-type, e.g. `application/grpc+json`. */
  readonly contentType: string
  /** grpc-encoding of compressed messages. */
  readonly encoding: string
  /** Full method, `/package.Service/Method`. */
  readonly path: string
  readonly isRequest: boolean
}

/** Decodes the Length-Prefixed-Messages in bytes[start, end) into JSON of at most about `limit` characters. */
export function decodeMessages(
  bytes: Uint8Array,
  start: number,
  end: number,
  codec: MessageCodec,
  limit: number,
): DecodedMessages {
  const texts: string[] = []
  let at = start
  let size = 0
  let room = limit
  let cut = false
  while (at < end) {
    if (texts.length >= MAX_GRPC_MESSAGES || room <= 0 || end - at < PREFIX_BYTES) {
      cut = true
      break
    }
    const compressed = bytes[at] === 1
    const from = at + PREFIX_BYTES
    const next = from + u32be(bytes, at + 1)
    const stop = Math.min(next, end)
    cut ||= next > end
    let text = ''
    if (compressed) {
      const plain = decodeContent(codec.encoding, bytes.subarray(from, stop), limit)
      size += plain === null ? stop - from : plain.bytes.length
      if (plain === null) text = opaque(bytes, from, stop, room)
      else text = messageText(plain.bytes, 0, plain.bytes.length, codec, room)
      cut ||= plain === null || plain.cut || json.cut
    } else {
      size += stop - from
      text = messageText(bytes, from, stop, codec, room)
      cut ||= json.cut
    }
    texts.push(text)
    room -= text.length
    at = next
  }
  const [first] = texts
  if (first === undefined) return { text: '', size, cut }
  return { text: texts.length === 1 ? first : `[${texts.join(',')}]`, size, cut }
}

/** One message as JSON. The one place that knows how; descriptors, once there are any, are asked first here. */
function messageText(bytes: Uint8Array, start: number, end: number, codec: MessageCodec, room: number): string {
  if (!codec.contentType.startsWith('application/grpc+json')) return json.render(bytes, start, end, room)
  json.cut = end - start > room
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(end - start, room)).toString('utf8')
  return json.cut || !isJson(text) ? JSON.stringify(text) : text
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** A message in a compression that is not known. */
function opaque(bytes: Uint8Array, start: number, end: number, room: number): string {
  const length = Math.min(end - start, room)
  return `{"base64":"${Buffer.from(bytes.buffer, bytes.byteOffset + start, length).toString('base64')}"}`
}
