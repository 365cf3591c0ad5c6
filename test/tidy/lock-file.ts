import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { root } from './source-files.ts'

interface LockedPackage {
  readonly license?: string
  readonly dev?: boolean
  readonly resolved?: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

export interface LockFile {
  packages: Record<string, LockedPackage>
}

export const lockPath: string = join(root, 'package-lock.json')

export function readLock(): LockFile {
  return JSON.parse(readFileSync(lockPath, 'utf8')) as LockFile
}

export interface MissingPackage {
  readonly name: string
  readonly version: string
  /** The package that wants it. */
  readonly of: LockedPackage
}

/**
 * Optional packages that the lock file does not have: builds for other platforms that the registry did not offer when
 * it was made. `npm ci` refuses such a lock file.
 */
export function missingOptional({ packages }: LockFile): MissingPackage[] {
  return Object.entries(packages).flatMap(([path, of]) =>
    Object.entries(of.optionalDependencies ?? {})
      .filter(([name]) => !(`${path}/node_modules/${name}` in packages) && !(`node_modules/${name}` in packages))
      .map(([name, version]) => ({ name, version, of })),
  )
}

/** Problems of the lock file, in sentences. */
export function lockProblems(): string[] {
  const lock = readLock()
  const advice = 'node test/tidy/complete-lock.ts adds it'
  const missing = missingOptional(lock).map(({ name, version }) => `${name}@${version} is missing: ${advice}`)
  const addresses = Object.entries(lock.packages)
    .filter(([, { resolved }]) => resolved?.startsWith('http') === true)
    .map(([path]) => `${path} names a registry`)
  return [...missing, ...addresses]
}
