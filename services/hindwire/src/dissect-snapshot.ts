import { progressBar } from './progress-bar.ts'
import { type RestClient, RestError } from './rest-client.ts'

/** `GET /mcp/dissections/:snapshot/:name`. */
export interface DissectionStatus {
  readonly status: string
  readonly progress: number
  readonly stats: {
    readonly packets_processed: number
    readonly entries_created: number
    readonly protocol_counts: Readonly<Record<string, number>>
  }
  readonly coverage: Readonly<Record<string, number>>
  readonly errors: readonly string[]
}

const ENDED: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled'])

/** Starts the dissection, or joins the one of this name that is there, and follows it to its end. */
export async function dissectSnapshot(client: RestClient, snapshot: string, name: string): Promise<DissectionStatus> {
  const path = `/mcp/dissections/${snapshot}/${name}`
  await startUnlessThere(client, snapshot, name)
  const bar = progressBar(`dissecting ${snapshot}`, 100)
  try {
    for await (const status of client.events<DissectionStatus>(`${path}/events`)) {
      bar.update(status.progress, `${status.stats.packets_processed} packets, ${status.stats.entries_created} entries`)
      if (ENDED.has(status.status)) return status
    }
  } finally {
    bar.stop()
  }
  return client.get<DissectionStatus>(path)
}

async function startUnlessThere(client: RestClient, snapshot: string, name: string): Promise<void> {
  const path = `/mcp/dissections/${snapshot}/${name}`
  try {
    await client.post('/mcp/dissections', { snapshot, name })
    return
  } catch (error) {
    if (!(error instanceof RestError) || error.code !== 'dissection_exists') throw error
  }
  const { status } = await client.get<DissectionStatus>(path)
  if (status !== 'failed' && status !== 'cancelled') return
  await client.delete(path)
  await client.post('/mcp/dissections', { snapshot, name })
}
