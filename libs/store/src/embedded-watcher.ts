/** Ends the engine's process when its parent is gone: see embedded-child.ts, whose worker this is. */
import { readSync } from 'node:fs'
import { workerData } from 'node:worker_threads'

const STDIN = 0

/** Waits until the other end of the pipe is closed. Nothing is ever written to it. */
function waitForEnd(): void {
  const byte = Buffer.alloc(1)
  const pause = new Int32Array(new SharedArrayBuffer(4))
  for (;;) {
    try {
      if (readSync(STDIN, byte) === 0) return
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) return
      Atomics.wait(pause, 0, 0, 100)
    }
  }
}

const watching: unknown = workerData
if (watching instanceof Int32Array) {
  Atomics.store(watching, 0, 1)
  Atomics.notify(watching, 0)
}
waitForEnd()
// Acknowledged inserts are on disk, and a slow goodbye would keep the data directory from the next start.
process.kill(process.pid, 'SIGKILL')
