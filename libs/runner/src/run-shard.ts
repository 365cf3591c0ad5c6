import { Worker } from 'node:worker_threads'

import type { EncodedBlock } from '@hindwire/entries/block-encoder.ts'

import type { ShardHandler, ShardProgress, ShardReport, ShardTask } from './shard-task.ts'

export type FromThread =
  | { readonly type: 'block'; readonly block: EncodedBlock; readonly sequence: number }
  | { readonly type: 'progress'; readonly progress: ShardProgress }
  | { readonly type: 'done'; readonly report: ShardReport }
  | { readonly type: 'failed'; readonly message: string; readonly stack: string }

export type ToThread = { readonly type: 'taken'; readonly sequence: number } | { readonly type: 'stop' }

/**
 * Runs one shard in a worker thread of its own.
 * @throws when the shard fails, when a block is refused by the handler, or when `signal` aborts: the thread has ended then
 */
export async function runShard(task: ShardTask, handler: ShardHandler, signal?: AbortSignal): Promise<ShardReport> {
  signal?.throwIfAborted()
  const worker = new Worker(new URL('./shard-thread.ts', import.meta.url), { workerData: task })
  const tell = (message: ToThread): void => worker.postMessage(message)
  const onAbort = (): void => tell({ type: 'stop' })
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    return await new Promise<ShardReport>((resolve, reject) => {
      worker.on('message', (message: FromThread) => {
        if (message.type === 'block') {
          const { block, sequence } = message
          handler.block(block, sequence).then(() => tell({ type: 'taken', sequence }), reject)
        } else if (message.type === 'progress') handler.progress?.(message.progress)
        else if (message.type === 'done') resolve(message.report)
        else
          reject(
            signal?.aborted === true ? (signal.reason as Error) : new Error(message.message, { cause: message.stack }),
          )
      })
      worker.on('error', reject)
      worker.on('exit', (code) => reject(new Error(`the dissection thread ended with code ${code}`)))
    })
  } finally {
    signal?.removeEventListener('abort', onAbort)
    await worker.terminate()
  }
}
