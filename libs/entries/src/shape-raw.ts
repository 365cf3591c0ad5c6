import type { ColumnSpec } from '@hindwire/protocols/contract/column.ts'

import { bodyText } from './body-text.ts'
import type { Catalogue, StoredRow } from './catalogue.ts'
import { numberIn, textIn } from './read-source.ts'
import { idMember } from './shape-compact.ts'
import { collectionOf, numberMember, textMember } from './shape.ts'
import type { Member, Shape } from './shape.ts'

/** `format=raw`: every stored column under its own name; times in ms with their fraction; binary strings in base64. */
export function rawShape(catalogue: Catalogue): Shape {
  return { members: [idMember, ...[...catalogue.columns.values()].flatMap(columnMembers)] }
}

function columnMembers({ name, type }: ColumnSpec): readonly Member[] {
  switch (type) {
    case 'time':
      return [{ name, columns: [name], read: (row) => numberIn(row, name) / 1000 }]
    case 'label':
      return [textMember(name, name)]
    case 'labels':
    case 'strings':
    case 'map':
      return [{ name, columns: [name], read: (row) => collectionOf(row[name]) }]
    case 'string':
      return stringMembers(name)
    default:
      return [numberMember(name, name)]
  }
}

function stringMembers(name: string): readonly Member[] {
  const read = (row: StoredRow): ReturnType<typeof bodyText> => bodyText(textIn(row, name), Infinity, false)
  return [
    { name, columns: [name], read: (row) => read(row).text || undefined },
    { name: `${name}_encoding`, columns: [name], read: (row) => read(row).encoding },
  ]
}
