#!/usr/bin/env node
// The command, on the Node that the project pins: when another one runs this file, it starts itself again.
import { spawn } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { createRequire, enableCompileCache } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const manifest = createRequire(import.meta.url).resolve('node/package.json')
const pinned = realpathSync(join(dirname(manifest), 'bin', 'node'))

if (realpathSync(process.execPath) === pinned) {
  // Types are stripped and code compiled once, not at every start.
  enableCompileCache()
  await import('../src/main.ts')
} else {
  const self = fileURLToPath(import.meta.url)
  // The channel tells the child when this process is gone, however it ended.
  const child = spawn(pinned, [self, ...process.argv.slice(2)], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
  child.on('error', (error) => {
    console.error(`hindwire: the pinned Node at ${pinned} does not start (${error.message}); run npm ci again`)
    process.exit(1)
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)))
}
