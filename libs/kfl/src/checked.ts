import type { Variable } from '@hindwire/entries/catalogue.ts'

import type { OverloadId } from './signatures.ts'
import type { Type } from './type.ts'
import type { Value } from './value.ts'

/** The checked tree: every name resolved, every node typed. Input of both printers and of the evaluator. */
export type Checked =
  | Constant
  | Failure
  | VariableRead
  | LocalRead
  | Call
  | Comparison
  | Membership
  | CheckedLogic
  | Choice
  | ListMake
  | MapMake
  | IndexRead
  | HasKey
  | Macro

interface Typed {
  readonly type: Type
  readonly start: number
  readonly end: number
}

export interface Constant extends Typed {
  readonly kind: 'constant'
  readonly value: Value
}

/** A constant expression whose evaluation fails (`1 / 0`). Made by folding only. */
export interface Failure extends Typed {
  readonly kind: 'failure'
}

export interface VariableRead extends Typed {
  readonly kind: 'variable'
  readonly variable: Variable
}

/** The variable of a macro. */
export interface LocalRead extends Typed {
  readonly kind: 'local'
  readonly name: string
  /** Number of the macro variable, from the outermost (0). */
  readonly slot: number
}

/** A function, method or operator. More than one overload only where an argument is `dyn`. */
export interface Call extends Typed {
  readonly kind: 'call'
  readonly overloads: readonly [OverloadId, ...OverloadId[]]
  /** Written as `args[0].name(…)`. */
  readonly method: boolean
  readonly args: readonly Checked[]
}

export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>='

export interface Comparison extends Typed {
  readonly kind: 'comparison'
  readonly operator: ComparisonOperator
  readonly left: Checked
  readonly right: Checked
}

export interface Membership extends Typed {
  readonly kind: 'in'
  readonly item: Checked
  readonly collection: Checked
}

export interface CheckedLogic extends Typed {
  readonly kind: 'logic'
  readonly operator: '&&' | '||'
  readonly operands: readonly Checked[]
}

export interface Choice extends Typed {
  readonly kind: 'choice'
  readonly test: Checked
  readonly whenTrue: Checked
  readonly whenFalse: Checked
}

export interface ListMake extends Typed {
  readonly kind: 'list'
  readonly items: readonly Checked[]
}

export interface MapMake extends Typed {
  readonly kind: 'map'
  readonly entries: readonly { readonly key: Checked; readonly value: Checked }[]
}

/** `list[i]` or `map[k]`. */
export interface IndexRead extends Typed {
  readonly kind: 'index'
  readonly target: Checked
  readonly key: Checked
}

/** `has(map.key)`. */
export interface HasKey extends Typed {
  readonly kind: 'has'
  readonly target: Checked
  readonly key: string
}

export type MacroName = 'exists' | 'all' | 'exists_one' | 'filter' | 'map'

/** A walk over a list, or over the keys of a map. */
export interface Macro extends Typed {
  readonly kind: 'macro'
  readonly macro: MacroName
  readonly range: Checked
  readonly local: string
  readonly slot: number
  /** Type of the macro variable. */
  readonly element: Type
  /** Null only for `map` with two arguments. */
  readonly predicate: Checked | null
  /** What `map` makes of each element; null for the others. */
  readonly body: Checked | null
}
