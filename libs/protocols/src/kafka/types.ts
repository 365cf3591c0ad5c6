import { Message, type Role } from '../contract/message.ts'

export type FieldType =
  | 'bool'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uuid'
  | 'string'
  | 'bytes'
  | 'records'
  | 'struct'
  | 'topic'
  | 'group'
  | 'error'
  | 'message'
  | 'acks'
  | 'secret'

export interface FieldShape {
  readonly name: string
  readonly type: FieldType
  readonly nullable: boolean
  readonly array: boolean
  /** Number of a tagged field; -1 for all others. */
  readonly tag: number
  /** Fields of a `struct`. */
  readonly shape: Shape
}

/** A structure in one version. */
export interface Shape {
  readonly fields: readonly FieldShape[]
  readonly tagged: readonly FieldShape[]
}

export type Value = string | number | boolean | null | Value[] | { [name: string]: Value }
export type Struct = Record<string, Value>

/** A `records` field: where it lies, and whose it is. */
export interface RecordSet {
  readonly topic: string
  readonly partition: number
  readonly start: number
  /** End of what is at hand of it. */
  readonly end: number
  readonly whole: boolean
  /** Its place in the decoded message: takes what is read of it. */
  readonly target: Struct
}

/** One framed message. It keeps the beginning of its bytes, and is decoded when a row is made of it. */
export class KafkaMessage extends Message {
  /** Of requests; -1 for responses. */
  apiKey = -1
  apiVersion = 0
  /** Largest body that is to be stored, bytes. */
  bodyLimit = 0
  /** Holds bytes[start, end): the message from its length field on, or as much of its beginning as is kept. */
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number

  constructor(role: Role, id: number, bytes: Uint8Array, start: number, end: number) {
    super(role)
    this.id = id
    this.bytes = bytes
    this.start = start
    this.end = end
  }
}
