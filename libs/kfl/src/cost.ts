import { partsOf } from './checked-parts.ts'
import type { Checked } from './checked.ts'

/** Elements that a list of an entry is taken to have. */
const usualLength = 50

/** Steps of one evaluation: one per node, and what stands in a macro once per element. */
export function costOf(node: Checked): number {
  if (node.kind !== 'macro') return partsOf(node).reduce((sum, part) => sum + costOf(part), 1)
  const inner = [node.predicate, node.body].filter((part) => part !== null)
  return costOf(node.range) + lengthOf(node.range) * inner.reduce((sum, part) => sum + costOf(part), 1)
}

function lengthOf(node: Checked): number {
  switch (node.kind) {
    case 'list':
      return node.items.length
    case 'map':
      return node.entries.length
    case 'macro':
      return lengthOf(node.range)
    case 'choice':
      return Math.max(lengthOf(node.whenTrue), lengthOf(node.whenFalse))
    case 'call':
      return node.overloads[0] === 'list+list' ? node.args.reduce((sum, arg) => sum + lengthOf(arg), 0) : usualLength
    case 'index': {
      const { target } = node
      return target.kind === 'list' ? Math.max(0, ...target.items.map(lengthOf)) : usualLength
    }
    case 'constant':
      return Array.isArray(node.value) ? node.value.length : usualLength
    default:
      return usualLength
  }
}
