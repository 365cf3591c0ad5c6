import { u16be, u32be } from '@hindwire/bytes/endian.ts'
import { keep } from '@hindwire/bytes/keep.ts'

import { Role, type Side } from '../contract/message.ts'
import { type Method, methods } from './constants.ts'
import { AmqpMessage } from './types.ts'
import { readArguments } from './values.ts'

/** The method in the whole frame that begins at `start` and ends before `end` (section 2.3.5.1). */
export function readMethod(side: Side, bytes: Uint8Array, start: number, end: number): AmqpMessage {
  const id = u32be(bytes, start + 7)
  const method = methods.get(id)
  const kept = keep(bytes, start + 11, end - 1)
  const role = method === undefined ? Role.OneWay : roleOf(method, kept)
  const message = new AmqpMessage(role, u16be(bytes, start + 1), id, method, kept)
  message.side = side
  return message
}

/** The eight bytes that open a connection, or with which a server refuses its version. */
export function readProtocolHeader(side: Side, bytes: Uint8Array, start: number): AmqpMessage {
  const message = new AmqpMessage(Role.OneWay, 0, 0, undefined, keep(bytes, start + 4, start + 8))
  message.side = side
  return message
}

function roleOf(method: Method, kept: { bytes: Uint8Array; start: number; end: number }): Role {
  if (method.replies.length > 0) {
    const mayBeSilent = method.fields.some(([name]) => name === 'nowait')
    if (!mayBeSilent) return Role.Request
    const { nowait } = readArguments(method.fields, kept.bytes, kept.start, kept.end)
    return nowait === true ? Role.OneWay : Role.Request
  }
  return method.name.endsWith('-ok') || method.name === 'basic.get-empty' ? Role.Response : Role.OneWay
}
