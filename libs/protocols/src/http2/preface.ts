import { PREFACE } from './constants.ts'

/** Length of the client's preface at bytes[start, end); 0: its beginning, -1: something else. */
export function prefaceAt(bytes: Uint8Array, start: number, end: number): number {
  const length = Math.min(PREFACE.length, end - start)
  for (let at = 0; at < length; at++) if (bytes[start + at] !== PREFACE[at]) return -1
  return length === PREFACE.length ? length : 0
}
