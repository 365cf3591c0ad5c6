import type { Variable } from '@hindwire/entries/catalogue.ts'

import type { Checked } from './checked.ts'
import type { Value } from './value.ts'

/** The tree with every variable replaced by a value. */
export function substitute(node: Checked, value: (variable: Variable) => Value): Checked {
  const inner = (part: Checked): Checked => substitute(part, value)
  switch (node.kind) {
    case 'constant':
    case 'failure':
    case 'local':
      return node
    case 'variable':
      return { kind: 'constant', value: value(node.variable), type: node.type, start: node.start, end: node.end }
    case 'call':
      return { ...node, args: node.args.map(inner) }
    case 'comparison':
      return { ...node, left: inner(node.left), right: inner(node.right) }
    case 'in':
      return { ...node, item: inner(node.item), collection: inner(node.collection) }
    case 'logic':
      return { ...node, operands: node.operands.map(inner) }
    case 'choice':
      return { ...node, test: inner(node.test), whenTrue: inner(node.whenTrue), whenFalse: inner(node.whenFalse) }
    case 'list':
      return { ...node, items: node.items.map(inner) }
    case 'map':
      return { ...node, entries: node.entries.map((e) => ({ key: inner(e.key), value: inner(e.value) })) }
    case 'index':
      return { ...node, target: inner(node.target), key: inner(node.key) }
    case 'has':
      return { ...node, target: inner(node.target) }
    default: {
      const { predicate, body } = node
      return {
        ...node,
        range: inner(node.range),
        predicate: predicate === null ? null : inner(predicate),
        body: body === null ? null : inner(body),
      }
    }
  }
}
