import type { OverloadId } from './signatures.ts'
import type { Result } from './value.ts'
import { Uint } from './value.ts'

export type Implementation = (...args: never[]) => Result

const minInt = -(1n << 63n)
const maxInt = (1n << 63n) - 1n
const maxUint = (1n << 64n) - 1n

export function intOf(value: bigint): bigint | undefined {
  return value >= minInt && value <= maxInt ? value : undefined
}

export function uintOf(value: bigint): Uint | undefined {
  return value >= 0n && value <= maxUint ? new Uint(value) : undefined
}

/** Truncates; an error outside of the 64 bits (CEL refuses the bounds themselves, which doubles cannot tell apart). */
function truncated(value: number): bigint | undefined {
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : undefined
}

function parseInteger(text: string): bigint | undefined {
  return /^[+-]?[0-9]{1,40}$/.test(text) ? BigInt(text.replace(/^\+/, '')) : undefined
}

const decimal = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/
const special = /^([+-]?)(?:inf(?:inity)?|(nan))$/i

export function parseDouble(text: string): number | undefined {
  if (decimal.test(text)) return Number(text)
  const found = special.exec(text)
  if (found === null) return undefined
  if (found[2] !== undefined) return NaN
  return found[1] === '-' ? -Infinity : Infinity
}

/** Go's shortest form, which CEL has: exponents from 1e21 and below 1e-4, written with two digits. */
export function formatDouble(value: number): string {
  if (value === Infinity) return '+Inf'
  if (value === -Infinity) return '-Inf'
  return String(value)
}

/** Arithmetic and conversion of numbers. 64-bit overflow and division by zero are errors. */
export const numberFunctions = {
  'int+int': (a: bigint, b: bigint) => intOf(a + b),
  'int-int': (a: bigint, b: bigint) => intOf(a - b),
  'int*int': (a: bigint, b: bigint) => intOf(a * b),
  'int/int': (a: bigint, b: bigint) => (b === 0n ? undefined : intOf(a / b)),
  'int%int': (a: bigint, b: bigint) => (b === 0n || (a === minInt && b === -1n) ? undefined : a % b),
  '-int': (a: bigint) => intOf(-a),
  'uint+uint': (a: Uint, b: Uint) => uintOf(a.value + b.value),
  'uint-uint': (a: Uint, b: Uint) => uintOf(a.value - b.value),
  'uint*uint': (a: Uint, b: Uint) => uintOf(a.value * b.value),
  'uint/uint': (a: Uint, b: Uint) => (b.value === 0n ? undefined : new Uint(a.value / b.value)),
  'uint%uint': (a: Uint, b: Uint) => (b.value === 0n ? undefined : new Uint(a.value % b.value)),
  'double+double': (a: number, b: number) => a + b,
  'double-double': (a: number, b: number) => a - b,
  'double*double': (a: number, b: number) => a * b,
  'double/double': (a: number, b: number) => a / b,
  '-double': (a: number) => -a,
  '!bool': (a: boolean) => !a,
  'int(int)': (a: bigint) => a,
  'int(uint)': (a: Uint) => intOf(a.value),
  'int(double)': (a: number) => {
    const value = truncated(a)
    return value === undefined || value <= minInt || value > maxInt ? undefined : value
  },
  'int(string)': (a: string) => {
    const value = parseInteger(a)
    return value === undefined ? undefined : intOf(value)
  },
  'uint(uint)': (a: Uint) => a,
  'uint(int)': (a: bigint) => uintOf(a),
  'uint(double)': (a: number) => {
    const value = truncated(a)
    return value === undefined || a < 0 ? undefined : uintOf(value)
  },
  'uint(string)': (a: string) => {
    const value = a.startsWith('-') || a.startsWith('+') ? undefined : parseInteger(a)
    return value === undefined ? undefined : uintOf(value)
  },
  'double(double)': (a: number) => a,
  'double(int)': (a: bigint) => Number(a),
  'double(uint)': (a: Uint) => Number(a.value),
  'double(string)': (a: string) => parseDouble(a),
  'bool(bool)': (a: boolean) => a,
  'bool(string)': (a: string) => booleanTexts.get(a),
  'string(int)': (a: bigint) => String(a),
  'string(uint)': (a: Uint) => String(a.value),
  'string(double)': (a: number) => formatDouble(a),
  'string(bool)': (a: boolean) => String(a),
} satisfies Partial<Record<OverloadId, Implementation>>

/** What `bool(text)` takes (Go's ParseBool, as in cel-go). */
export const booleanTexts: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((text) => [text, false] as const),
])
