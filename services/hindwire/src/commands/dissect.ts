import { type Command, Option } from 'commander'

import type { DissectOptions } from '../dissect-files.ts'
import { whole } from './whole.ts'

export function addDissect(program: Command): void {
  program
    .command('dissect')
    .description('dissect capture files without a server: entries as JSON lines on stdout, a summary on stderr')
    .argument('<file...>', 'capture files (.pcap, .pcapng, also .gz and .zst)')
    .option('--each', 'treat each file alone')
    .option('--summary', 'print one JSON line of counts and coverage instead of the entries')
    .option('--kfl <filter>', 'only entries that match this filter')
    .addOption(
      new Option('--format <format>', 'members of each entry').choices(['compact', 'full', 'raw']).default('full'),
    )
    .addOption(new Option('--workers <n>', 'threads that share the flows').argParser(whole(1, 256)).default(1))
    .option('--node <name>', 'name of the node that captured the files', 'local')
    .action(async (files: string[], options: DissectOptions) => {
      const { dissect } = await import('../dissect-files.ts')
      await dissect(files, options)
    })
}
