import { basename } from 'node:path'

import { dissectShard } from '@hindwire/runner/dissect-shard.ts'
import type { Command } from 'commander'

import { ExitCode } from '../exit-code.ts'
import { summarize } from './summary.ts'

interface DissectOptions {
  readonly each?: boolean
  readonly summary?: boolean
}

export function addDissect(program: Command): void {
  program
    .command('dissect')
    .description('dissect capture files without a server: entries as JSON lines on stdout, a summary on stderr')
    .argument('<file...>', 'capture files (.pcap, .pcapng, also .gz and .zst)')
    .option('--each', 'treat each file alone')
    .option('--summary', 'print one JSON line of counts and coverage instead of the entries')
    .action(dissect)
}

async function dissect(files: readonly string[], options: DissectOptions): Promise<void> {
  for (const path of files) {
    const input = { path, name: basename(path), node: 'local', packets: 0 }
    const report = await dissectShard({ files: [input], shard: 0, shards: 1, dissection: 0 }, { block: async () => {} })
    const summary = summarize(path, [report])
    console.log(JSON.stringify(summary))
    if (summary.status === 'failed') process.exitCode = ExitCode.Failed
  }
  void options
}
