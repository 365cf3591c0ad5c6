/**
 * The syntax tree, with ranges. The parser's output, still in the loose spelling; `normalise` turns it into the same
 * tree without loose forms (no `set`, no raw text on the right of `==`, names instead of selections).
 */
export type Tree =
  | Literal
  | Name
  | Select
  | Index
  | Invocation
  | Unary
  | Binary
  | Logic
  | Conditional
  | ListTree
  | MapTree

interface At {
  readonly start: number
  readonly end: number
}

export interface Literal extends At {
  readonly kind: 'literal'
  readonly value:
    | { readonly type: 'null' }
    | { readonly type: 'bool'; readonly value: boolean }
    | { readonly type: 'int'; readonly value: bigint }
    | { readonly type: 'uint'; readonly value: bigint }
    | { readonly type: 'double'; readonly value: number }
    | { readonly type: 'string'; readonly value: string; readonly raw: boolean }
    | { readonly type: 'bytes'; readonly value: Uint8Array }
}

/** A name; after `normalise`, dots and all for variables of the catalogue (`request.headers`). */
export interface Name extends At {
  readonly kind: 'name'
  readonly name: string
}

export interface Select extends At {
  readonly kind: 'select'
  readonly target: Tree
  readonly field: string
}

export interface Index extends At {
  readonly kind: 'index'
  readonly target: Tree
  readonly key: Tree
}

/** A function (`target` null), method or macro, or an infix word (`path contains "x"`). */
export interface Invocation extends At {
  readonly kind: 'invocation'
  readonly target: Tree | null
  readonly name: string
  /** Range of the name alone. */
  readonly nameStart: number
  readonly nameEnd: number
  readonly args: readonly Tree[]
}

export interface Unary extends At {
  readonly kind: 'unary'
  readonly operator: '!' | '-'
  readonly operand: Tree
}

export type BinaryOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | '+' | '-' | '*' | '/' | '%'

export interface Binary extends At {
  readonly kind: 'binary'
  readonly operator: BinaryOperator
  readonly left: Tree
  readonly right: Tree
}

/** A chain of one operator; two operands or more, in the order of the source. */
export interface Logic extends At {
  readonly kind: 'logic'
  readonly operator: '&&' | '||'
  readonly operands: readonly Tree[]
}

export interface Conditional extends At {
  readonly kind: 'conditional'
  readonly test: Tree
  readonly whenTrue: Tree
  readonly whenFalse: Tree
}

export interface ListTree extends At {
  readonly kind: 'list'
  /** Written with braces: `{"a", "b"}`, a loose spelling. */
  readonly set: boolean
  readonly items: readonly Tree[]
}

export interface MapTree extends At {
  readonly kind: 'map'
  readonly entries: readonly { readonly key: Tree; readonly value: Tree }[]
}
