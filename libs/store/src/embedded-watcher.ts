/** Ends the engine's process when its parent is gone: see embedded-child.ts, whose worker this is. */
import { Socket } from 'node:net'
import { workerData } from 'node:worker_threads'

const STDIN = 0

// Not a blocking read: the process could not end before it returns.
const pipe = new Socket({ fd: STDIN, readable: true, writable: false })
pipe.on('error', () => {})
pipe.once('close', () => {
  // Acknowledged inserts are on disk, and a slow goodbye would keep the data directory from the next start.
  process.kill(process.pid, 'SIGKILL')
})
pipe.resume()

const watching: unknown = workerData
if (watching instanceof Int32Array) {
  Atomics.store(watching, 0, 1)
  Atomics.notify(watching, 0)
}
