import { type Message, Role, Side } from '@hindwire/protocols/contract/message.ts'
import type { Protocol } from '@hindwire/protocols/contract/protocol.ts'

import type { Conversation } from './conversation.ts'
import type { Entry, EntrySink, FlowInfo } from './entry.ts'

/** The reused entry that is handed to the sink. */
class MadeEntry implements Entry {
  protocol!: Protocol
  flow!: FlowInfo
  index = 0
  request: Message | null = null
  response: Message | null = null
  time = 0
  elapsedUs = 0
  durationUs = 0
  completeness: Entry['completeness'] = 'complete'
  completenessReason = ''
  requestSide: Side = Side.Client
}

/** Makes entries of pairs: times, latency, completeness, the number within the flow. */
export class EntryMaker {
  readonly #sink: EntrySink
  readonly #entry = new MadeEntry()

  constructor(sink: EntrySink) {
    this.#sink = sink
  }

  emit(conversation: Conversation, request: Message | null, response: Message | null): void {
    const first = request ?? response
    if (first === null || conversation.protocol === null) return
    const entry = this.#entry
    entry.protocol = conversation.protocol
    entry.flow = conversation
    entry.index = conversation.entries++
    entry.request = request
    entry.response = response
    entry.requestSide = request === null ? ((1 - first.side) as Side) : request.side
    entry.time = first.firstTime
    let last = endOf(first)
    entry.elapsedUs = 0
    if (request !== null && response !== null) {
      entry.elapsedUs = Math.max(0, response.firstTime - last)
      last = Math.max(last, endOf(response))
      entry.time = Math.min(first.firstTime, response.firstTime)
    }
    entry.durationUs = Math.max(0, last - entry.time)
    this.#judge(entry, request, response)
    this.#sink.entry(entry)
    entry.request = null
    entry.response = null
  }

  #judge(entry: MadeEntry, request: Message | null, response: Message | null): void {
    const reason = reasonOf(request, response)
    entry.completenessReason = reason
    if (reason !== '') entry.completeness = 'partial'
    else if (response?.inferred === true) {
      entry.completeness = 'inferred'
      entry.completenessReason = 'paired after a loss'
    } else entry.completeness = 'complete'
  }
}

/** The last byte of a message may have been captured before its first one. */
function endOf(message: Message): number {
  return Math.max(message.firstTime, message.lastTime)
}

function reasonOf(request: Message | null, response: Message | null): string {
  if (request !== null && request.partial !== '') return `request: ${request.partial}`
  if (response !== null && response.partial !== '') return `response: ${response.partial}`
  if (request === null) return 'no request'
  if (response === null && request.role === Role.Request) return 'no response'
  return ''
}
