import type { Command } from 'commander'

interface ExplainOptions {
  readonly db?: string
  readonly url?: string
}

export function addKfl(program: Command): void {
  program
    .command('kfl')
    .description('the filter language')
    .command('explain')
    .description('show how a filter is understood: its normal form, the SQL that it becomes, or what is wrong with it')
    .argument('<expression>', "filter, e.g. 'http and status >= 400'")
    .option('--db <snapshot/dissection>', 'also count the rows that each clause matches; needs a running server')
    .option('--url <address>', 'address of the server (default: http://127.0.0.1 and HINDWIRE_PORT)')
    .action(async (expression: string, options: ExplainOptions) => {
      const { explain } = await import('../explain-filter.ts')
      await explain(expression, options)
    })
}
