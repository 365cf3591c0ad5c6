import { isTestCode, linesMatching, paths, sources, textFiles } from './source-files.ts'

/** Packages from bytes to entries, and the filter language: values in, values out. */
const purePackages = /^libs\/(bytes|packets|streams|protocols|dissect|entries|names|kfl)\/src\//
const impure = new RegExp(
  [
    String.raw`(?<!-)\basync\b|\bawait\b|\bPromise\b`,
    String.raw`\bDate\.now\b|\bnew Date\(\)|\bperformance\.|\bhrtime\b`,
    String.raw`\bset(Timeout|Interval|Immediate)\b|\bqueueMicrotask\b`,
    String.raw`\bconsole\.|\bprocess\.|\bMath\.random\b`,
    String.raw`'node:(?!buffer|zlib|util|crypto)[a-z_/]+'`,
  ].join('|'),
)

/** Lines that look impure, with the reason why they are not. */
const pure: Readonly<Record<string, string>> = {
  "libs/kfl/src/ip.ts: 'node:net'": 'isIP() looks at a text',
  "libs/names/src/json-value.ts: 'node:net'": 'isIP() looks at a text',
  'libs/entries/src/byte-set.ts: Math.random':
    'seed of a hash table that inputs must not be able to fill; no row depends on it',
}

/** Waiting, clocks, input and output in packages that must give the same rows in every run. */
export function impurities(): string[] {
  return sources
    .filter(({ path }) => purePackages.test(path) && !isTestCode(path))
    .flatMap((file) => linesMatching(file, impure))
    .filter((line) => !(line.replace(/:\d+/, '') in pure))
}

/** The environment is read in one place of each program. */
export function strayEnvironment(): string[] {
  return sources
    .filter(({ path }) => !path.endsWith('/config.ts') && !path.startsWith('test/tidy/'))
    .flatMap((file) => linesMatching(file, /\bprocess\.env\b/))
}

const emptyNames = /^(utils?|helpers?|common|misc|shared|index)$/

export function badFileNames(): string[] {
  return sources
    .map(({ path }) => path)
    .filter((path) => {
      const name = (path.split('/').at(-1) ?? '').replace(/(\.test)?\.ts$/, '')
      const isManifest = /^libs\/protocols\/src\/[^/]+\/index\.ts$/.test(path)
      return !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) || (emptyNames.test(name) && !isManifest)
    })
}

export function defaultExports(): string[] {
  return sources.flatMap((file) => linesMatching(file, /^export default\b/))
}

/** Files that only hand on what others export. */
export function barrels(): string[] {
  return sources.filter(({ code }) => isBarrel(code)).map(({ path }) => path)
}

function isBarrel(code: string): boolean {
  const rest = code.replaceAll(/^export (type )?(\*|\{[^}]*\}) from '[^']+'$/gm, '')
  return rest.trim() === '' && code.trim() !== ''
}

const unfinished = /\b(TODO|FIXME|XXX|HACK)\b|\bfor now\b/
/** A rule of the linter may be turned off for one line, with a reason behind two dashes. */
const silenced = /@ts-(ignore|nocheck|expect-error)|(ox|es)lint-disable(?!-next-line [\w/-]+ -- )/
const machine = /(?<![\w.])\/(work|root|home)\/|registry\.npmjs|\/shared\/(docs|corpora|tools)/

/** Work that is not done, checks that are turned off, names of machines. */
export function forbiddenWords(): string[] {
  // This file has the words that it looks for.
  const all = textFiles.filter(({ path }) => path !== 'LICENSE' && path !== 'test/tidy/code-rules.ts')
  return [
    ...all.flatMap((file) => linesMatching(file, unfinished, true)),
    ...all.flatMap((file) => linesMatching(file, machine, true)),
    ...all.flatMap((file) => linesMatching(file, silenced, true)),
  ]
}

/** Captures, archives and the like outside the places for them. */
export function strayBinaries(): string[] {
  return paths.filter(
    (path) => /\.(pcap|pcapng|gz|zst|tgz|zip|bin)$/.test(path) && !/^examples\/|\/testdata\//.test(path),
  )
}
