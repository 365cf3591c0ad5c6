import type { Catalogue, StoredRow } from '@hindwire/entries/catalogue.ts'

import { check } from './check.ts'
import type { Checked } from './checked.ts'
import { costOf } from './cost.ts'
import { tooDeep } from './depth.ts'
import type { Databases } from './evaluate-source.ts'
import { compileRun } from './evaluate.ts'
import type { Run } from './evaluate.ts'
import { fold } from './fold.ts'
import { lex } from './lex.ts'
import { defaultLimits } from './limits.ts'
import type { Limits } from './limits.ts'
import { normalise } from './normalise.ts'
import { parse } from './parse.ts'
import { printKfl } from './print-kfl.ts'
import { printSql } from './print-sql.ts'
import { problem } from './problem.ts'
import type { Problem } from './problem.ts'
import { NotInDatabase } from './sql.ts'
import type { SqlQuery } from './sql.ts'

export interface CompileOptions {
  /** What `now()` is, ms since 1970. */
  readonly now: number
  readonly limits?: Partial<Limits>
  /** Names for the variables `snapshot` and `dissection`; without them both are "". */
  readonly databases?: Databases
}

/** A filter that compiled. Immutable; may be kept and evaluated on any number of rows. */
export interface Filter {
  readonly source: string
  readonly catalogue: Catalogue
  readonly databases: Databases
  readonly limits: Limits
  readonly now: number
  /** As written, every name resolved. */
  readonly tree: Checked
  /** The same with constants evaluated. */
  readonly folded: Checked
}

export type Compiled =
  | { readonly ok: true; readonly checked: Filter; readonly sql: SqlQuery; readonly normal: string }
  | { readonly ok: false; readonly errors: readonly Problem[] }

/** A filter without its SQL: what a worker needs that only evaluates it. */
export type Understood =
  | { readonly ok: true; readonly checked: Filter; readonly normal: string }
  | { readonly ok: false; readonly errors: readonly Problem[] }

/** Source to checked tree and normal form. Never throws on bad source. */
export function understand(source: string, catalogue: Catalogue, options: CompileOptions): Understood {
  const limits = { ...defaultLimits, ...options.limits }
  const failure = (code: Problem['code'], message: string, start: number, end: number): Understood => ({
    ok: false,
    errors: [problem(source, code, message, { start, end })],
  })
  if (source.length > limits.maxLength) {
    return failure(
      'too_long',
      `${source.length} characters; a filter has at most ${limits.maxLength}`,
      limits.maxLength,
      source.length,
    )
  }
  const lexed = lex(source)
  if (!lexed.ok) return lexed
  const parsed = parse(source, lexed.tokens, limits)
  if (!parsed.ok) return parsed
  const deep = tooDeep(parsed.tree, limits.maxDepth * 2)
  if (deep !== undefined)
    return failure('too_deep', 'nested too deep, or too long a chain of operators', deep.start, deep.end)
  const checked = check(source, normalise(parsed.tree, catalogue), catalogue)
  if (!checked.ok) return checked
  const tree = checked.checked
  const cost = costOf(tree)
  if (cost > limits.maxCost) {
    return failure(
      'too_costly',
      `one entry would take about ${cost} steps; at most ${limits.maxCost} are allowed`,
      tree.start,
      tree.end,
    )
  }
  const errors: Problem[] = []
  const folded = fold(source, tree, { now: options.now, limits }, errors)
  if (errors.length > 0) return { ok: false, errors }
  const databases = options.databases ?? new Map()
  return {
    ok: true,
    checked: { source, catalogue, databases, limits, now: options.now, tree, folded },
    normal: printKfl(tree),
  }
}

/** Source to SQL, checked tree and normal form. Never throws on bad source. */
export function compile(source: string, catalogue: Catalogue, options: CompileOptions): Compiled {
  const understood = understand(source, catalogue, options)
  if (!understood.ok) return understood
  const sql = sqlOf(understood.checked, understood.checked.folded)
  return 'code' in sql ? { ok: false, errors: [sql] } : { ...understood, sql }
}

function sqlOf(filter: Filter, node: Checked): SqlQuery | Problem {
  try {
    const { catalogue, databases, limits } = filter
    return printSql(node, { catalogue, databases, maxLength: limits.maxSqlLength })
  } catch (error) {
    if (!(error instanceof NotInDatabase)) throw error
    return problem(filter.source, 'not_in_database', error.message, error.range)
  }
}

const runs = new WeakMap<Filter, Run>()

/** Whether an entry matches. An error (a division by zero, say) does not match, as in the database. */
export function evaluate(filter: Filter, row: StoredRow): boolean {
  let run = runs.get(filter)
  if (run === undefined) {
    run = compileRun(filter.folded, filter.databases)
    runs.set(filter, run)
  }
  return run(row, []) === true
}

/** One of the conditions that all must hold, with its SQL alone. */
export interface Clause {
  /** As written; empty where an alias brought it in. */
  readonly source: string
  readonly start: number
  readonly end: number
  readonly normal: string
  readonly sql: SqlQuery
}

/** The top-level conjuncts of a filter: which of them match nothing is what a hint is made of. */
export function clauses(filter: Filter): readonly Clause[] {
  const { tree, source, limits } = filter
  const parts = tree.kind === 'logic' && tree.operator === '&&' ? tree.operands : [tree]
  return parts.map((part) => {
    const folded = fold(source, part, { now: filter.now, limits }, [])
    const sql = sqlOf(filter, folded)
    const { start, end } = part
    return {
      source: source.slice(start, end),
      start,
      end,
      normal: printKfl(part),
      sql: 'code' in sql ? { text: 'true', params: {} } : sql,
    }
  })
}
