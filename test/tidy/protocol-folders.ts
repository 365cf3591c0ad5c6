import { statSync } from 'node:fs'
import { join } from 'node:path'

import { protocols } from '@hindwire/protocols/registry.ts'

import { isTestCode, linesMatching, paths, root, sources, textFiles } from './source-files.ts'
import type { SourceFile } from './source-files.ts'

const HOME = 'libs/protocols/src/'
/** Folders there that are no protocols. */
const shared = new Set(['contract', 'matching', 'sql'])
const needed = ['index.ts', 'summarize.ts', 'fields.ts', 'README.md']
const neededToParse = ['types.ts', 'limits.ts', 'detect.ts', 'parse.ts']
/** Folders whose entries are not made from payload, with what they are made from. */
const withoutPayload: Readonly<Record<string, string>> = { flow: 'the flow table' }
const headings = ['Specification', 'Covered', 'Not covered', 'Limits', 'Captures']
/** Bytes of a capture in the repository. */
const LARGEST_CAPTURE = 50_000

const folders: readonly string[] = [
  ...new Set(paths.flatMap((path) => /^libs\/protocols\/src\/([^/]+)\//.exec(path)?.[1] ?? [])),
].filter((name) => !shared.has(name))

export function incompleteFolders(): string[] {
  return folders.flatMap((name) => {
    const folder = `${HOME}${name}/`
    const parts = name in withoutPayload ? needed : [...needed, ...neededToParse]
    const missing = parts.filter((file) => !paths.includes(folder + file))
    // A golden is a test: the battery runs it.
    const tests = paths.filter((path) => path.startsWith(folder) && /\.test\.ts$|\.golden\.json$/.test(path))
    if (tests.length === 0) missing.push('a test or a golden')
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
  'services/query/src/filter.ts': 'listings leave the entries of flows out',
  'services/hindwire/src/findings.ts': 'what was found are calls, not flows',
  'libs/entries/src/shape-compact.ts': 'the member `dns` is the name that DNS gave for an endpoint',
}

const transports = new Set(['tcp', 'udp', 'sctp', 'icmp'])

// Those of transports are words of the engine, too.
const names = protocols.flatMap(({ entryProtocols }) => entryProtocols).filter((name) => !transports.has(name))
const named = new RegExp(`(?<![\\w.:-])(['"\`])(${names.join('|')})\\1|@hindwire/protocols/(${folders.join('|')})/`)

export function protocolNamesElsewhere(): string[] {
  return sources.filter(({ path }) => isOutside(path) && !(path in mayName)).flatMap(namesIn)
}

/** Permissions of files that need none. */
export function unusedPermissions(): string[] {
  const needing = new Set(sources.filter((file) => namesIn(file).length > 0).map(({ path }) => path))
  return Object.keys(mayName).filter((path) => !needing.has(path))
}

function isOutside(path: string): boolean {
  const isHome = folders.some((name) => path.startsWith(`${HOME}${name}/`)) || path === `${HOME}registry.ts`
  return !isHome && !isTestCode(path)
}

function namesIn(file: SourceFile): string[] {
  return linesMatching(withoutExamples(file), named)
}

function withoutExamples(file: SourceFile): SourceFile {
  return { ...file, code: file.code.replaceAll(/\b(example|description): .*/g, '') }
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
