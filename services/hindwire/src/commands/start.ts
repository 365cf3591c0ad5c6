import { access, constants } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

import type { Command } from 'commander'

import type { StartOptions } from '../look-at-captures.ts'
import { addServeOptions } from './serve-options.ts'

const EXAMPLE = fileURLToPath(new URL('../../../../examples/checkout-incident.pcap', import.meta.url))

export function addStart(program: Command): void {
  const command = program
    .command('start')
    .description('import capture files, dissect them, print what was found, and keep serving')
    .argument('[file...]', 'capture files; without any, the example of a shop whose payment fails')
    .option('--exit', 'stop after the summary instead of serving')
  addServeOptions(command).action(async (files: string[], options: StartOptions) => {
    const captures = files.length === 0 ? [EXAMPLE] : files
    for (const file of captures) await checkReadable(file)
    const { lookAtCaptures } = await import('../look-at-captures.ts')
    process.exitCode = await lookAtCaptures(captures, options)
  })
}

async function checkReadable(file: string): Promise<void> {
  try {
    await access(file, constants.R_OK)
  } catch (error) {
    throw new Error(`cannot read ${file}: there is no such file, or it may not be read`, { cause: error })
  }
}
