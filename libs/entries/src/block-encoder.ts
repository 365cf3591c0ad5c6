import type { Entry, EntrySink, PacketLocator } from '@hindwire/dissect/entry.ts'
import { Columns } from '@hindwire/protocols/contract/common-columns.ts'
import type { Message } from '@hindwire/protocols/contract/message.ts'

import { BlockWriter, type ProtocolTally } from './block-writer.ts'
import { CommonWriter } from './common-writer.ts'
import type { NameLookup } from './name-lookup.ts'
import { NameWriter } from './name-writer.ts'

/** Rows of a full block: few enough that a block is soon full, enough that its dictionaries pay. */
export const DEFAULT_MAX_ROWS = 20_000
/** Bytes of strings in a full block, 16 MiB; one entry more may stand above it. */
export const DEFAULT_MAX_BYTES = 16 * 1024 * 1024

export interface BlockEncoderOptions {
  /** Number of the dissection that the rows belong to. */
  readonly dissection: number
  readonly packets: PacketLocator
  /** Names of endpoints; without it, only addresses are written. */
  readonly names?: NameLookup
  readonly maxRows?: number
  readonly maxBytes?: number
}

/** A closed block. `bytes` has an ArrayBuffer of its own, which may be transferred to another thread. */
export interface EncodedBlock {
  /** ClickHouse Native, one block. */
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly rows: number
  /** Earliest and latest `ts` of its rows, µs since the Unix epoch. */
  readonly firstTs: number
  readonly lastTs: number
  /** What it holds, by entry protocol. */
  readonly protocols: Readonly<Record<string, ProtocolTally>>
}

/**
 * Turns entries into blocks of rows. Where blocks are cut depends on the entries alone (their number and the bytes that
 * they take), so the same entries give the same blocks in every run.
 */
export class BlockEncoder implements EntrySink {
  readonly #writer: BlockWriter
  readonly #common: CommonWriter
  readonly #names: NameWriter | undefined
  readonly #maxBytes: number
  readonly #ready: EncodedBlock[] = []
  readonly #pair: { request: Message | null; response: Message | null } = { request: null, response: null }

  constructor(options: BlockEncoderOptions) {
    this.#writer = new BlockWriter(options.maxRows ?? DEFAULT_MAX_ROWS)
    this.#maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES
    this.#common = new CommonWriter(this.#writer, options.dissection, options.packets)
    this.#names = options.names === undefined ? undefined : new NameWriter(this.#writer, options.names)
  }

  entry(entry: Entry): void {
    const writer = this.#writer
    this.#common.write(entry)
    this.#names?.write(entry)
    this.#pair.request = entry.request
    this.#pair.response = entry.response
    entry.protocol.summarize(this.#pair, writer)
    writer.endRow()
    if (writer.rows === writer.maxRows || writer.meter.bytes >= this.#maxBytes) this.close()
  }

  /** The next full block, or null when none is full. */
  take(): EncodedBlock | null {
    return this.#ready.shift() ?? null
  }

  /** Makes a block of the entries that fill none. Then `take` gives everything. */
  close(): void {
    const writer = this.#writer
    const { rows } = writer
    if (rows === 0) return
    let firstTs = Infinity
    let lastTs = 0
    const times = writer.numbers(Columns.ts)
    for (let row = 0; row < rows; row++) {
      const ts = times[row]!
      if (ts < firstTs) firstTs = ts
      if (ts > lastTs) lastTs = ts
    }
    const protocols = writer.tallies()
    this.#ready.push({ bytes: writer.take(), rows, firstTs, lastTs, protocols })
  }

  /** Gives back the buffer of a block that has been sent or stored: blocks in new memory take half as long again. */
  recycle(buffer: ArrayBuffer): void {
    this.#writer.recycle(buffer)
  }
}
