import { decodeBlocks } from '@hindwire/entries/block-decoder.ts'
import type { EncodedBlock } from '@hindwire/entries/block-encoder.ts'
import { BlockWriter } from '@hindwire/entries/block-writer.ts'
import { buildCatalogue } from '@hindwire/entries/build-catalogue.ts'
import { writeStoredRow } from '@hindwire/entries/write-stored-row.ts'
import { type Filter, evaluate, understand } from '@hindwire/kfl/compile.ts'
import { caretView } from '@hindwire/kfl/problem.ts'
import { protocols } from '@hindwire/protocols/registry.ts'

/** A filter that does not compile. The message shows where, and what to write instead. */
export class BadFilter extends Error {
  override readonly name = 'BadFilter'
}

/**
 * @param now `now()` in the filter, ms since 1970
 * @throws BadFilter
 */
export function compileFilter(kfl: string, now: number): Filter {
  const understood = understand(kfl, buildCatalogue(protocols), { now })
  if (understood.ok) return understood.checked
  throw new BadFilter(understood.errors.map((problem) => caretView(kfl, problem)).join('\n'))
}

/** The rows of a block that match; null when none does. The same block and filter give the same bytes. */
export function filterBlock(block: EncodedBlock, filter: Filter): EncodedBlock | null {
  const rows = decodeBlocks(block.bytes)
  const kept = rows.filter((row) => evaluate(filter, row))
  if (kept.length === rows.length) return block
  if (kept.length === 0) return null
  const writer = new BlockWriter(kept.length)
  let firstTs = Infinity
  let lastTs = 0
  for (const row of kept) {
    writeStoredRow(writer, row)
    firstTs = Math.min(firstTs, row['ts'] as number)
    lastTs = Math.max(lastTs, row['ts'] as number)
  }
  const tallies = writer.tallies()
  return { bytes: writer.take(), rows: kept.length, firstTs, lastTs, protocols: tallies }
}
