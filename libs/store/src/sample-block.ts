/**
 * A minimal writer of Native blocks for this package's tests, with plain columns only
 * (https://clickhouse.com/docs/interfaces/formats/Native). Entries have a writer of their own.
 */

export interface SampleRow {
  readonly dissection: number
  /** µs since 1970. */
  readonly ts: number
  readonly flow: number
  readonly index: number
  readonly protocol: string
  readonly path: string
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80)
  return Buffer.from([...bytes, rest])
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([varint(bytes.length), bytes])
}

function u32(values: readonly number[]): Buffer {
  return Buffer.from(Uint32Array.from(values).buffer)
}

function u64(values: readonly number[]): Buffer {
  return Buffer.from(BigUint64Array.from(values, BigInt).buffer)
}

/** The rows as one block. `path` is called `pathColumn`, so that a test can misname it. */
export function sampleBlock(rows: readonly SampleRow[], pathColumn = 'path'): Uint8Array {
  const columns: readonly (readonly [name: string, type: string, data: Buffer])[] = [
    ['dissection', 'UInt32', u32(rows.map((row) => row.dissection))],
    ['ts', "DateTime64(6, 'UTC')", u64(rows.map((row) => row.ts))],
    ['flow', 'UInt64', u64(rows.map((row) => row.flow))],
    ['index', 'UInt32', u32(rows.map((row) => row.index))],
    ['protocol', 'String', Buffer.concat(rows.map((row) => text(row.protocol)))],
    [pathColumn, 'String', Buffer.concat(rows.map((row) => text(row.path)))],
  ]
  const parts = [varint(columns.length), varint(rows.length)]
  for (const [name, type, data] of columns) parts.push(text(name), text(type), data)
  return Buffer.concat(parts)
}

/** Rows that differ in everything, from 2026-02-02 on. */
export function sampleRows(dissection: number, count: number, flow = 0): SampleRow[] {
  return Array.from({ length: count }, (_, at) => ({
    dissection,
    ts: 1_769_998_106_000_000 + flow * 1000 + at,
    flow,
    index: at,
    protocol: at % 3 === 0 ? 'http' : 'dns',
    path: `/orders/${flow}/${at}`,
  }))
}
