import { Engine } from '@hindwire/dissect/engine.ts'
import { defaultLimits } from '@hindwire/dissect/limits.ts'
import { BlockEncoder, type EncodedBlock } from '@hindwire/entries/block-encoder.ts'
import type { Filter } from '@hindwire/kfl/compile.ts'
import { decodePacket } from '@hindwire/packets/decode.ts'
import type { Packet } from '@hindwire/packets/packet.ts'
import { protocols } from '@hindwire/protocols/registry.ts'

import { RecordedNames } from './endpoint-names.ts'
import { compileFilter, filterBlock } from './entry-filter.ts'
import { PacketFiles } from './packet-files.ts'
import { addCounts } from './protocol-counts.ts'
import { type PacketConsumer, readPackets } from './read-packets.ts'
import type { ProtocolCounts, ShardHandler, ShardReport, ShardTask } from './shard-task.ts'

/** Blocks that may be on their way before reading waits. */
const MAX_UNTAKEN_BLOCKS = 4

/** Reads a snapshot's files and dissects one shard of their flows, in this thread. */
export async function dissectShard(task: ShardTask, handler: ShardHandler, signal?: AbortSignal): Promise<ShardReport> {
  const run = new ShardRun(task, handler, signal)
  const files = await readPackets(task.files, run)
  return run.finish(files)
}

class ShardRun implements PacketConsumer {
  readonly #engine: Engine
  readonly #encoder: BlockEncoder
  readonly #handler: ShardHandler
  readonly #filter: Filter | null
  readonly #signal: AbortSignal | undefined
  readonly #counts: Record<string, ProtocolCounts> = {}
  readonly #untaken = new Set<Promise<void>>()
  readonly #aborted: Promise<never>
  #failure: unknown = null
  #sequence = 0
  #entries = 0

  constructor(task: ShardTask, handler: ShardHandler, signal: AbortSignal | undefined) {
    this.#handler = handler
    this.#signal = signal
    // Whoever takes the blocks may never do so.
    this.#aborted = new Promise((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    })
    this.#aborted.catch(() => undefined)
    const limits = { ...defaultLimits, maxBodyBytes: task.maxBodyBytes ?? defaultLimits.maxBodyBytes }
    this.#filter = task.kfl === undefined ? null : compileFilter(task.kfl, task.now ?? 0)
    this.#encoder = new BlockEncoder({
      dissection: task.dissection,
      packets: new PacketFiles(task.files),
      ...(task.resolution === undefined ? {} : { names: new RecordedNames(task.resolution) }),
    })
    this.#engine = new Engine({
      protocols,
      limits,
      sink: this.#encoder,
      shard: task.shard,
      shards: task.shards,
      nodeOf: (file) => task.files[file]?.node ?? '',
      ...(task.protocols === undefined ? {} : { selected: new Set(task.protocols) }),
    })
  }

  packet(packet: Packet, ordinal: number, file: number): void {
    decodePacket(packet)
    this.#engine.packet(packet, ordinal, file)
  }

  async pause(bytes: number): Promise<void> {
    this.#signal?.throwIfAborted()
    this.#send()
    this.#handler.progress?.({ bytes, packets: this.#engine.coverage.packets, entries: this.#entries })
    while (this.#untaken.size >= MAX_UNTAKEN_BLOCKS) await Promise.race([...this.#untaken, this.#aborted])
    if (this.#failure !== null) throw this.#failure
  }

  async finish(files: ShardReport['files']): Promise<ShardReport> {
    this.#engine.finish()
    this.#encoder.close()
    this.#send()
    await Promise.race([Promise.all(this.#untaken), this.#aborted])
    if (this.#failure !== null) throw this.#failure
    return { coverage: this.#engine.coverage.report(), files, entries: this.#entries, protocols: this.#counts }
  }

  #send(): void {
    for (let full = this.#encoder.take(); full !== null; full = this.#encoder.take()) {
      const block = this.#filter === null ? full : filterBlock(full, this.#filter)
      if (block === null) continue
      this.#entries += block.rows
      addCounts(this.#counts, block.protocols)
      const taken = this.#hand(block, this.#sequence++)
      this.#untaken.add(taken)
      void taken.finally(() => this.#untaken.delete(taken))
    }
  }

  async #hand(block: EncodedBlock, sequence: number): Promise<void> {
    try {
      await this.#handler.block(block, sequence)
      // Fresh memory costs more than the rows in it. A buffer that went to another thread is no longer here.
      if (block.bytes.buffer.byteLength > 0) this.#encoder.recycle(block.bytes.buffer)
    } catch (error) {
      this.#failure ??= error
    }
  }
}
