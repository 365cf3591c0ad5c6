import type { Tree } from './tree.ts'

/** The first node found below `limit` levels, or undefined. Does not recurse, so that long chains cannot overflow it. */
export function tooDeep(tree: Tree, limit: number): Tree | undefined {
  const waiting: [Tree, number][] = [[tree, 1]]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [node, depth] = next
    if (depth > limit) return node
    for (const child of children(node)) waiting.push([child, depth + 1])
  }
  return undefined
}

/** Direct parts of a node, in the order of the source. */
export function children(tree: Tree): readonly Tree[] {
  switch (tree.kind) {
    case 'literal':
    case 'name':
      return []
    case 'select':
      return [tree.target]
    case 'index':
      return [tree.target, tree.key]
    case 'invocation':
      return tree.target === null ? tree.args : [tree.target, ...tree.args]
    case 'unary':
      return [tree.operand]
    case 'binary':
      return [tree.left, tree.right]
    case 'logic':
      return tree.operands
    case 'conditional':
      return [tree.test, tree.whenTrue, tree.whenFalse]
    case 'list':
      return tree.items
    default:
      return tree.entries.flatMap((entry) => [entry.key, entry.value])
  }
}
