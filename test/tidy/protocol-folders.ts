import { statSync } from 'node:fs'
import { join } from 'node:path'

import { protocols } from '@hindwire/protocols/registry.ts'

import { isTestCode, linesMatching, paths, root, sources, textFiles } from './source-files.ts'
import type { SourceFile } from './source-files.ts'

const HOME = 'libs/protocols/src/'
/** Folders there that are no protocols. */
const shared = new Set(['contract', 'matching'])
const needed = ['index.ts', 'types.ts', 'limits.ts', 'detect.ts', 'parse.ts', 'summarize.ts', 'fields.ts', 'README.md']
const headings = ['Specification', 'Covered', 'Not covered', 'Limits', 'Captures']
/** Bytes of a capture in the repository. */
const LARGEST_CAPTURE = 50_000

const folders: readonly string[] = [
  ...new Set(paths.flatMap((path) => /^libs\/protocols\/src\/([^/]+)\//.exec(path)?.[1] ?? [])),
].filter((name) => !shared.has(name))

export function incompleteFolders(): string[] {
  return folders.flatMap((name) => {
    const folder = `${HOME}${name}/`
    const missing = needed.filter((file) => !paths.includes(folder + file))
    const tests = paths.filter((path) => path.startsWith(folder) && path.endsWith('.test.ts'))
    if (tests.length === 0) missing.push('a test')
    const lacks = headingsMissing(readme(name)).map((heading) => `the heading "${heading}" in README.md`)
    return [...missing, ...lacks].map((what) => `${folder} lacks ${what}`)
  })
}

function readme(protocol: string): string {
  return textFiles.find(({ path }) => path === `${HOME}${protocol}/README.md`)?.text ?? ''
}

function headingsMissing(text: string): readonly string[] {
  const titles = [...text.matchAll(/^## (.*)$/gm)].map((match) => match[1] ?? '')
  const found = new Set(titles.map((title) => title.replaceAll('*', '').toLowerCase()))
  return headings.filter((heading) => !found.has(heading.toLowerCase()))
}

/** Folders without a line in the registry, and the other way round. */
export function unregistered(): string[] {
  const registered = protocols.map(({ name }) => name)
  const wrong = [
    ...folders.filter((name) => !registered.includes(name)),
    ...registered.filter((name) => !folders.includes(name)),
  ]
  const repeated = registered.filter((name, index) => registered.indexOf(name) !== index)
  return [...wrong, ...repeated]
}

/**
 * Code outside their folders that names a protocol, with the reason. A name in an example that people read is none:
 * `description` and `example` members are left out of the search.
 */
const mayName: Readonly<Record<string, string>> = {
  'libs/kfl/src/aliases.ts': 'the looser spelling of the filter language speaks of gRPC and DNS',
  'libs/kfl/src/check-hints.ts': 'hints about those spellings',
  'services/query/src/shapes/compact.ts': 'the member `dns` is the name that DNS gave for an endpoint',
}

export function protocolNamesElsewhere(): string[] {
  const names = new Set(protocols.flatMap(({ name, entryProtocols }) => [name, ...entryProtocols]))
  const pattern = new RegExp(
    `(?<![\\w.:-])(['"\`])(${[...names].join('|')})\\1|@hindwire/protocols/(${folders.join('|')})/`,
  )
  return sources.filter(isOutside).flatMap((file) => linesMatching(withoutExamples(file), pattern))
}

function isOutside({ path }: SourceFile): boolean {
  const isHome = folders.some((name) => path.startsWith(`${HOME}${name}/`)) || path === `${HOME}registry.ts`
  return !isHome && !isTestCode(path) && !(path in mayName)
}

function withoutExamples(file: SourceFile): SourceFile {
  return { ...file, code: file.code.replaceAll(/\b(example|description): .*/g, '') }
}

export function unusedPermissions(): string[] {
  return Object.keys(mayName).filter((path) => !paths.includes(path))
}

/** Captures that are too large, or of which nobody says where they are from. */
export function captureProblems(): string[] {
  const captures = paths.filter((path) => /\/testdata\/.*\.(pcap|pcapng)(\.gz|\.zst)?$/.test(path))
  return captures.flatMap((path) => {
    const problems: string[] = []
    if (statSync(join(root, path)).size > LARGEST_CAPTURE)
      problems.push(`${path} is larger than ${LARGEST_CAPTURE} bytes`)
    const name = (path.split('/').at(-1) ?? '').split('.')[0] ?? ''
    const beside = textFiles.filter(
      (file) => file.path.endsWith('/README.md') && path.startsWith(file.path.slice(0, -9)),
    )
    const isNamed = beside.some(({ text }) => text.slice(text.indexOf('## Captures')).includes(name))
    if (!isNamed) problems.push(`${path} is not in the section Captures of its README.md`)
    return problems
  })
}
