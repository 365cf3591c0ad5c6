import type { Tree } from './tree.ts'

/** `a.b.c` of a chain of selections on a name, or undefined. */
export function dottedName(tree: Tree): string | undefined {
  if (tree.kind === 'name') return tree.name
  if (tree.kind !== 'select') return undefined
  const root = dottedName(tree.target)
  return root === undefined ? undefined : `${root}.${tree.field}`
}

/** The name that a chain of selections begins with; empty where it begins with something else. */
export function rootName(tree: Tree): string {
  if (tree.kind === 'select') return rootName(tree.target)
  return tree.kind === 'name' ? tree.name : ''
}

/** Names are stored with their ASCII letters in lower case. */
export function asciiLower(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())
}
