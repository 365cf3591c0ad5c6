import type { EntryWriter } from './entry-writer.ts'
import type { Field } from './field.ts'
import type { Message, Pair, Side } from './message.ts'
import type { Link, Session } from './session.ts'

export type Transport = 'tcp' | 'udp' | 'sctp' | 'icmp'

/** Answer of `detect`: these bytes begin a message of the protocol, they do not, or more of them are needed to tell. */
export const Detection = { No: 0, Yes: 1, NeedMore: 2 } as const
export type Detection = (typeof Detection)[keyof typeof Detection]

/** The manifest of a protocol: everything that the engine and the catalogue know of it. */
export interface Protocol<M extends Message = Message> {
  /** Folder name and default entry protocol, e.g. `redis`. */
  readonly name: string
  /** Names its entries may carry in `protocol`; the first is the usual one (`dns`, `mdns`, `llmnr`). */
  readonly entryProtocols: readonly string[]
  /**
   * Its entries are the flows themselves: the engine makes one of each flow's end, with a FlowReport as the request.
   * Such a manifest has no transports and is never asked whether bytes are its own.
   */
  readonly ofFlows?: true
  readonly title: string
  readonly transports: readonly Transport[]
  /** Usual server ports: asked first there, never decisive. */
  readonly ports: readonly number[]
  /** Order of detection, low first. Strict signatures (magic numbers) below 50, text protocols 50, loose ones above. */
  readonly priority: number
  readonly fields: readonly Field[]
  /**
   * Do bytes[start, end), the first bytes seen of one side of a stream (or a whole datagram), begin a message?
   * `side` is the sender as far as ports and handshake tell. At most `detectBytes` are ever given.
   */
  detect(bytes: Uint8Array, start: number, end: number, transport: Transport): Detection
  /**
   * Which role the message has that begins there: tells client from server when the connection's start was not seen.
   * 0: its sender is the client; 1: the server; -1: cannot tell.
   */
  sender(bytes: Uint8Array, start: number, end: number): Side | -1
  open(link: Link): Session
  /** Writes the shared and own columns of an entry. The engine has written time, endpoints and evidence. */
  summarize(pair: Pair<M>, entry: EntryWriter): void
}
