/**
 * The process of the embedded engine: ClickHouse's own `clickhouse local`, entered through `query_stable_v2` of
 * libchdb on the main thread (its signal handling and its stack depend on that). Arguments: the library's path, then
 * those of `clickhouse local`.
 *
 * The main thread never returns to its event loop, so a worker watches the pipe on stdin: its end means that the
 * parent is gone, whatever became of it.
 */
import * as ffi from 'node:ffi'
import { Worker } from 'node:worker_threads'

const [library, ...engineArguments] = process.argv.slice(2)
if (library === undefined) throw new Error('usage: embedded-child.ts <libchdb> [argument of clickhouse local ...]')

const watching = new Int32Array(new SharedArrayBuffer(4))
const watcher = new Worker(new URL('embedded-watcher.ts', import.meta.url), { workerData: watching })
watcher.once('error', (error) => {
  throw error
})
await Atomics.waitAsync(watching, 0, 0).value

const { functions } = ffi.dlopen(library, {
  query_stable_v2: { arguments: ['i32', 'pointer'], return: 'pointer' },
})

// argv as C has it: pointers to strings that end in NUL, and a null pointer after the last.
const strings = ['clickhouse', ...engineArguments].map((text) => Buffer.from(`${text}\0`))
const argv = new BigUint64Array(strings.length + 1)
for (const [at, text] of strings.entries()) argv[at] = ffi.getRawPointer(text)
functions.query_stable_v2(strings.length, ffi.getRawPointer(argv))

// The query never ends by itself: whoever comes here had arguments that the engine does not know, or a failed start.
process.exit(1)
