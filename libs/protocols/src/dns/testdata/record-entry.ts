/** An entry as summarize() wrote it, by column name. */
import { columns } from '../../contract/column.ts'
import type { EntryWriter } from '../../contract/entry-writer.ts'
import type { Pair } from '../../contract/message.ts'
import { summarize } from '../summarize.ts'
import type { DnsMessage } from '../types.ts'

export type WrittenEntry = Record<string, unknown>

export function entryOf(pair: Pair<DnsMessage>): WrittenEntry {
  const written: WrittenEntry = {}
  const put = (column: number, value: unknown): void => {
    const name = columns()[column]?.name ?? ''
    if (name in written) throw new Error(`${name} is written twice`)
    written[name] = value
  }
  const writer: EntryWriter = {
    protocol: (name) => (written['protocol'] = name),
    text: put,
    number: put,
    list: put,
    bytes: (column, bytes, start, end) => put(column, Buffer.from(bytes.subarray(start, end)).toString()),
    pair: put,
    pairBytes: (column) => put(column, ''),
  }
  summarize(pair, writer)
  return written
}
