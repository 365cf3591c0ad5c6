import type { CoverageReport } from '@hindwire/dissect/coverage.ts'
import type { EncodedBlock } from '@hindwire/entries/block-encoder.ts'

import type { CaptureInput, FileReport } from './read-packets.ts'

/** One shard of a dissection. Plain data: it crosses threads and processes. */
export interface ShardTask {
  readonly files: readonly CaptureInput[]
  readonly shard: number
  readonly shards: number
  /** Number of the dissection, for its rows. */
  readonly dissection: number
  /** Folder names of the protocols that are wanted; all where left out. */
  readonly protocols?: readonly string[]
  /** Only entries that match this filter are kept. */
  readonly kfl?: string
  /** Time of the dissection, ms since 1970: `now()` in the filter. */
  readonly now?: number
  readonly maxBodyBytes?: number
  /** Name-resolution records, as stored with the snapshot (JSON text). */
  readonly resolution?: string
}

/** Counts of one entry protocol. */
export interface ProtocolCounts {
  entries: number
  requests: number
  responses: number
  errors: number
}

/** What a shard has done. */
export interface ShardReport {
  readonly coverage: CoverageReport
  /** The same for every shard: each reads all files. */
  readonly files: readonly FileReport[]
  readonly entries: number
  readonly protocols: Readonly<Record<string, ProtocolCounts>>
}

export interface ShardProgress {
  /** Bytes of the files read so far. */
  readonly bytes: number
  readonly packets: number
  readonly entries: number
}

/** Receives a shard's results. */
export interface ShardHandler {
  /**
   * Blocks come numbered from 0, the same ones in every run. The shard waits while too many are not taken. A block's
   * bytes may be used until the promise resolves: they are then written again.
   */
  block(block: EncodedBlock, sequence: number): Promise<void>
  progress?(progress: ShardProgress): void
}
