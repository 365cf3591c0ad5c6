import { basename } from 'node:path'

import { flowProtocols } from '@hindwire/protocols/flow/constants.ts'

import { type HindwireProcess, makeDirectory, removeDirectory, serveOn } from '../e2e/hindwire-process.ts'
import type { Measurement } from './measure.ts'

interface Status {
  readonly status: string
  readonly stats: { readonly protocol_counts: Readonly<Record<string, number>> }
}

/**
 * From the request for a dissection until its rows can be queried, in the embedded shape; the capture has been uploaded
 * before. CPU time and memory are spread over several processes and not measured.
 */
export async function endToEnd(capture: string): Promise<Measurement & { readonly calls: number | null }> {
  const data = await makeDirectory()
  let run: HindwireProcess | null = null
  try {
    const served = await serveOn(data)
    run = served.run
    const { client } = served
    const name = basename(capture).replaceAll(/[^A-Za-z0-9._-]/g, '_')
    await client.upload(`/mcp/snapshots/bench/captures/${name}`, capture)
    const start = performance.now()
    await client.post('/mcp/dissections', { snapshot: 'bench', name: 'run' })
    let last: Status | null = null
    for await (const status of client.events<Status>('/mcp/dissections/bench/run/events')) last = status
    const wall = (performance.now() - start) / 1000
    if (last?.status !== 'completed') throw new Error(`the dissection ended as ${last?.status}`)
    return { wall, cpu: NaN, memory: NaN, stdout: '', calls: countCalls(last.stats.protocol_counts) }
  } finally {
    await run?.stop()
    await removeDirectory(data)
  }
}

/** Entries that are calls, not flows. */
export function countCalls(byProtocol: Readonly<Record<string, number>>): number {
  const calls = Object.entries(byProtocol).filter(([protocol]) => !flowProtocols.includes(protocol))
  return calls.reduce((sum, [, count]) => sum + count, 0)
}
