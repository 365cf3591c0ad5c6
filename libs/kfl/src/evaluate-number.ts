import type { StoredRow } from '@hindwire/entries/catalogue.ts'

import type { Checked } from './checked.ts'
import { numberReader } from './evaluate-variable.ts'
import { Uint } from './value.ts'

/**
 * A number that a JavaScript number holds exactly, read without making a bigint of it: number variables and literals
 * below 2^53. Undefined for all else.
 */
export function plainNumber(node: Checked): ((row: StoredRow) => number) | undefined {
  if (node.kind === 'variable') return numberReader(node.variable)
  if (node.kind !== 'constant') return undefined
  const value = node.value instanceof Uint ? node.value.value : node.value
  if (typeof value === 'number') return () => value
  if (typeof value !== 'bigint') return undefined
  const number = Number(value)
  return Number.isSafeInteger(number) ? () => number : undefined
}
