import type { BlockOutput } from './block-output.ts'
import type { LabelDictionary } from './label-dictionary.ts'

/*
 * LowCardinality in Native blocks: a version before the column (before the offsets of an array or map), then the type of
 * the indexes with flags, the keys, and the indexes.
 * https://clickhouse.com/docs/interfaces/specs/NativeFormat
 */
const SHARED_DICTIONARIES_WITH_ADDITIONAL_KEYS = 1
const HAS_ADDITIONAL_KEYS = 1 << 9
const NEED_UPDATE_DICTIONARY = 1 << 10

/** Bytes of the version. */
export const LABEL_PREFIX_SIZE = 8

/** Bytes of one index into `count` labels, as a power of two. */
function widthPower(count: number): 0 | 1 | 2 {
  return count <= 0x100 ? 0 : count <= 0x1_0000 ? 1 : 2
}

/** Bytes of `indexes` labels with their dictionary, without the version. */
export function labelsSize(dictionary: LabelDictionary, indexes: number): number {
  return 24 + dictionary.content.used + (indexes << widthPower(dictionary.count))
}

export function writeLabelPrefix(output: BlockOutput): void {
  output.u64(SHARED_DICTIONARIES_WITH_ADDITIONAL_KEYS)
}

/** Writes the dictionary and the first `count` of the indexes. */
export function writeLabels(
  output: BlockOutput,
  dictionary: LabelDictionary,
  indexes: Uint32Array,
  count: number,
): void {
  const power = widthPower(dictionary.count)
  output.u64(power | HAS_ADDITIONAL_KEYS | NEED_UPDATE_DICTIONARY)
  output.u64(dictionary.count)
  output.copy(dictionary.content.bytes, dictionary.content.used)
  output.u64(count)
  const step = output.scratch.byteLength >>> power
  for (let from = 0; from < count; from += step) {
    const to = Math.min(count, from + step)
    narrow(output.scratch, power, indexes, from, to)
    output.copyScratch((to - from) << power)
  }
}

function narrow(scratch: ArrayBuffer, power: 0 | 1 | 2, indexes: Uint32Array, from: number, to: number): void {
  if (power === 0) copyInto(new Uint8Array(scratch), indexes, from, to)
  else if (power === 1) copyInto16(new Uint16Array(scratch), indexes, from, to)
  else new Uint32Array(scratch).set(indexes.subarray(from, to))
}

function copyInto(bytes: Uint8Array, indexes: Uint32Array, from: number, to: number): void {
  for (let at = from; at < to; at++) bytes[at - from] = indexes[at]!
}

function copyInto16(words: Uint16Array, indexes: Uint32Array, from: number, to: number): void {
  for (let at = from; at < to; at++) words[at - from] = indexes[at]!
}
