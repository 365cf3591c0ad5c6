import { clauses } from '@hindwire/kfl/compile.ts'
import type { KflExplainRequest } from '@hindwire/rpc/gen/hindwire/v1/query_pb.ts'
import type { CallContext } from '@hindwire/rpc/serve-call.ts'

import type { QueryContext } from '../context.ts'
import { findDatabase } from '../databases.ts'
import { compileFilter, problemAnswer } from '../filter.ts'
import { countClauses, countRows } from '../hint.ts'
import { all, inDatabase, ofFilter, withoutFlows } from '../selection.ts'

/** What a filter means, and what each of its conditions matches. One that is not right is explained, too. */
export async function kflExplain(
  context: QueryContext,
  { kfl, db }: KflExplainRequest,
  call: CallContext,
): Promise<object> {
  const database = db === '' ? null : await findDatabase(context.store, db)
  const compiled = compileFilter(kfl, context.catalogue, Date.now(), database === null ? [] : [database])
  if (!compiled.ok) {
    return { kfl, valid: false, errors: compiled.errors.map((problem) => problemAnswer(kfl, problem)) }
  }
  const { normal, sql } = compiled
  const explained = { kfl, valid: true, normalized: normal, sql: sql.text, params: sql.params }
  const parts = clauses(compiled.checked)
  if (database === null) {
    const shown = parts.map((part) => ({ source: part.source, normalized: part.normal, sql: part.sql.text }))
    return { ...explained, clauses: shown }
  }
  const where = inDatabase(database, {})
  const [counted, matches] = await Promise.all([
    countClauses(context, compiled, where, call),
    countRows(context, all(where, withoutFlows(compiled), ofFilter(sql)), call),
  ])
  const shown = parts.map((part, at) => {
    const rows = counted[at]?.rows
    return {
      source: part.source,
      normalized: part.normal,
      sql: part.sql.text,
      ...(rows === undefined ? {} : { rows }),
    }
  })
  return { ...explained, clauses: shown, rows: matches }
}
