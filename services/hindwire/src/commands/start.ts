import { access } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

import { gatewaySettings } from '@hindwire/gateway/config.ts'
import type { Command } from 'commander'

import { type DissectionStatus, dissectSnapshot } from '../dissect-snapshot.ts'
import { findingsOf } from '../findings.ts'
import { importSnapshot } from '../import-snapshot.ts'
import { printFindings } from '../print-findings.ts'
import { RestClient } from '../rest-client.ts'
import { type Running, type ServeOptions, runEmbedded } from '../run-embedded.ts'
import { addServeOptions } from './serve-options.ts'

interface StartOptions extends ServeOptions {
  readonly exit?: boolean
}

const EXAMPLE = fileURLToPath(new URL('../../../../examples/checkout-incident.pcap', import.meta.url))
/** Name of the dissection of an import. */
const DISSECTION = 'first'

export function addStart(program: Command): void {
  const command = program
    .command('start')
    .description('import capture files, dissect them, print what was found, and keep serving')
    .argument('[file...]', 'capture files; without any, the example of a shop whose payment fails')
    .option('--exit', 'stop after the summary instead of serving')
  addServeOptions(command).action(async (files: string[], options: StartOptions) => {
    const captures = files.length === 0 ? [EXAMPLE] : files
    for (const file of captures)
      await access(file).catch(() =>
        Promise.reject(new Error(`cannot read ${file}: there is no such file, or it may not be read`)),
      )
    process.exitCode = await runEmbedded(options, (running) => look(running, captures, options))
  })
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
