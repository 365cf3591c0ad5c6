import type { Command } from 'commander'

import type { ServeOptions } from '../run-embedded.ts'
import { addServeOptions } from './serve-options.ts'

export function addServe(program: Command): void {
  const command = program.command('serve').description('serve the REST interface, with everything in this process')
  addServeOptions(command).action(async (options: ServeOptions) => {
    const { runEmbedded } = await import('../run-embedded.ts')
    process.exitCode = await runEmbedded(options, async ({ embedded }) => {
      console.log(`Hindwire is ready at ${embedded.address}`)
    })
  })
}
