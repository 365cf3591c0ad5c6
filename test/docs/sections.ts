import { readFileSync } from 'node:fs'

import { buildCatalogue } from '@hindwire/entries/build-catalogue.ts'
import type { Variable } from '@hindwire/entries/catalogue.ts'
import type { Protocol } from '@hindwire/protocols/contract/protocol.ts'
import { protocols } from '@hindwire/protocols/registry.ts'

const root = new URL('../../', import.meta.url)

/** A part of a document that is made from the code. It stands between two comments with its name. */
export interface Section {
  readonly document: string
  readonly name: string
  readonly text: string
}

export function sections(): readonly Section[] {
  return [
    { document: 'docs/kfl.md', name: 'variables', text: variables() },
    { document: 'docs/protocols.md', name: 'table', text: protocolTable() },
    { document: 'docs/protocols.md', name: 'details', text: protocols.map(protocolDetails).join('\n\n') },
  ]
}

/** The document with the section in its place. @throws when the document has no place for it */
export function withSection(text: string, { document, name, text: made }: Section): string {
  const [start, end] = [`<!-- generated: ${name} -->`, `<!-- end: ${name} -->`]
  const [before, rest] = [text.split(start)[0], text.split(start)[1]]
  const after = rest?.split(end)[1]
  if (after === undefined) throw new Error(`${document} has no place for ${name}: ${start} … ${end}`)
  return `${before}${start}\n\n${made}\n\n${end}${after}`
}

export function readDocument(path: string): string {
  return readFileSync(new URL(path, root), 'utf8')
}

function variables(): string {
  const all = [...buildCatalogue(protocols).variables.values()]
  const groups = [
    { title: 'Of every entry', list: all.filter((each) => each.protocols === null && !isFlag(each)) },
    { title: 'Flags', list: all.filter(isFlag) },
    ...protocols.map(({ title, name, entryProtocols }) => ({
      title: `${title} (${entryProtocols.map((each) => `\`${each}\``).join(', ')})`,
      list: all.filter((each) => each.protocols?.includes(entryProtocols[0] ?? name) === true && !isFlag(each)),
    })),
  ]
  return groups.map(({ title, list }) => `### ${title}\n\n${table(list)}`).join('\n\n')
}

function isFlag({ source }: Variable): boolean {
  return 'protocolIn' in source || 'oneOf' in source
}

function table(list: readonly Variable[]): string {
  const rows = list.map(({ variable, type, description, example }) =>
    row([code(variable), type.replace('<', '&lt;').replace('>', '&gt;'), description, code(example)]),
  )
  return [row(['variable', 'type', 'meaning', 'example']), row(['---', '---', '---', '---']), ...rows].join('\n')
}

function protocolTable(): string {
  const rows = protocols.map(({ name, title, entryProtocols, transports, ports }) =>
    row([
      `[${title}](../libs/protocols/src/${name}/README.md)`,
      entryProtocols.map(code).join(', '),
      transports.map((each) => each.toUpperCase()).join(', '),
      ports.join(', '),
    ]),
  )
  return [
    row(['protocol', 'entries are called', 'over', 'usual ports']),
    row(['---', '---', '---', '---']),
    ...rows,
  ].join('\n')
}

function protocolDetails({ name, title }: Protocol): string {
  const readme = readDocument(`libs/protocols/src/${name}/README.md`)
  return [`## ${title}`, part(readme, 'Covered'), `Not covered:`, part(readme, 'Not covered')].join('\n\n')
}

/** What stands under a heading of a README, up to the next one. */
function part(readme: string, heading: string): string {
  const found = readme
    .split(/^## /m)
    .find((text) => text.replaceAll('*', '').toLowerCase().startsWith(`${heading.toLowerCase()}\n`))
  return (found ?? '').slice((found ?? '').indexOf('\n')).trim()
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function code(text: string): string {
  return `\`${text}\``
}
