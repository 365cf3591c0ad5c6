import { u16be } from '@hindwire/bytes/endian.ts'
import { Slab } from '@hindwire/bytes/keep.ts'

import type { Side } from '../contract/message.ts'
import { type Link, Outcome, type Session } from '../contract/session.ts'
import { LLMNR_PORT, MDNS_PORT } from './constants.ts'
import { isHeaderPlausible, isStreamMessage } from './detect.ts'
import { HEADER_BYTES } from './limits.ts'
import { DnsMatcher } from './match.ts'
import { parseMessage } from './parse.ts'
import type { Dialect } from './types.ts'

/** Ports where a damaged message is taken for one without further proof. */
const DNS_PORT = 53

/** Messages outlive the packet that held them: they are small, and share arrays. */
const slab = new Slab()

/** Datagrams hold one message; streams put the length of each, two bytes, in front (RFC 1035, section 4.2.2). */
export class DnsSession implements Session {
  readonly matcher: DnsMatcher
  readonly #link: Link

  constructor(link: Link) {
    this.#link = link
    this.matcher = new DnsMatcher(link)
  }

  parse(_side: Side, bytes: Uint8Array, start: number, end: number): Outcome {
    if (this.#link.transport !== 'tcp') return this.#message(bytes, start, end, end - start)
    if (end - start < 2) return Outcome.NeedMore
    const length = u16be(bytes, start)
    if (length < HEADER_BYTES) return this.#invalid('length below a header')
    if (end - start < 6) return Outcome.NeedMore
    if (!isHeaderPlausible(bytes, start + 2)) return this.#invalid('no DNS header')
    if (end - start < 2 + length) return Outcome.NeedMore
    return this.#message(bytes, start + 2, start + 2 + length, 2 + length)
  }

  /** The length of what was lost says nothing about where the next message begins. */
  gap(): boolean {
    return false
  }

  /** The next length, header and question that fit together. */
  resync(_side: Side, bytes: Uint8Array, start: number, end: number): number {
    for (let at = start; at < end; at++) if (isStreamMessage(bytes, at, end)) return at
    return -1
  }

  end(): boolean {
    return false
  }

  #message(bytes: Uint8Array, start: number, end: number, consumed: number): Outcome {
    if (end - start < HEADER_BYTES) return this.#invalid('shorter than a header')
    if (!isHeaderPlausible(bytes, start)) return this.#invalid('no DNS header')
    const at = slab.copy(bytes, start, end)
    const message = parseMessage(slab.bytes.subarray(at, at + end - start), this.#dialect())
    const found = message.sections.at.length > 0
    if (message.partial !== '' && !found && this.#link.serverPort !== DNS_PORT) return this.#invalid(message.partial)
    this.#link.message = message
    this.#link.consumed = consumed
    return Outcome.Message
  }

  #dialect(): Dialect {
    if (this.#link.serverPort === MDNS_PORT) return 'mdns'
    return this.#link.serverPort === LLMNR_PORT ? 'llmnr' : 'dns'
  }

  #invalid(reason: string): Outcome {
    this.#link.reason = reason
    return Outcome.Invalid
  }
}
