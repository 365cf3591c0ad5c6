import { type CoverageReport, mergeCoverage } from '@hindwire/dissect/coverage.ts'
import { addCounts } from '@hindwire/runner/protocol-counts.ts'
import type { ProtocolCounts, ShardReport } from '@hindwire/runner/shard-task.ts'

/** What `dissect --summary` prints: one JSON line per file, or for all files together. */
export interface DissectSummary {
  readonly file: string
  /** `failed` where nothing at all could be read. */
  readonly status: 'completed' | 'failed'
  readonly packets: number
  readonly bytes: number
  readonly coverage: CoverageReport['buckets']
  readonly protocols: Readonly<Record<string, ProtocolCounts>>
  readonly errors: readonly string[]
}

/** Sums up the shards of one run. Every shard has read all files, so their file reports are alike. */
export function summarize(file: string, shards: readonly ShardReport[]): DissectSummary {
  const coverage = mergeCoverage(shards.map((shard) => shard.coverage))
  const protocols: Record<string, ProtocolCounts> = {}
  for (const shard of shards) addCounts(protocols, shard.protocols)
  const files = shards[0]?.files ?? []
  const bytes = files.reduce((sum, each) => sum + each.bytes, 0)
  const prefix = (name: string): string => (files.length > 1 ? `${name}: ` : '')
  const errors = files.flatMap((each) => each.problems.map((problem) => prefix(each.name) + problem))
  const nothingRead = coverage.packets === 0 && errors.length > 0
  return {
    file,
    status: nothingRead ? 'failed' : 'completed',
    packets: coverage.packets,
    bytes,
    coverage: coverage.buckets,
    protocols,
    errors,
  }
}

/** The same for people. */
export function summaryText(summary: DissectSummary): string {
  const { packets, bytes, coverage, protocols, errors } = summary
  const calls = Object.entries(protocols).map(([name, { entries, errors: failed }]) => {
    return `  ${name}: ${entries} entries${failed === 0 ? '' : `, ${failed} errors`}`
  })
  const buckets = Object.entries(coverage)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name} ${count}`)
  return [
    `${packets} packets, ${bytes} bytes (${summary.status})`,
    ...calls,
    `  coverage: ${buckets.length === 0 ? 'no packets' : buckets.join(', ')}`,
    ...errors.map((error) => `  ${error}`),
  ].join('\n')
}
