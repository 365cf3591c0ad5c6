import type { PacketLocator } from '@hindwire/dissect/entry.ts'

import type { CaptureInput } from './read-packets.ts'

/** Finds the file of a packet ordinal: ordinals count through the files in their order. */
export class PacketFiles implements PacketLocator {
  readonly #names: readonly string[]
  /** Packets before each file. */
  readonly #bases: readonly number[]

  constructor(inputs: readonly CaptureInput[]) {
    this.#names = inputs.map(({ name }) => name)
    let base = 0
    this.#bases = inputs.map(({ packets }) => (base += packets) - packets)
  }

  fileOf(ordinal: number): number {
    const bases = this.#bases
    let low = 0
    let high = bases.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((bases[middle] as number) < ordinal) low = middle
      else high = middle - 1
    }
    return low
  }

  numberIn(ordinal: number): number {
    return ordinal - (this.#bases[this.fileOf(ordinal)] as number)
  }

  name(file: number): string {
    return this.#names[file] ?? ''
  }
}
