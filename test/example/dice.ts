import { seededRandom } from '@hindwire/testkit/seeded-random.ts'

/** Choices that depend on the seed only. No transcendental functions: they may differ in the last bit elsewhere. */
export class Dice {
  readonly #next: () => number

  constructor(seed: number) {
    this.#next = seededRandom(seed)
  }

  chance(probability: number): boolean {
    return this.#next() < probability
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.#next() * (high - low + 1))
  }

  /** A latency in µs: mostly near `typical`, with a long tail to about five times that. */
  latency(typical: number): number {
    const wide = this.#next()
    return Math.floor(typical * (0.6 + 0.6 * this.#next() + 4 * wide * wide * wide * wide * wide * wide))
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#next() * list.length)] as T
  }

  hex(digits: number): string {
    let text = ''
    while (text.length < digits) text += this.between(0, 15).toString(16)
    return text
  }
}
