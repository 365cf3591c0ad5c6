import type { ProtocolCounts } from './shard-task.ts'

/** Adds counts by protocol to others. */
export function addCounts(sum: Record<string, ProtocolCounts>, more: Readonly<Record<string, ProtocolCounts>>): void {
  for (const [name, counts] of Object.entries(more)) {
    const own = (sum[name] ??= { entries: 0, requests: 0, responses: 0, errors: 0 })
    own.entries += counts.entries
    own.requests += counts.requests
    own.responses += counts.responses
    own.errors += counts.errors
  }
}
