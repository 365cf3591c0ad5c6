import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** What npm, git and the programs themselves make. */
const made = new Set(['node_modules', '.git', 'data', 'bench', 'coverage'])
const isText = /\.(ts|mjs|json|md|proto|ya?ml|sh|svg|html|css)$|(^|\/)(run|LICENSE|NOTICE|Dockerfile)$/

/** Paths below the root, with `/`. `test/bench` is source, `bench` at the root is not. */
function* walk(folder: string): Generator<string> {
  for (const name of readdirSync(join(root, folder)).toSorted()) {
    const path = folder === '' ? name : `${folder}/${name}`
    const isSource = path === 'test/bench' || !made.has(name)
    if (!isSource) continue
    if (statSync(join(root, path)).isDirectory()) yield* walk(path)
    else yield path
  }
}

export const paths: readonly string[] = [...walk('')]

export interface SourceFile {
  readonly path: string
  readonly text: string
  /** The text with comments blanked out, line by line the same. */
  readonly code: string
}

/** Every text file of the repository. */
export const textFiles: readonly SourceFile[] = paths
  .filter((path) => isText.test(path) && path !== 'package-lock.json' && !path.startsWith('libs/rpc/src/gen/'))
  .map((path) => {
    const text = readFileSync(join(root, path), 'utf8')
    return { path, text, code: withoutComments(text) }
  })

/** TypeScript that people have written. */
export const sources: readonly SourceFile[] = textFiles.filter(({ path }) => path.endsWith('.ts'))

/** Tests and what only they use: recorded data, contract tests, generators. */
export function isTestCode(path: string): boolean {
  return (
    path.startsWith('test/') ||
    path.startsWith('libs/testkit/') ||
    /\.test\.ts$|-contract\.ts$|\/(testing|testdata)\/|\/(sample|temporary)-[a-z-]+\.ts$/.test(path)
  )
}

/** Lines of a file whose code matches, as `path:line: what`. */
export function linesMatching(file: SourceFile, pattern: RegExp, inComments = false): string[] {
  const found: string[] = []
  for (const [index, line] of (inComments ? file.text : file.code).split('\n').entries()) {
    const match = pattern.exec(line)
    if (match !== null) found.push(`${file.path}:${index + 1}: ${match[0].trim()}`)
  }
  return found
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*\*?[ \n][\s\S]*?\*\//g, blank).replaceAll(/(?<=^|\s)\/\/ .*$/gm, blank)
}

function blank(comment: string): string {
  return comment.replaceAll(/[^\n]/g, ' ')
}
