/**
 * Runs every test of the repository on the pinned Node, and ends with the test runner's own summary and exit code.
 * Arguments are handed on to `node --test` (for instance `npm test -- --test-name-pattern=redis`).
 *
 * Nothing from outside is needed: the database that some tests start is in node_modules.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'

import manifest from '../package.json' with { type: 'json' }

const root = new URL('..', import.meta.url)
/** One file that hangs must not hang the run, ms. */
const FILE_TIMEOUT = 180_000
/** Tests start processes of their own, so more files at a time would only wait for one another. */
const FILES_AT_A_TIME = 2

const pinned = manifest.dependencies.node
if (process.versions.node !== pinned) {
  console.error(`This is Node ${process.versions.node}, the tests run on ${pinned}: use npm test, after npm ci.`)
  process.exit(1)
}
if (!existsSync(new URL('node_modules/chdb/package.json', root))) {
  console.error('The database engine is not installed: run npm ci.')
  process.exit(1)
}

const files = globSync(['libs/**/*.test.ts', 'services/**/*.test.ts', 'test/**/*.test.ts'], {
  cwd: root,
  exclude: ['**/node_modules/**'],
}).toSorted()

const { status } = spawnSync(
  process.execPath,
  [
    '--test',
    `--test-concurrency=${FILES_AT_A_TIME}`,
    `--test-timeout=${FILE_TIMEOUT}`,
    '--test-reporter=spec',
    ...process.argv.slice(2),
    ...files,
  ],
  { cwd: root, stdio: 'inherit' },
)
process.exitCode = status ?? 1
