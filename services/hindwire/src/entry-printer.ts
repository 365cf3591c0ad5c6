import { once } from 'node:events'

import { decodeBlocks } from '@hindwire/entries/block-decoder.ts'
import { buildCatalogue } from '@hindwire/entries/build-catalogue.ts'
import { compactShape } from '@hindwire/entries/shape-compact.ts'
import { fullShape } from '@hindwire/entries/shape-full.ts'
import { rawShape } from '@hindwire/entries/shape-raw.ts'
import { type Shape, shapeRow } from '@hindwire/entries/shape.ts'
import { protocols } from '@hindwire/protocols/registry.ts'

export type EntryFormat = 'compact' | 'full' | 'raw'

const shapes = { compact: compactShape, full: fullShape, raw: rawShape } as const

/** Prints entries on standard output, a JSON object a line, in the members that REST gives them. */
export class EntryPrinter {
  readonly #shape: Shape

  constructor(format: EntryFormat) {
    this.#shape = shapes[format](buildCatalogue(protocols))
  }

  /** Prints the rows of a block; resolves when the reader has taken them. */
  async print(block: Uint8Array): Promise<void> {
    const lines: string[] = []
    for (const row of decodeBlocks(block)) lines.push(JSON.stringify(shapeRow(this.#shape, row)))
    if (!process.stdout.write(`${lines.join('\n')}\n`)) await once(process.stdout, 'drain')
  }
}
