import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { isTestCode, paths, root, sources } from './source-files.ts'
import type { SourceFile } from './source-files.ts'

/**
 * The rooms, in the order in which they may know each other: each only those before it. Bytes to rows and filters
 * first, which are pure; then what services are made of.
 */
const libraries = [
  'bytes',
  'packets',
  'streams',
  'protocols',
  'dissect',
  'entries',
  'names',
  'kfl',
  'service-kit',
  'runner',
  'bus',
  'snapshots',
  'rpc',
  'store',
]

/** Puts the services together to one process; it alone may know them. */
const COMPOSITION = 'hindwire'
/** For tests only. */
const TESTKIT = 'testkit'

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

interface Package extends Manifest {
  readonly folder: string
  readonly kind: 'library' | 'service' | 'root'
}

const packages: readonly Package[] = paths
  .filter((path) => /^((libs|services)\/[^/]+\/)?package\.json$/.test(path))
  .map((path) => {
    const folder = path.slice(0, -'package.json'.length)
    const kind = folder === '' ? 'root' : folder.startsWith('libs/') ? 'library' : 'service'
    return { folder, kind, ...(JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest) }
  })

const rootPackage = packages.find(({ kind }) => kind === 'root') as Package

interface Import {
  readonly file: SourceFile
  readonly specifier: string
  readonly from: Package
}

/** The formatter puts `import …` and `} from …` at the start of a line. */
const importPatterns = [
  /^(?:import|export) (?:[^'\n]* from )?'([^'\n]+)'/gm,
  /^\} from '([^'\n]+)'/gm,
  /\bimport\('([^'\n]+)'\)/g,
]

const imports: readonly Import[] = sources.flatMap((file) => {
  const matches = importPatterns.flatMap((pattern) => [...file.code.matchAll(pattern)])
  return matches.map((match) => ({ file, specifier: match[1] ?? '', from: packageOf(file.path) }))
})

function packageOf(path: string): Package {
  return packages.find(({ folder }) => folder !== '' && path.startsWith(folder)) ?? rootPackage
}

/** Short name of a package of ours, or null: `@hindwire/bytes/hex.ts` → `bytes`. */
function ownName(specifier: string): string | null {
  return /^@hindwire\/([^/]+)/.exec(specifier)?.[1] ?? (specifier === COMPOSITION ? COMPOSITION : null)
}

function dependencyName(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

export function undeclaredDependencies(): string[] {
  const found = imports.flatMap(({ file, specifier, from }) => {
    if (/^(node:|\.|#)/.test(specifier)) return []
    const name = dependencyName(specifier)
    const own = { ...from.dependencies, ...(isTestCode(file.path) ? from.devDependencies : {}) }
    const inherited = isTestCode(file.path) ? rootPackage.devDependencies : {}
    const isDeclared = name in own || name in (inherited ?? {})
    return isDeclared ? [] : [`${from.folder}package.json lacks ${name} (${file.path})`]
  })
  // Once per package and dependency.
  return [...new Map(found.map((line) => [line.split(' (')[0], line])).values()].toSorted()
}

export function wrongDirections(): string[] {
  return imports.flatMap(({ file, specifier, from }) => {
    const to = ownName(specifier)
    if (to === null || isTestCode(file.path)) return []
    const problem = directionProblem(from, ownName(from.name) ?? '', to)
    return problem === '' ? [] : [`${file.path} imports ${specifier}: ${problem}`]
  })
}

function directionProblem(from: Package, own: string, to: string): string {
  if (to === own) return 'a file of its own package, by a path that begins with ./'
  if (to === TESTKIT) return 'the testkit is for tests'
  const rank = libraries.indexOf(to)
  if (from.kind === 'service') return rank >= 0 || own === COMPOSITION ? '' : 'services know libraries, not each other'
  if (rank < 0) return 'libraries do not know services'
  return rank < libraries.indexOf(own) ? '' : `${to} does not stand before ${own}`
}

/** Packages that the list of rooms does not have. */
export function unknownRooms(): string[] {
  const known = new Set([...libraries, TESTKIT])
  return packages
    .filter(({ kind, name }) => kind === 'library' && !known.has(ownName(name) ?? ''))
    .map(({ name }) => name)
}

/** Relative imports that leave their package, or that are without `.ts`. */
export function strayPaths(): string[] {
  return imports.flatMap(({ file, specifier, from }) => {
    if (!specifier.startsWith('.')) return []
    const target = new URL(specifier, `file:///${file.path}`).pathname.slice(1)
    const isInside = packageOf(target).name === from.name
    return isInside && /\.(ts|json)$/.test(specifier) ? [] : [`${file.path} imports ${specifier}`]
  })
}
