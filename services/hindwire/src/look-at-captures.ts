import { gatewaySettings } from '@hindwire/gateway/config.ts'

import { type DissectionStatus, dissectSnapshot } from './dissect-snapshot.ts'
import { findingsOf } from './findings.ts'
import { importSnapshot } from './import-snapshot.ts'
import { printFindings } from './print-findings.ts'
import { RestClient } from './rest-client.ts'
import { type Running, type ServeOptions, runEmbedded } from './run-embedded.ts'

/** Options of the start command. */
export interface StartOptions extends ServeOptions {
  readonly exit?: boolean
}

/** Name of the dissection of an import. */
const DISSECTION = 'first'

/** Serves, imports the captures, dissects them and prints what was found. Resolves with the exit code. */
export function lookAtCaptures(captures: readonly string[], options: StartOptions): Promise<number> {
  return runEmbedded(options, (running) => look(running, captures, options))
}

async function look(running: Running, captures: readonly string[], options: StartOptions): Promise<void> {
  const { embedded, stop } = running
  const client = new RestClient(embedded.address, gatewaySettings().token)
  const { snapshot, warnings, refused } = await importSnapshot(client, captures)
  for (const sentence of [...warnings, ...refused]) console.error(`hindwire: ${sentence}`)
  if (refused.length === captures.length) {
    stop()
    throw new Error('none of the files could be imported')
  }
  const status = await dissectSnapshot(client, snapshot, DISSECTION)
  await report(running, snapshot, status)
  if (options.exit === true) stop()
  else console.log(hints(embedded.address, `${snapshot}/${DISSECTION}`))
}

async function report({ embedded }: Running, snapshot: string, status: DissectionStatus): Promise<void> {
  const database = `${snapshot}/${DISSECTION}`
  if (status.status !== 'completed')
    throw new Error(`the dissection ${database} is ${status.status}: ${status.errors.join('; ')}`)
  const findings = await findingsOf(embedded.store, snapshot, DISSECTION)
  if (findings !== null) console.log(printFindings(database, status, findings))
}

function hints(address: string, database: string): string {
  const query = `${address}/mcp/calls?db=${database}`
  return [
    `Serving at ${address} (Ctrl-C stops)`,
    `  curl -G '${query}' --data-urlencode 'kfl=http and status >= 400'`,
    `  npx hindwire query 'http and status >= 400' --db ${database}`,
  ].join('\n')
}
