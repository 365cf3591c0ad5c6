import type { Checked } from './checked.ts'

/** Direct parts of a node. */
export function partsOf(node: Checked): readonly Checked[] {
  switch (node.kind) {
    case 'constant':
    case 'failure':
    case 'variable':
    case 'local':
      return []
    case 'call':
      return node.args
    case 'comparison':
      return [node.left, node.right]
    case 'in':
      return [node.item, node.collection]
    case 'logic':
      return node.operands
    case 'choice':
      return [node.test, node.whenTrue, node.whenFalse]
    case 'list':
      return node.items
    case 'map':
      return node.entries.flatMap((e) => [e.key, e.value])
    case 'index':
      return [node.target, node.key]
    case 'has':
      return [node.target]
    default:
      return [node.range, node.predicate, node.body].filter((part) => part !== null)
  }
}
