import type { KflType } from '@hindwire/protocols/contract/field.ts'

/** Static types. `dyn` is what is only known at evaluation (elements of `[1, "a"]`). */
export type Type =
  | {
      readonly kind:
        | 'bool'
        | 'int'
        | 'uint'
        | 'double'
        | 'string'
        | 'bytes'
        | 'timestamp'
        | 'duration'
        | 'null'
        | 'type'
        | 'dyn'
    }
  | { readonly kind: 'list'; readonly element: Type }
  | MapType

export interface MapType {
  readonly kind: 'map'
  readonly key: Type
  readonly value: Type
  /** A missing key reads as "": maps of an entry. Elsewhere it is an error, as in CEL. */
  readonly missingIsEmpty: boolean
  /** Keys are in lower case, and looked up in lower case. */
  readonly lowerKeys: boolean
}

export const bool: Type = { kind: 'bool' }
export const int: Type = { kind: 'int' }
export const uint: Type = { kind: 'uint' }
export const double: Type = { kind: 'double' }
export const string: Type = { kind: 'string' }
export const bytes: Type = { kind: 'bytes' }
export const timestamp: Type = { kind: 'timestamp' }
export const duration: Type = { kind: 'duration' }
export const nullType: Type = { kind: 'null' }
export const typeType: Type = { kind: 'type' }
export const dyn: Type = { kind: 'dyn' }
export const list = (element: Type): Type => ({ kind: 'list', element })
export const map = (key: Type, value: Type): MapType => ({
  kind: 'map',
  key,
  value,
  missingIsEmpty: false,
  lowerKeys: false,
})
export const strings: Type = list(string)

/** The type of a catalogue variable. */
export function typeOfVariable(type: KflType, lowerKeys: boolean): Type {
  if (type === 'list<string>') return strings
  if (type === 'map<string,string>') return { kind: 'map', key: string, value: string, missingIsEmpty: true, lowerKeys }
  return { kind: type }
}

export function typeName(type: Type): string {
  if (type.kind === 'list') return `list<${typeName(type.element)}>`
  if (type.kind === 'map') return `map<${typeName(type.key)},${typeName(type.value)}>`
  return type.kind
}

/** `an int`, `a string`. */
export function withArticle(type: Type): string {
  const name = typeName(type)
  return `${name === 'int' ? 'an' : 'a'} ${name}`
}

export function isNumber(type: Type): boolean {
  return type.kind === 'int' || type.kind === 'uint' || type.kind === 'double'
}

/** True where a value of type `from` can stand where `to` is wanted; `dyn` fits everywhere and is settled later. */
export function assignable(from: Type, to: Type): boolean {
  if (from.kind === 'dyn' || to.kind === 'dyn') return true
  if (from.kind === 'list' && to.kind === 'list') return assignable(from.element, to.element)
  if (from.kind === 'map' && to.kind === 'map') return assignable(from.key, to.key) && assignable(from.value, to.value)
  return from.kind === to.kind
}

/** True where `==` between the two can be meant: same types, or both numbers (KFL compares them by value). */
export function comparable(a: Type, b: Type): boolean {
  if (isNumber(a) && isNumber(b)) return true
  if (a.kind === 'list' && b.kind === 'list') return comparable(a.element, b.element)
  if (a.kind === 'map' && b.kind === 'map') return comparable(a.key, b.key) && comparable(a.value, b.value)
  return assignable(a, b)
}

/** The common type of two branches or elements; `dyn` where they have none. */
export function join(a: Type, b: Type): Type {
  if (a.kind === 'list' && b.kind === 'list') {
    // The element of an empty list literal is dyn: the other list says what it is.
    if (a.element.kind === 'dyn') return b
    return b.element.kind === 'dyn' ? a : list(join(a.element, b.element))
  }
  if (a.kind === 'map' && b.kind === 'map') {
    return {
      kind: 'map',
      key: join(a.key, b.key),
      value: join(a.value, b.value),
      missingIsEmpty: a.missingIsEmpty || b.missingIsEmpty,
      lowerKeys: a.lowerKeys || b.lowerKeys,
    }
  }
  return a.kind === b.kind ? a : dyn
}

/** True where the type, or a part of it, is only known at evaluation. */
export function isDynamic(type: Type): boolean {
  if (type.kind === 'list') return isDynamic(type.element)
  if (type.kind === 'map') return isDynamic(type.key) || isDynamic(type.value)
  return type.kind === 'dyn'
}
