import type { QueryContext } from '../context.ts'

/** The variables of filters, from the catalogue. */
export function kflSchema({ catalogue }: QueryContext): object {
  return {
    variables: [...catalogue.variables.values()].map(({ variable, type, protocols, description, example }) => ({
      variable,
      type,
      protocol: protocols === null ? 'any' : protocols.join(', '),
      description,
      example,
    })),
  }
}
