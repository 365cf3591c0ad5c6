/**
 * Values at evaluation. `undefined` stands for CEL's error (as NULL does in the database): it is a value that is
 * passed on, never an exception. An int is a bigint, a double a number.
 */
export type Value =
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | null
  | Uint
  | Timestamp
  | Duration
  | TypeValue
  | MapValue
  | readonly Value[]

export type Result = Value | undefined

export class Uint {
  readonly value: bigint
  constructor(value: bigint) {
    this.value = value
  }
}

export class Timestamp {
  /** Nanoseconds since 1970-01-01T00:00:00Z. */
  readonly ns: bigint
  constructor(ns: bigint) {
    this.ns = ns
  }
}

export class Duration {
  readonly ns: bigint
  constructor(ns: bigint) {
    this.ns = ns
  }
}

/** What `type(x)` gives. */
export class TypeValue {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** A map by CEL's key equality: 1, 1u and 1.0 are one key. */
export class MapValue {
  readonly #entries = new Map<string, readonly [Value, Value]>()
  /** An entry's map is read as it stands: filters look up one key of many. */
  #record: Readonly<Record<string, string>> | null = null

  static ofRecord(record: Readonly<Record<string, string>>): MapValue {
    const map = new MapValue()
    map.#record = record
    return map
  }

  /** False when the key is no key (double without integer value, list, …). Does not check for duplicates. */
  set(key: Value, value: Value): boolean {
    const id = keyId(key)
    if (id === undefined) return false
    this.#entries.set(id, [key, value])
    return true
  }

  get(key: Value): Result {
    if (this.#record === null) return this.#entries.get(keyId(key) ?? '')?.[1]
    return typeof key === 'string' && Object.hasOwn(this.#record, key) ? this.#record[key] : undefined
  }

  has(key: Value): boolean {
    return this.get(key) !== undefined
  }

  get size(): number {
    return this.#record === null ? this.#entries.size : Object.keys(this.#record).length
  }

  keys(): Value[] {
    if (this.#record !== null) return Object.keys(this.#record)
    return Array.from(this.#entries.values(), (entry) => entry[0])
  }

  entries(): Iterable<readonly [Value, Value]> {
    return this.#record === null ? this.#entries.values() : Object.entries(this.#record)
  }
}

function keyId(key: Value): string | undefined {
  if (typeof key === 'string') return `s${key}`
  if (typeof key === 'bigint') return `n${key}`
  if (typeof key === 'boolean') return `b${key}`
  if (key instanceof Uint) return `n${key.value}`
  if (typeof key === 'number' && Number.isInteger(key)) return `n${BigInt(key)}`
  return undefined
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}

/** The number behind an int, uint or double; undefined for anything else. */
function numeric(value: Value): bigint | number | undefined {
  if (typeof value === 'bigint' || typeof value === 'number') return value
  return value instanceof Uint ? value.value : undefined
}

/** CEL equality: numbers by value, lists and maps by parts; values of different types are not equal. */
export function equal(a: Value, b: Value): boolean {
  if (typeof a === 'string' || typeof a === 'boolean' || a === null) return a === b
  const number = numeric(a)
  if (number !== undefined) {
    const other = numeric(b)
    // JavaScript compares bigint and number by mathematical value, as CEL does.
    // oxlint-disable-next-line eqeqeq -- see above
    return other !== undefined && number == other
  }
  if (a instanceof Timestamp) return b instanceof Timestamp && a.ns === b.ns
  if (a instanceof Duration) return b instanceof Duration && a.ns === b.ns
  if (a instanceof TypeValue) return b instanceof TypeValue && a.name === b.name
  if (a instanceof Uint8Array) return b instanceof Uint8Array && compareBytes(a, b) === 0
  if (a instanceof MapValue) return b instanceof MapValue && equalMaps(a, b)
  if (isList(a)) {
    if (b === null || typeof b !== 'object' || !isList(b) || a.length !== b.length) return false
    return a.every((item, i) => equal(item, b[i] ?? null))
  }
  return false
}

function equalMaps(a: MapValue, b: MapValue): boolean {
  if (a.size !== b.size) return false
  for (const [key, value] of a.entries()) {
    const other = b.get(key)
    if (other === undefined || !equal(value, other)) return false
  }
  return true
}

/** Below, equal to or above 0; NaN where a number is NaN (every comparison is false); undefined: different types. */
export function compare(a: Value, b: Value): number | undefined {
  const number = numeric(a)
  if (number !== undefined) {
    const other = numeric(b)
    if (other === undefined) return undefined
    if (number < other) return -1
    if (number > other) return 1
    return Number.isNaN(number) || Number.isNaN(other) ? NaN : 0
  }
  if (typeof a === 'string') return typeof b === 'string' ? compareText(a, b) : undefined
  if (typeof a === 'boolean') return typeof b === 'boolean' ? Number(a) - Number(b) : undefined
  if (a instanceof Timestamp) return b instanceof Timestamp ? sign(a.ns, b.ns) : undefined
  if (a instanceof Duration) return b instanceof Duration ? sign(a.ns, b.ns) : undefined
  if (a instanceof Uint8Array) return b instanceof Uint8Array ? compareBytes(a, b) : undefined
  return undefined
}

function sign(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b)
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b)
}

/** By code point, as the database compares UTF-8; JavaScript's own order differs where surrogates are involved. */
function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    const xHigh = x >= 0xd800 && x <= 0xdfff
    const yHigh = y >= 0xd800 && y <= 0xdfff
    if (xHigh !== yHigh) return xHigh ? 1 : -1
    return x < y ? -1 : 1
  }
  return a.length < b.length ? -1 : Number(a.length > b.length)
}
