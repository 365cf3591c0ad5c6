import { basename } from 'node:path'

import { dissectShard } from '@hindwire/runner/dissect-shard.ts'
import { compileFilter } from '@hindwire/runner/entry-filter.ts'
import { inspectCapture } from '@hindwire/runner/inspect-capture.ts'
import type { CaptureInput } from '@hindwire/runner/read-packets.ts'
import { runShard } from '@hindwire/runner/run-shard.ts'
import type { ShardHandler, ShardReport, ShardTask } from '@hindwire/runner/shard-task.ts'

import { EntryPrinter, type EntryFormat } from './entry-printer.ts'
import { ExitCode, UsageError } from './exit-code.ts'
import { type ProgressBar, progressBar } from './progress-bar.ts'
import { type DissectSummary, summarize, summaryText } from './summary.ts'

/** Options of the dissect command. */
export interface DissectOptions {
  readonly each?: boolean
  readonly summary?: boolean
  readonly kfl?: string
  readonly format: EntryFormat
  readonly workers: number
  readonly node: string
}

/** Dissects files without a server; see the command's help. */
export async function dissect(files: readonly string[], options: DissectOptions): Promise<void> {
  checkFilter(options.kfl)
  const groups = options.each === true ? files.map((file) => [file]) : [files]
  for (const group of groups) {
    const summary = await dissectGroup(group, options)
    if (options.summary === true) console.log(JSON.stringify(summary))
    else console.error(summaryText(summary))
    if (summary.status === 'failed') process.exitCode = ExitCode.Failed
  }
}

function checkFilter(kfl: string | undefined): void {
  if (kfl === undefined) return
  try {
    compileFilter(kfl, Date.now())
  } catch (error) {
    throw new UsageError(`the filter is not right:\n${(error as Error).message}`)
  }
}

async function dissectGroup(paths: readonly string[], options: DissectOptions): Promise<DissectSummary> {
  const files = await inputsOf(paths, options.node)
  const printer = options.summary === true ? null : new EntryPrinter(options.format)
  const bar = options.summary === true ? null : progressBar('dissecting', 1)
  const reports = await runShards(files, options, printer, bar)
  bar?.stop()
  return summarize(paths.join(', '), reports)
}

/** Packet numbers count through all files, so that those of all but the last must be known beforehand. */
async function inputsOf(paths: readonly string[], node: string): Promise<CaptureInput[]> {
  const names = uniqueNames(paths)
  const inputs: CaptureInput[] = []
  for (const [at, path] of paths.entries()) {
    const counted =
      at === paths.length - 1
        ? 0
        : await inspectCapture(path).then(
            (facts) => facts.packets,
            () => 0,
          )
    inputs.push({ path, name: names[at] as string, node, packets: counted })
  }
  return inputs
}

/** File names, or whole paths where two files have the same name. */
function uniqueNames(paths: readonly string[]): readonly string[] {
  const names = paths.map((path) => basename(path))
  return new Set(names).size === names.length ? names : paths
}

async function runShards(
  files: readonly CaptureInput[],
  options: DissectOptions,
  printer: EntryPrinter | null,
  bar: ProgressBar | null,
): Promise<ShardReport[]> {
  const shards = options.workers
  const handler: ShardHandler = {
    block: (block) => printer?.print(block.bytes) ?? Promise.resolve(),
    progress: ({ packets, entries }) => bar?.update(0, `${packets} packets, ${entries} entries`),
  }
  const base: ShardTask = { files, shard: 0, shards, dissection: 0, now: Date.now() }
  const task = options.kfl === undefined ? base : { ...base, kfl: options.kfl }
  if (shards === 1) return [await dissectShard(task, handler)]
  return Promise.all(Array.from({ length: shards }, (_, shard) => runShard({ ...task, shard }, handler)))
}
