/** The habits of this repository (see CONTRIBUTING.md) as tests: each names what breaks them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as code from './tidy/code-rules.ts'
import { knownLengths, lengthsExceeded } from './tidy/lengths.ts'
import { lockProblems } from './tidy/lock-file.ts'
import * as packages from './tidy/packages.ts'
import * as folders from './tidy/protocol-folders.ts'

function nothing(found: readonly string[]): void {
  if (found.length > 0) assert.fail(`\n${found.join('\n')}`)
}

test('a protocol folder has all its parts', () => nothing(folders.incompleteFolders()))
test('every protocol folder is registered once', () => nothing(folders.unregistered()))
test('protocols are named in their folder and in the registry only', () => nothing(folders.protocolNamesElsewhere()))
test('permissions to name protocols are needed', () => nothing(folders.unusedPermissions()))
test('captures are small, and their README says where they are from', () => nothing(folders.captureProblems()))

test('dependencies point one way, and services do not know each other', () => nothing(packages.wrongDirections()))
test('every package has its place in the order', () => nothing(packages.unknownRooms()))
test('what is imported is a declared dependency', () => nothing(packages.undeclaredDependencies()))
test('the lock file is whole, and names no registry', () => nothing(lockProblems()))
test('relative imports stay in their package and have an extension', () => nothing(packages.strayPaths()))

test('no waiting, clock, input or output between bytes and entries', () => nothing(code.impurities()))
test('the environment is read in config.ts only', () => nothing(code.strayEnvironment()))
test('file names are in kebab case and say something', () => nothing(code.badFileNames()))
test('no default exports', () => nothing(code.defaultExports()))
test('no barrels', () => nothing(code.barrels()))
test('no unfinished work, silenced checks or machine paths', () => nothing(code.forbiddenWords()))
test('binary files are examples or test data', () => nothing(code.strayBinaries()))

test('files and functions are short; the list of those that are not only shrinks', () => {
  assert.deepEqual(lengthsExceeded(), knownLengths)
})
