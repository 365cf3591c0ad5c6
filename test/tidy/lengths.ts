import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

import { root } from './source-files.ts'

interface Finding {
  readonly code: string
  readonly filename: string
}

/** Files, functions and parameter lists beyond their bounds (the bounds stand in length-rules.json), as `rule path`. */
export function lengthsExceeded(): string[] {
  const linter = join(root, 'node_modules', '.bin', 'oxlint')
  const rules = ['-c', 'test/tidy/length-rules.json', '--format', 'json']
  const { stdout } = spawnSync(linter, [...rules, 'libs', 'services', 'test'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
  const { diagnostics } = JSON.parse(stdout) as { readonly diagnostics: readonly Finding[] }
  const found = diagnostics.map(({ code, filename }) => `${/\((.*)\)/.exec(code)?.[1]} ${filename}`)
  return [...new Set(found)].toSorted()
}

/** What is too long today. Lines may only leave this list. */
export const knownLengths: readonly string[] = [
  'max-lines libs/dissect/src/dissector.ts',
  'max-lines libs/kfl/src/parse.ts',
  'max-lines libs/protocols/src/redis/render.ts',
  'max-lines-per-function services/hindwire/src/embedded.ts',
  'max-params libs/streams/src/flow.ts',
  'max-params libs/streams/src/tcp.ts',
]
