import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'

const root = join(import.meta.dirname, '../../..')

test('the generated code is what `npm run proto` makes of proto/', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'hw-proto-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  const template = readFileSync(join(root, 'buf.gen.yaml'), 'utf8').replace(/out: .*/, `out: ${dir}/gen`)
  writeFileSync(join(dir, 'buf.gen.yaml'), template)
  execFileSync(join(root, 'node_modules/.bin/buf'), ['generate', '--template', join(dir, 'buf.gen.yaml')], {
    cwd: root,
  })
  assert.deepEqual(readTree(join(root, 'libs/rpc/src/gen')), readTree(join(dir, 'gen')))
})

function readTree(dir: string): Record<string, string> {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort()
  return Object.fromEntries(paths.map((path) => [path.slice(dir.length), readFileSync(path, 'utf8')]))
}
