import {
  create,
  type DescMessage,
  type DescMethod,
  type DescService,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf'
import { logVerbosity, type MethodDefinition, setLogVerbosity } from '@grpc/grpc-js'

// Every failure reaches a caller as an error; lines of grpc-js's own shape have no place in the log.
setLogVerbosity(logVerbosity.NONE)

/** A generated service descriptor, e.g. `Ingest` of gen/hindwire/v1/ingest_pb.ts. */
export type Service = Omit<DescService, 'method'> & { readonly method: Readonly<Record<string, Method>> }

type Method = DescMethod & { readonly input: DescMessage; readonly output: DescMessage }

/** Largest message, in bytes: a batch of 50,000 rows with bodies stays below it; larger ones are a mistake. */
export const MAX_MESSAGE_BYTES = 64 * 1024 * 1024

type Definition = MethodDefinition<MessageInitShape<DescMessage>, MessageShape<DescMessage>>
type ServerDefinition = MethodDefinition<MessageShape<DescMessage>, MessageInitShape<DescMessage>>

/** A method as grpc-js's client wants it: sends message initialisers, gets messages. */
export function clientMethod(service: Service, name: string): Definition {
  const { path, method } = find(service, name)
  return {
    path,
    requestStream: method.methodKind === 'client_streaming' || method.methodKind === 'bidi_streaming',
    responseStream: method.methodKind === 'server_streaming' || method.methodKind === 'bidi_streaming',
    requestSerialize: (value) => encode(method.input, value),
    requestDeserialize: (bytes) => decode(method.input, bytes),
    responseSerialize: (value) => encode(method.output, value),
    responseDeserialize: (bytes) => decode(method.output, bytes),
  }
}

/** The same as grpc-js's server wants it: gets messages, sends message initialisers. */
export function serverMethod(service: Service, name: string): ServerDefinition {
  return clientMethod(service, name) as unknown as ServerDefinition
}

function find(service: Service, name: string) {
  const method = service.method[name]
  if (method === undefined) throw new Error(`${service.typeName} has no method ${name}`)
  return { method, path: `/${service.typeName}/${method.name}` }
}

function encode(schema: DescMessage, value: MessageInitShape<DescMessage>): Buffer {
  const bytes = toBinary(schema, create(schema, value))
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function decode(schema: DescMessage, bytes: Buffer): MessageShape<DescMessage> {
  return fromBinary(schema, bytes)
}
