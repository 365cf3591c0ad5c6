import type { Catalogue, Variable } from './catalogue.ts'

/** A variable as `GET /mcp/kfl/schema` gives it. */
export interface SchemaVariable {
  readonly variable: string
  readonly type: string
  /** Entry protocols that carry it; left out where every entry does. */
  readonly protocols?: readonly string[]
  /** Value on entries that do not have it, where it is not the type's default. */
  readonly default?: number
  readonly description: string
  readonly example: string
}

/** The variables of KFL, common ones first, in the order of their declaration. */
export function kflSchema(catalogue: Catalogue): { readonly variables: readonly SchemaVariable[] } {
  return { variables: [...catalogue.variables.values()].map(schemaVariable) }
}

function schemaVariable({ variable, type, protocols, default: value, description, example }: Variable): SchemaVariable {
  return {
    variable,
    type,
    ...(protocols === null ? {} : { protocols }),
    ...(value === undefined ? {} : { default: value }),
    description,
    example,
  }
}

/** The variables as Markdown: a table of those that every entry has, then one per set of protocols. */
export function kflReference(catalogue: Catalogue): string {
  const sections = Map.groupBy(catalogue.variables.values(), ({ protocols }) => protocols?.join(', ') ?? '')
  const common = sections.get('') ?? []
  sections.delete('')
  const flags = common.filter(isFlag)
  const parts = [
    table(
      'All entries',
      common.filter((variable) => !isFlag(variable)),
    ),
    table('Flags', flags),
    ...[...sections].map(([protocols, variables]) => table(`Entries of ${protocols}`, variables)),
  ]
  return parts.join('\n')
}

function isFlag({ source }: Variable): boolean {
  return 'protocolIn' in source || 'oneOf' in source
}

function table(title: string, variables: readonly Variable[]): string {
  const rows = variables.map(
    ({ variable, type, description, example }) =>
      `| \`${variable}\` | ${type} | ${cell(description)} | \`${cell(example)}\` |\n`,
  )
  return `## ${title}\n\n| variable | type | meaning | example |\n| --- | --- | --- | --- |\n${rows.join('')}`
}

/** A pipe ends a cell of a table, in code too. */
function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`)
}
