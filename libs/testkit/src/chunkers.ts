import { seededRandom } from './seeded-random.ts'

/** Every strict prefix of the bytes, from the empty one. */
export function* prefixes(bytes: Uint8Array): Generator<Uint8Array> {
  for (let length = 0; length < bytes.length; length++) yield bytes.subarray(0, length)
}

/** Every way to split the bytes in two parts that are not empty. */
export function* splits(bytes: Uint8Array): Generator<readonly [Uint8Array, Uint8Array]> {
  for (let at = 1; at < bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)]
}

/** Pieces of `size` bytes; the last may be shorter. One byte at a time with size 1. */
export function chunksOf(bytes: Uint8Array, size: number): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size))
  return chunks
}

/** Pieces of random sizes from 1 to `largest` bytes, the same for the same seed. */
export function randomChunks(bytes: Uint8Array, seed: number, largest = 64): Uint8Array[] {
  const random = seededRandom(seed)
  const chunks: Uint8Array[] = []
  let at = 0
  while (at < bytes.length) {
    const size = 1 + Math.floor(random() * largest)
    chunks.push(bytes.subarray(at, at + size))
    at += size
  }
  return chunks
}
