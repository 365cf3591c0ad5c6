import { MAX_COPY_BYTES } from './limits.ts'
import type { CopyData } from './types.ts'

export function newCopyData(): CopyData {
  return { bytes: 0, messages: 0, sample: new Uint8Array(MAX_COPY_BYTES), sampled: 0 }
}

/** Counts a CopyData body of `size` bytes, and keeps what fits the sample of the bytes[start, end) seen of it. */
export function takeCopyData(copy: CopyData, bytes: Uint8Array, start: number, end: number, size: number): void {
  copy.bytes += size
  copy.messages++
  const take = Math.min(end - start, copy.sample.length - copy.sampled)
  if (take <= 0) return
  copy.sample.set(bytes.subarray(start, start + take), copy.sampled)
  copy.sampled += take
}
