import { once } from 'node:events'

import { decodeBlocks } from '@hindwire/entries/block-decoder.ts'
import { buildCatalogue } from '@hindwire/entries/build-catalogue.ts'
import { protocols } from '@hindwire/protocols/registry.ts'
import { compactShape } from '@hindwire/query/shapes/compact.ts'
import { fullShape } from '@hindwire/query/shapes/full.ts'
import { rawShape } from '@hindwire/query/shapes/raw.ts'
import { type Shape, shapeRow } from '@hindwire/query/shapes/shape.ts'

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
