/** Messages for tests and for the peer of the recordings, written by the same tables that the decoder reads by. */
import { schemaOf } from '../schemas.ts'
import type { FieldShape, Shape } from '../types.ts'

type Fields = Readonly<Record<string, unknown>>

class Writer {
  readonly parts: Buffer[] = []
  readonly flexible: boolean

  constructor(flexible: boolean) {
    this.flexible = flexible
  }

  int(value: number, bytes: 1 | 2 | 4): void {
    const part = Buffer.alloc(bytes)
    part.writeIntBE(value, 0, bytes)
    this.parts.push(part)
  }

  uvarint(value: number): void {
    const bytes: number[] = []
    let rest = value
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80)
    bytes.push(rest)
    this.parts.push(Buffer.from(bytes))
  }

  length(value: number, bytes: 2 | 4): void {
    if (this.flexible) this.uvarint(value + 1)
    else this.int(value, bytes)
  }

  struct(shape: Shape, value: Fields): void {
    for (const field of shape.fields) this.field(field, value[field.name])
    if (!this.flexible) return
    const tagged = shape.tagged.filter(({ name }) => value[name] !== undefined)
    this.uvarint(tagged.length)
    for (const field of tagged) {
      const inner = new Writer(true)
      inner.field(field, value[field.name])
      const bytes = Buffer.concat(inner.parts)
      this.uvarint(field.tag)
      this.uvarint(bytes.length)
      this.parts.push(bytes)
    }
  }

  field(field: FieldShape, value: unknown): void {
    if (field.array) {
      const list = value === undefined && !field.nullable ? [] : ((value ?? null) as unknown[] | null)
      this.length(list === null ? -1 : list.length, 4)
      for (const each of list ?? []) this.single(field, each)
    } else if (field.type === 'struct' && field.nullable) {
      this.int(value === null || value === undefined ? -1 : 1, 1)
      if (value !== null && value !== undefined) this.single(field, value)
    } else this.single(field, value)
  }

  single(field: FieldShape, value: unknown): void {
    switch (field.type) {
      case 'struct':
        this.struct(field.shape, (value ?? {}) as Fields)
        break
      case 'bool':
        this.int(value === true ? 1 : 0, 1)
        break
      case 'int8':
        this.int((value as number | undefined) ?? 0, 1)
        break
      case 'int16':
      case 'error':
      case 'acks':
        this.int((value as number | undefined) ?? 0, 2)
        break
      case 'int32':
        this.int((value as number | undefined) ?? 0, 4)
        break
      case 'int64': {
        const part = Buffer.alloc(8)
        part.writeBigInt64BE(BigInt((value as number | undefined) ?? 0))
        this.parts.push(part)
        break
      }
      case 'uuid':
        this.parts.push(value === null || value === undefined ? Buffer.alloc(16) : Buffer.from(value as string, 'base64url'))
        break
      case 'bytes':
      case 'secret':
      case 'records':
        this.bytes(value as Uint8Array | null | undefined, field, 4)
        break
      default:
        this.bytes(typeof value === 'string' ? Buffer.from(value) : (value as null | undefined), field, 2)
    }
  }

  bytes(value: Uint8Array | null | undefined, field: FieldShape, width: 2 | 4): void {
    const nullable = field.nullable || field.type === 'message'
    const bytes = value ?? (nullable ? null : new Uint8Array(0))
    this.length(bytes === null ? -1 : bytes.length, width)
    if (bytes !== null) this.parts.push(Buffer.from(bytes))
  }
}

function framed(parts: readonly Buffer[]): Uint8Array {
  const body = Buffer.concat(parts)
  const size = Buffer.alloc(4)
  size.writeUInt32BE(body.length)
  return new Uint8Array(Buffer.concat([size, body]))
}

export interface RequestHead {
  readonly key: number
  readonly version: number
  readonly id: number
  readonly client?: string | null
}

/** A whole request; fields left out are zero, empty or null. */
export function encodeRequest({ key, version, id, client = 'test' }: RequestHead, body: Fields): Uint8Array {
  const schema = schemaOf(key, version)
  const head = new Writer(false)
  head.int(key, 2)
  head.int(version, 2)
  head.int(id, 4)
  head.int(client === null ? -1 : Buffer.byteLength(client), 2)
  head.parts.push(Buffer.from(client ?? ''))
  if (schema === undefined) return framed(head.parts)
  const writer = new Writer(version >= schema.flexibleFrom)
  if (writer.flexible) writer.uvarint(0)
  writer.struct(schema.request.shape(version), body)
  return framed([...head.parts, ...writer.parts])
}

/** A whole response to that API. */
export function encodeResponse(key: number, version: number, id: number, body: Fields): Uint8Array {
  const schema = schemaOf(key, version)
  if (schema === undefined) throw new Error(`no schema of API ${key}, version ${version}`)
  const writer = new Writer(version >= schema.flexibleFrom)
  writer.int(id, 4)
  if (writer.flexible && key !== 18) writer.uvarint(0)
  writer.struct(schema.response.shape(version), body)
  return framed(writer.parts)
}
