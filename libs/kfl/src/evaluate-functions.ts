import type { Implementation } from './functions-number.ts'
import { numberFunctions } from './functions-number.ts'
import { collectionFunctions, timeFunctions } from './functions-other.ts'
import { textFunctions } from './functions-text.ts'
import type { OverloadId } from './signatures.ts'
import { signatures } from './signatures.ts'
import type { Type } from './type.ts'
import type { Result, Value } from './value.ts'
import { Duration, isList, MapValue, Timestamp, TypeValue, Uint } from './value.ts'

type Call = (...args: Value[]) => Result

/** What every overload does. `now()` is replaced before evaluation. */
const implementations: Readonly<Record<OverloadId, Implementation>> = {
  ...numberFunctions,
  ...textFunctions,
  ...timeFunctions,
  ...collectionFunctions,
  now: () => undefined,
}

/** The function of a call; with several overloads, the one that fits the values at hand. */
export function implementationOf(overloads: readonly [OverloadId, ...OverloadId[]], exact: boolean): Call {
  if (overloads.length === 1 && exact) return implementations[overloads[0]] as Call
  return (...args) => {
    const id = overloads.find((overload) => {
      const { params } = signatures[overload]
      return params.length === args.length && params.every((param, i) => isOf(args[i] ?? null, param))
    })
    return id === undefined ? undefined : (implementations[id] as Call)(...args)
  }
}

function isOf(value: Value, type: Type): boolean {
  switch (type.kind) {
    case 'dyn':
      return true
    case 'null':
      return value === null
    case 'bool':
      return typeof value === 'boolean'
    case 'int':
      return typeof value === 'bigint'
    case 'double':
      return typeof value === 'number'
    case 'string':
      return typeof value === 'string'
    case 'uint':
      return value instanceof Uint
    case 'bytes':
      return value instanceof Uint8Array
    case 'timestamp':
      return value instanceof Timestamp
    case 'duration':
      return value instanceof Duration
    case 'type':
      return value instanceof TypeValue
    case 'list':
      return isListValue(value) && value.every((item) => isOf(item, type.element))
    default:
      return value instanceof MapValue
  }
}

function isListValue(value: Value): value is readonly Value[] {
  return value !== null && typeof value === 'object' && isList(value)
}
