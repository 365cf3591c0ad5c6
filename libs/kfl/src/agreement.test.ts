import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { CelInput } from '@bufbuild/cel'
import { celEnv, celUint, isCelError, parse, plan } from '@bufbuild/cel'
import { strings } from '@bufbuild/cel/ext'
import type { StoredRow } from '@hindwire/entries/catalogue.ts'
import * as fc from 'fast-check'

import { understand } from './compile.ts'
import { variableReader } from './evaluate-variable.ts'
import { compileRun } from './evaluate.ts'
import { catalogue, now } from './testing/catalogue.ts'
import { expressions } from './testing/expressions.ts'
import { leaves, rows } from './testing/rows.ts'
import { isList, Uint } from './value.ts'
import type { Value } from './value.ts'

const seed = Number(process.argv.find((arg) => arg.startsWith('--seed='))?.slice(7) ?? 20_260_314)

/** Variables that the other implementation can be given: no dots, no entry maps (a missing key is an error there). */
const plain = (names: readonly string[]): string[] =>
  names.filter((name) => catalogue.variables.has(name) && !name.includes('.'))
const shared = {
  bool: plain(leaves.bool),
  int: plain(leaves.int),
  uint: plain(leaves.uint),
  double: plain(leaves.double),
  string: plain(leaves.string),
  list: plain(leaves.list),
  map: [],
  timestamp: [],
}

/**
 * What the other implementation does not have (map_get, reverse) or does otherwise than the specification: the empty
 * text is the number 0, double() of a text that is no number gives NaN, replace() with -1 replaces nothing, the
 * largest uint cannot be divided, times between two milliseconds are rounded up, timestamp() takes any int, and
 * positions count UTF-16 units.
 */
const differs =
  /map_get|reverse\(|double\(|int\(|, -?\d\)|18446744073709551615u|999999999|timestamp\((?!")|[\u{10000}-\u{10ffff}]/u

/** Without the character that takes two UTF-16 units. */
function narrow(row: StoredRow): StoredRow {
  return row['path'] === '😀x' ? { ...row, path: '日x' } : row
}

function input(value: Value): CelInput {
  if (value instanceof Uint) return celUint(value.value)
  if (value !== null && typeof value === 'object' && isList(value)) return value.map(input)
  if (typeof value === 'object') throw new Error('not shared')
  return value
}

function bindings(row: StoredRow): Record<string, CelInput> {
  const names = Object.values(shared).flat()
  return Object.fromEntries(
    names.map((name) => {
      const variable = catalogue.variables.get(name)
      if (variable === undefined) throw new Error(name)
      return [name, input(variableReader(variable, new Map())(row))]
    }),
  )
}

test(`the evaluator agrees with @bufbuild/cel, by way of the normal form (--seed=${seed})`, () => {
  const env = celEnv({ funcs: [...strings] })
  const entries = (fc.sample(rows(12), { seed, numRuns: 1 })[0] ?? [])
    .map(narrow)
    .map((row) => ({ row, given: bindings(row) }))
  for (const [depth, numRuns] of [
    [1, 150],
    [2, 200],
    [4, 100],
  ] as const) {
    for (const source of fc.sample(expressions(shared, depth), { seed, numRuns })) {
      if (differs.test(source)) continue
      const understood = understand(source, catalogue, { now })
      assert.ok(understood.ok, source)
      const run = compileRun(understood.checked.folded, new Map())
      const other = plan(env, parse(understood.normal))
      for (const { row, given } of entries) {
        const theirs = other(given)
        const ours = run(row, [])
        assert.equal(ours, isCelError(theirs) ? undefined : theirs, `${understood.normal}\n${JSON.stringify(row)}`)
      }
    }
  }
})
