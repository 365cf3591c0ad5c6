import { getConformanceSuite } from '@bufbuild/cel-spec/testdata/tests.js'
import type { IncrementalTest, IncrementalTestSuite } from '@bufbuild/cel-spec/testdata/tests.js'

import { checkExpression } from '../check.ts'
import { compileRun } from '../evaluate.ts'
import { fold } from '../fold.ts'
import { lex } from '../lex.ts'
import { defaultLimits } from '../limits.ts'
import { normalise } from '../normalise.ts'
import { parse } from '../parse.ts'
import type { Problem } from '../problem.ts'
import type { Result, Value } from '../value.ts'
import { equal, MapValue, TypeValue, Uint } from '../value.ts'
import { catalogue, now } from './catalogue.ts'

type Expected = IncrementalTest['original']
type CelValue = Extract<Expected['resultMatcher'], { case: 'value' }>['value']

/** All cases of these suites. */
export function* casesOf(suites: readonly string[]): Generator<{ name: string; test: Expected }> {
  for (const suite of getConformanceSuite().suites) {
    if (!suites.includes(suite.name)) continue
    for (const section of suite.suites) yield* inSection(suite.name, section)
  }
}

function* inSection(prefix: string, section: IncrementalTestSuite): Generator<{ name: string; test: Expected }> {
  for (const test of section.tests) yield { name: `${prefix}/${section.name}/${test.name}`, test: test.original }
  for (const inner of section.suites) yield* inSection(`${prefix}/${section.name}`, inner)
}

/** Undefined when a case passes, otherwise why it does not. */
export function judge(test: Expected): string | undefined {
  const source = withBindings(test)
  if (source === undefined) return 'binds what KFL cannot write'
  const { resultMatcher: expected } = test
  const outcome = run(source)
  const wantsError = expected.case === 'evalError' || expected.case === 'anyEvalErrors'
  if (outcome.kind === 'refused') return wantsError ? undefined : outcome.problem.message
  if (wantsError) return outcome.value === undefined ? undefined : 'expected an error'
  if (outcome.value === undefined) return 'gave an error'
  // Without a matcher, the suite expects true.
  const wanted = expected.case === 'value' ? valueOf(expected.value) : expected.case === undefined ? true : undefined
  if (wanted === undefined) return 'expects what KFL does not have'
  return same(outcome.value, wanted) ? undefined : 'gave another value'
}

type Outcome =
  | { readonly kind: 'refused'; readonly problem: Problem }
  | { readonly kind: 'ran'; readonly value: Result }

function refused(errors: readonly Problem[]): Outcome {
  const [first] = errors
  if (first === undefined) throw new Error('refused without a reason')
  return { kind: 'refused', problem: first }
}

function run(source: string): Outcome {
  const lexed = lex(source)
  if (!lexed.ok) return refused(lexed.errors)
  const parsed = parse(source, lexed.tokens, { ...defaultLimits, maxDepth: 250 })
  if (!parsed.ok) return refused(parsed.errors)
  const checked = checkExpression(source, normalise(parsed.tree, catalogue), catalogue)
  if (!checked.ok) return refused(checked.errors)
  const value = compileRun(checked.checked, new Map())({}, [])
  // Folding must not change what an expression gives.
  const folded = fold(source, checked.checked, { now, limits: defaultLimits }, [])
  const again = compileRun(folded, new Map())({}, [])
  if (
    (value === undefined) !== (again === undefined) ||
    (value !== undefined && again !== undefined && !same(value, again))
  ) {
    throw new Error(`folding changes ${source}`)
  }
  return { kind: 'ran', value }
}

/** Bindings become variables of macros around the expression: `[value].map(x, …)[0]`. */
function withBindings(test: Expected): string | undefined {
  let source = test.expr
  for (const [name, binding] of Object.entries(test.bindings)) {
    const value = binding.kind.case === 'value' ? literalOf(binding.kind.value) : undefined
    if (value === undefined || name.includes('.')) return undefined
    source = `[${value}].map(${name}, ${source})[0]`
  }
  return source
}

/** A value in KFL's spelling. */
function literalOf(value: CelValue): string | undefined {
  const { kind } = value
  switch (kind.case) {
    case 'nullValue':
      return 'null'
    case 'boolValue':
    case 'int64Value':
      return String(kind.value)
    case 'uint64Value':
      return `${kind.value}u`
    case 'doubleValue':
      return `double("${kind.value}")`
    case 'stringValue':
      return JSON.stringify(kind.value)
    case 'bytesValue':
      return `b"${Array.from(kind.value, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}"`
    case 'listValue': {
      const items = kind.value.values.map(literalOf)
      return items.includes(undefined) ? undefined : `[${items.join(', ')}]`
    }
    case 'mapValue': {
      const entries = kind.value.entries.map((e) =>
        [e.key, e.value].map((v) => (v === undefined ? undefined : literalOf(v))),
      )
      return entries.flat().includes(undefined) ? undefined : `{${entries.map((e) => e.join(': ')).join(', ')}}`
    }
    default:
      return undefined
  }
}

function valueOf(value: CelValue): Value | undefined {
  const { kind } = value
  switch (kind.case) {
    case 'nullValue':
      return null
    case 'boolValue':
    case 'int64Value':
    case 'doubleValue':
    case 'stringValue':
    case 'bytesValue':
      return kind.value
    case 'uint64Value':
      return new Uint(kind.value)
    case 'typeValue':
      return new TypeValue(kind.value)
    case 'listValue': {
      const items = kind.value.values.map(valueOf)
      return items.every((item) => item !== undefined) ? items : undefined
    }
    case 'mapValue': {
      const map = new MapValue()
      for (const { key, value: of } of kind.value.entries) {
        const [k, v] = [key && valueOf(key), of && valueOf(of)]
        if (k === undefined || v === undefined) return undefined
        map.set(k, v)
      }
      return map
    }
    default:
      return undefined
  }
}

/** Equal and of one type; NaN is NaN here. */
function same(a: Value, b: Value): boolean {
  if (typeof a === 'number' && typeof b === 'number') return Object.is(a, b) || a === b
  return typeof a === typeof b && equal(a, b)
}
