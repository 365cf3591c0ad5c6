import { Command, CommanderError } from 'commander'

import { addDissect } from './commands/dissect.ts'
import { addKfl } from './commands/kfl.ts'
import { addQuery } from './commands/query.ts'
import { addServe } from './commands/serve.ts'
import { addStart } from './commands/start.ts'
import { ExitCode, UsageError } from './exit-code.ts'
import { version } from './version.ts'

// Started by the launcher: when that is gone, so is the terminal that wanted an answer.
if (process.channel !== undefined) {
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  process.channel.unref()
}
// A reader such as `head` that has seen enough is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? ExitCode.Done : ExitCode.Failed),
)

const program = new Command('hindwire')
  .description('Delayed dissection of packet captures: every request and response becomes a queryable row')
  .version(version)
  .showSuggestionAfterError()
  .showHelpAfterError('(hindwire --help lists the commands)')
  .exitOverride()

addStart(program)
addServe(program)
addDissect(program)
addQuery(program)
addKfl(program)

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? ExitCode.Done : ExitCode.Usage
  else {
    console.error(`hindwire: ${(error as Error).message}`)
    process.exitCode = error instanceof UsageError ? ExitCode.Usage : ExitCode.Failed
  }
}
