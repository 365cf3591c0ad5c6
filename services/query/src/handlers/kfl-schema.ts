import { kflSchema as schemaOf } from '@hindwire/entries/schema-doc.ts'

import type { QueryContext } from '../context.ts'

/** The variables of filters, from the catalogue. `protocol` is the list in words, `any` where every entry has it. */
export function kflSchema({ catalogue }: QueryContext): object {
  const variables = schemaOf(catalogue).variables.map((variable) => ({
    ...variable,
    protocol: variable.protocols?.join(', ') ?? 'any',
  }))
  return { variables }
}
