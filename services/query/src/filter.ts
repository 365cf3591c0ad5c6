import type { Catalogue } from '@hindwire/entries/catalogue.ts'
import { partsOf } from '@hindwire/kfl/checked-parts.ts'
import type { Checked } from '@hindwire/kfl/checked.ts'
import { compile, type Compiled } from '@hindwire/kfl/compile.ts'
import { caretView, type Problem } from '@hindwire/kfl/problem.ts'
import { flowProtocols } from '@hindwire/protocols/flow/constants.ts'
import { flow } from '@hindwire/protocols/flow/index.ts'
import { AppError } from '@hindwire/service-kit/app-error.ts'

import type { Database } from './databases.ts'

export type CompiledFilter = Extract<Compiled, { ok: true }>

/** Compiles a filter for a database. `now` is what its `now()` is, ms since 1970. */
export function compileFilter(
  kfl: string,
  catalogue: Catalogue,
  now: number,
  databases: readonly Database[],
): Compiled {
  const named = databases.map(({ id, snapshot, name }) => [id, { snapshot, dissection: name }] as const)
  return compile(kfl, catalogue, { now, databases: new Map(named) })
}

/**
 * The same, for who wants rows.
 * @throws AppError `kfl_error` (422)
 */
export function requireFilter(...args: Parameters<typeof compileFilter>): CompiledFilter {
  const compiled = compileFilter(...args)
  if (compiled.ok) return compiled
  const [kfl] = args
  const [first] = compiled.errors
  const where = first === undefined ? '.' : `, at line ${first.line}, column ${first.column}: ${ended(first.message)}`
  const errors = compiled.errors.map((problem) => problemAnswer(kfl, problem))
  throw new AppError('kfl_error', 422, `The filter is not right${where}`, { details: { errors } })
}

/** Problems end without a full stop, or with a question. */
function ended(message: string): string {
  return message.endsWith('?') ? message : `${message}.`
}

/** A problem as REST shows it: with the place marked in the text. */
export function problemAnswer(kfl: string, problem: Problem) {
  return { ...problem, view: caretView(kfl, problem) }
}

/** Protocols of entries that are flows, not calls. Listed only when a filter asks for them. */
export const FLOW_PROTOCOLS = flowProtocols

const FLOW_NAMES: ReadonlySet<string> = new Set(flow.fields.map(({ variable }) => variable))
const FLOW_VALUES: ReadonlySet<string> = new Set(flowProtocols)

/** True of a filter that names flow entries: by a variable that only they have, a flag, or their protocol. */
export function namesFlows(node: Checked): boolean {
  if (node.kind === 'variable' && FLOW_NAMES.has(node.variable.variable)) return true
  if (node.kind === 'constant' && typeof node.value === 'string' && FLOW_VALUES.has(node.value)) return true
  return partsOf(node).some(namesFlows)
}
