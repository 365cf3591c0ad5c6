import { type Transferable, parentPort, workerData } from 'node:worker_threads'

import { dissectShard } from './dissect-shard.ts'
import type { FromThread, ToThread } from './run-shard.ts'
import type { ShardTask } from './shard-task.ts'

/** Thread entry: runs one shard, hands each block over with its buffer, and waits for it to be taken. */
const port = parentPort
if (port === null) throw new Error('shard-thread.ts runs in a worker thread')

const send = (message: FromThread, transfer: Transferable[] = []): void => port.postMessage(message, transfer)
const waiting = new Map<number, () => void>()
const stop = new AbortController()

port.on('message', (message: ToThread) => {
  if (message.type === 'stop') stop.abort(new Error('stopped'))
  else {
    waiting.get(message.sequence)?.()
    waiting.delete(message.sequence)
  }
})

try {
  const report = await dissectShard(
    workerData as ShardTask,
    {
      block(block, sequence) {
        const taken = new Promise<void>((resolve) => waiting.set(sequence, resolve))
        send({ type: 'block', block, sequence }, [block.bytes.buffer])
        return taken
      },
      progress: (progress) => send({ type: 'progress', progress }),
    },
    stop.signal,
  )
  send({ type: 'done', report })
} catch (error) {
  send({ type: 'failed', message: (error as Error).message, stack: (error as Error).stack ?? '' })
} finally {
  port.close()
}
