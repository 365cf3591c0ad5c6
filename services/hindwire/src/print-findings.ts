import type { DissectionStatus } from './dissect-snapshot.ts'
import type { EndpointFinding, Findings } from './findings.ts'

type Cell = string | number

/** Text of a first look at a database, for a terminal. */
export function printFindings(database: string, status: DissectionStatus, findings: Findings): string {
  const calls = findings.protocols.reduce((sum, protocol) => sum + protocol.calls, 0)
  const parts = [
    `\n${database}: ${count(status.stats.packets_processed)} packets, ${count(calls)} calls\n`,
    table(
      ['protocol', 'calls', 'errors', 'p50 ms', 'p95 ms'],
      findings.protocols.map((p) => [p.protocol, count(p.calls), count(p.errors), ms(p.p50Ms), ms(p.p95Ms)]),
    ),
    endpoints('Failing endpoints', findings.failing),
    endpoints('Slowest endpoints', findings.slowest),
    coverage(status.coverage),
    status.errors.length === 0 ? '' : `\nNot read:\n${status.errors.map((error) => `  ${error}\n`).join('')}`,
  ]
  return parts.join('')
}

function endpoints(title: string, rows: readonly EndpointFinding[]): string {
  if (rows.length === 0) return ''
  const cells = rows.map((row) => [row.endpoint, count(row.calls), count(row.errors), ms(row.p95Ms)])
  return `\n${title}\n${table(['endpoint', 'calls', 'errors', 'p95 ms'], cells)}`
}

/** What became of the packets; buckets without any are left out. */
function coverage(buckets: Readonly<Record<string, number>>): string {
  const total = Object.values(buckets).reduce((sum, n) => sum + n, 0)
  if (total === 0) return ''
  const rows = Object.entries(buckets)
    .filter(([, packets]) => packets > 0)
    .sort(([, x], [, y]) => y - x)
    .map(([name, packets]) => [name, count(packets), `${((100 * packets) / total).toFixed(1)} %`])
  return `\nCoverage\n${table(['bucket', 'packets', ''], rows)}`
}

function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const all = [head, ...rows.map((row) => row.map(printable))]
  const widths = head.map((_, at) => Math.max(...all.map((row) => row[at]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    `  ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  ')}`
  return all.map((row) => `${line(row).trimEnd()}\n`).join('')
}

/** Captured text may hold anything; a terminal must not act on it. */
function printable(cell: Cell): string {
  return String(cell).replaceAll(/[\p{Cc}\p{Cf}]/gu, '·')
}

function count(n: number): string {
  return n.toLocaleString('en-US')
}

function ms(value: number): string {
  return value < 10 ? value.toFixed(2) : value.toFixed(0)
}
