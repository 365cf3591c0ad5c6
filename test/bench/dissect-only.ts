/** Dissects one capture in this thread and throws the rows away: `node dissect-only.ts FILE` prints the counts. */
import { basename } from 'node:path'

import { dissectShard } from '@hindwire/runner/dissect-shard.ts'

const path = process.argv[2] ?? ''
const input = { path, name: basename(path), node: 'bench', packets: 0 }
const report = await dissectShard({ files: [input], shard: 0, shards: 1, dissection: 1 }, { block: async () => {} })
console.log(JSON.stringify({ packets: report.coverage.packets, calls: report.entries }))
