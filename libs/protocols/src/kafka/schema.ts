import type { FieldShape, FieldType, Shape } from './types.ts'

/*
 * Messages are described as text, one field a line, in the order of the wire (the Kafka project keeps the same facts in
 * `clients/src/main/resources/common/message/*.json`):
 *
 *     name type [versions] [#tag]
 *
 * Nested fields stand below, two spaces further in. Versions are `3+`, `0-12` or `4`; all, where they are left out.
 * A type that ends in `?` may be null. `[]` is an array of what stands below, `[]int32` one of values, `{}` a structure.
 * Types that say more than their encoding: `topic` and `group` (strings), `error` (int16 error code), `message` (string,
 * text of an error), `acks` (int16 of Produce), `secret` (bytes that are never kept).
 */

interface Line {
  readonly name: string
  readonly type: FieldType
  readonly nullable: boolean
  readonly array: boolean
  readonly from: number
  readonly to: number
  readonly tag: number
  readonly children: Line[]
}

const ALL = 32_767

function readLine(text: string): Line {
  const [name = '', written = '', ...rest] = text.trim().split(/ +/u)
  const versions = rest.find((word) => !word.startsWith('#')) ?? '0+'
  const tag = rest.find((word) => word.startsWith('#'))
  const [from = '0', to = from] = versions.split(/[-+]/u)
  const nullable = written.endsWith('?')
  const bare = nullable ? written.slice(0, -1) : written
  const array = bare.startsWith('[]')
  const type = array ? bare.slice(2) : bare
  return {
    name,
    type: (type === '' || type === '{}' ? 'struct' : type) as FieldType,
    nullable,
    array,
    from: Number(from),
    to: versions.endsWith('+') ? ALL : Number(to),
    tag: tag === undefined ? -1 : Number(tag.slice(1)),
    children: [],
  }
}

function readLines(text: string): Line[] {
  const top: Line[] = []
  const open: Line[][] = [top]
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const margin = Math.min(...lines.map((line) => line.search(/\S/u)))
  for (const text of lines) {
    const depth = (text.search(/\S/u) - margin) / 2
    const line = readLine(text)
    ;(open[depth] as Line[]).push(line)
    open[depth + 1] = line.children
  }
  return top
}

function atVersion(lines: readonly Line[], version: number): Shape {
  const fields: FieldShape[] = []
  const tagged: FieldShape[] = []
  for (const { name, type, nullable, array, from, to, tag, children } of lines) {
    if (version < from || version > to) continue
    const field = { name, type, nullable, array, tag, shape: atVersion(children, version) }
    if (tag < 0) fields.push(field)
    else tagged.push(field)
  }
  return { fields, tagged }
}

/** One direction of an API, of which every version has a shape. */
export class MessageSchema {
  readonly #text: string
  #lines: Line[] | null = null
  readonly #shapes: Shape[] = []

  constructor(text: string) {
    this.#text = text
  }

  shape(version: number): Shape {
    this.#lines ??= readLines(this.#text)
    return (this.#shapes[version] ??= atVersion(this.#lines, version))
  }
}

/** Request and response of an API, in the versions that are described. */
export class ApiSchema {
  readonly key: number
  /** Highest version described. */
  readonly maxVersion: number
  /** First version with compact lengths and tagged fields (KIP-482). */
  readonly flexibleFrom: number
  readonly request: MessageSchema
  readonly response: MessageSchema

  constructor(key: number, maxVersion: number, flexibleFrom: number, request: string, response: string) {
    this.key = key
    this.maxVersion = maxVersion
    this.flexibleFrom = flexibleFrom
    this.request = new MessageSchema(request)
    this.response = new MessageSchema(response)
  }
}
