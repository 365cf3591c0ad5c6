import type { Catalogue, StoredRow } from '@hindwire/entries/catalogue.ts'
import type { ColumnSpec } from '@hindwire/protocols/contract/column.ts'

import { bodyText } from './body.ts'
import { idMember } from './compact.ts'
import { type Member, numberOf, type Shape, storedString } from './shape.ts'

/** `format=raw`: every stored column under its own name, defaults included; times in ms with their fraction. */
export function rawShape(catalogue: Catalogue): Shape {
  return { members: [idMember, ...[...catalogue.columns.values()].flatMap(members)] }
}

function members({ name, type }: ColumnSpec): Member[] {
  if (type === 'time') return [{ name, columns: [name], read: (row) => numberOf(row, name) / 1000 }]
  if (type !== 'string') return [{ name, columns: [name], read: (row) => row[name] }]
  const read = (row: StoredRow) => bodyText(storedString(row, name), false)
  return [
    { name, columns: [name], read: (row) => read(row).text },
    { name: `${name}_encoding`, columns: [name], read: (row) => read(row).encoding },
  ]
}
