import { buildCatalogue } from '@hindwire/entries/build-catalogue.ts'
import { gatewaySettings } from '@hindwire/gateway/config.ts'
import { clauses, compile } from '@hindwire/kfl/compile.ts'
import { caretView } from '@hindwire/kfl/problem.ts'
import { protocols } from '@hindwire/protocols/registry.ts'

import { ExitCode } from './exit-code.ts'
import { RestClient } from './rest-client.ts'

interface Explained {
  readonly valid: boolean
  readonly clauses?: readonly { readonly source: string; readonly rows?: number }[]
  readonly rows?: number
}

/** Prints how a filter is understood; with a database, also what each of its clauses matches there. */
export async function explain(kfl: string, options: { readonly db?: string; readonly url?: string }): Promise<void> {
  const compiled = compile(kfl, buildCatalogue(protocols), { now: Date.now() })
  if (!compiled.ok) {
    for (const problem of compiled.errors) console.error(caretView(kfl, problem))
    process.exitCode = ExitCode.Failed
    return
  }
  const { normal, sql, checked } = compiled
  console.log(`normal form  ${normal}\nSQL          ${sql.text}`)
  for (const [name, value] of Object.entries(sql.params)) console.log(`  ${name} = ${JSON.stringify(value)}`)
  if (options.db === undefined) for (const clause of clauses(checked)) console.log(`clause       ${clause.normal}`)
  else await countRows(kfl, options.db, options.url)
}

async function countRows(kfl: string, db: string, url: string | undefined): Promise<void> {
  const { port, token } = gatewaySettings()
  const client = new RestClient(url ?? `http://127.0.0.1:${port}`, token)
  const { clauses: parts = [], rows } = await client.post<Explained>('/mcp/kfl/explain', { kfl, db })
  for (const part of parts) console.log(`clause       ${part.source}: ${part.rows ?? '?'} rows`)
  console.log(`together     ${rows ?? '?'} rows`)
}
