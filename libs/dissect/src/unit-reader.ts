import type { Message, Side } from '@hindwire/protocols/contract/message.ts'
import type { Protocol } from '@hindwire/protocols/contract/protocol.ts'
import { Outcome, type Session } from '@hindwire/protocols/contract/session.ts'
import type { Direction } from '@hindwire/streams/flow.ts'

import type { Channel } from './channel.ts'
import { type Conversation, State } from './conversation.ts'
import { Bucket } from './coverage.ts'
import type { DissectLimits } from './limits.ts'

/**
 * The parse loop of conversations that have a protocol: units out of bytes, messages stamped with the packets that
 * brought them, resynchronisation, change of protocol.
 */
export class UnitReader {
  readonly #byName: ReadonlyMap<string, Protocol>
  readonly #limits: DissectLimits
  readonly #selected: ReadonlySet<string> | null
  /** Where the packets consumed by the latest `read` belong. */
  bucket: Bucket = Bucket.Dissected

  /** `selected`: folder names of the protocols that are wanted; null for all. */
  constructor(protocols: readonly Protocol[], limits: DissectLimits, selected: ReadonlySet<string> | null) {
    this.#selected = selected
    this.#byName = new Map(protocols.map((p) => [p.name, p]))
    this.#limits = limits
  }

  /** Reads what is whole in bytes[start, end); returns the position of the first byte that is still needed. */
  read(conversation: Conversation, direction: Direction, bytes: Uint8Array, start: number, end: number): number {
    const channel = conversation.channels[direction]
    this.bucket = Bucket.Dissected
    let position = start
    while (position < end) {
      const { session } = conversation
      if (conversation.state === State.Detecting) return position
      if (session === null || conversation.state === State.Opaque) {
        // The packet in which the protocol ended was a part of it.
        if (position === start) this.bucket = conversation.opaqueBucket
        return end
      }
      const side = conversation.sideOf(direction)
      if (channel.lostSync) {
        const found = session.resync(side, bytes, position, end)
        if (found < position) {
          this.bucket = channel.lostByGap ? Bucket.GapLost : Bucket.Malformed
          return end
        }
        channel.lostSync = false
        position = found
      }
      conversation.message = null
      conversation.consumed = 0
      if (!conversation.inPlace) conversation.time = channel.timeAt(position)
      const outcome = session.parse(side, bytes, position, end)
      const consumed = conversation.consumed
      if (outcome === Outcome.NeedMore) return position
      if (outcome === Outcome.Invalid || consumed <= 0 || consumed > end - position) {
        position++
        this.#invalid(conversation, channel)
        continue
      }
      // A packet is encrypted when nothing of it could be read.
      if (outcome !== Outcome.Encrypted) this.bucket = Bucket.Dissected
      else if (position === start) this.bucket = Bucket.Encrypted
      if (outcome === Outcome.Part) {
        if (channel.unitPacket === 0) channel.startUnit(conversation.packetAt(position), conversation.timeAt(position))
        channel.unitSize += consumed
      } else if (conversation.message !== null) {
        this.#accept(conversation, session, channel, side, position, consumed)
      }
      position += consumed
      if (outcome === Outcome.Upgrade) this.#upgrade(conversation)
    }
    return position
  }

  /** Takes a message that a loss, or the end of its side, has cut or ended; stamped with what was seen of it. */
  acceptLast(conversation: Conversation, channel: Channel, direction: Direction, reason: string): void {
    const { message, session } = conversation
    if (message === null || session === null) return
    conversation.message = null
    if (message.firstPacket === 0) {
      message.firstPacket = channel.unitPacket
      message.firstTime = channel.unitTime
      message.wireSize = channel.unitSize
    }
    if (message.lastPacket === 0) {
      message.lastPacket = channel.lastPacket
      message.lastTime = channel.lastTime
    }
    if (message.partial === '') message.partial = reason
    message.side = conversation.sideOf(direction)
    channel.endUnit()
    session.matcher.accept(message, conversation)
  }

  #accept(
    conversation: Conversation,
    session: Session,
    channel: Channel,
    side: Side,
    position: number,
    consumed: number,
  ): void {
    const message = conversation.message as Message
    message.side = side
    if (message.firstPacket === 0) {
      const last = position + consumed - 1
      if (channel.unitPacket === 0) {
        message.firstPacket = conversation.packetAt(position)
        message.firstTime = conversation.timeAt(position)
      } else {
        message.firstPacket = channel.unitPacket
        message.firstTime = channel.unitTime
      }
      message.lastPacket = conversation.packetAt(last)
      message.lastTime = conversation.timeAt(last)
      message.wireSize = channel.unitSize + consumed
    }
    if (channel.unitPacket !== 0) channel.endUnit()
    conversation.invalid = 0
    conversation.falseStarts = 0
    channel.seeking = false
    session.matcher.accept(message, conversation)
  }

  #invalid(conversation: Conversation, channel: Channel): void {
    channel.endUnit()
    channel.lostSync = true
    if (channel.seeking) {
      // A start that turned out to be none: with more bytes at once, it would not have been taken for one.
      if (++conversation.falseStarts > this.#limits.maxFalseStarts) conversation.state = State.Opaque
      return
    }
    channel.seeking = true
    channel.lostByGap = false
    conversation.session?.matcher.lost()
    if (++conversation.invalid > this.#limits.maxInvalid) conversation.state = State.Opaque
  }

  #upgrade(conversation: Conversation): void {
    conversation.finishProtocol()
    conversation.tries = 0
    conversation.unknownBytes = 0
    for (const channel of conversation.channels) {
      channel.endUnit()
      channel.seeking = false
    }
    const next = this.#byName.get(conversation.upgrade)
    if (next !== undefined && (this.#selected === null || this.#selected.has(next.name))) {
      conversation.startProtocol(next)
      return
    }
    conversation.state = conversation.upgrade === '' ? State.Detecting : State.Opaque
    if (next !== undefined) conversation.opaqueBucket = Bucket.NotSelected
  }
}
