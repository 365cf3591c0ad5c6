import { isUtf8 } from 'node:buffer'

import { utf8 } from '@hindwire/bytes/text.ts'

import type { RecordView } from './records.ts'

/** Records as JSON, one a line: what was written or read, in a body column. */
export class RecordText {
  readonly #limit: number
  readonly #lines: string[] = []
  #length = 0
  truncated = false

  /** `limit`: characters kept. */
  constructor(limit: number) {
    this.#limit = limit
  }

  get text(): string {
    return this.#lines.join('\n')
  }

  add(record: RecordView): void {
    if (this.truncated) return
    const { topic, partition, offset, timestamp, bytes, headers } = record
    if (this.#length + (record.valueEnd - record.valueStart) > this.#limit) {
      this.truncated = true
      return
    }
    const line: Record<string, unknown> = { topic, partition, offset }
    if (timestamp >= 0) line['timestamp'] = timestamp
    line['key'] = value(bytes, record.keyStart, record.keyEnd)
    line['value'] = value(bytes, record.valueStart, record.valueEnd)
    if (headers.length > 0) {
      line['headers'] = headers.map(([name, start, end]) => ({ [name]: value(bytes, start, end) }))
    }
    const text = JSON.stringify(line)
    if (this.#length + text.length > this.#limit) this.truncated = true
    else {
      this.#lines.push(text)
      this.#length += text.length + 1
    }
  }
}

/** Text where it is UTF-8, else base64. */
function value(bytes: Uint8Array, start: number, end: number): string | { base64: string } | null {
  if (start < 0) return null
  const part = bytes.subarray(start, end)
  if (isUtf8(part)) return utf8(bytes, start, end)
  return { base64: Buffer.from(part.buffer, part.byteOffset, part.length).toString('base64') }
}
