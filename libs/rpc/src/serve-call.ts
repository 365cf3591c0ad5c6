import { type EventEmitter, once } from 'node:events'
import type { Readable } from 'node:stream'

import type { DescMessage, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import type {
  Metadata,
  sendUnaryData,
  ServerDuplexStream,
  ServerReadableStream,
  ServerUnaryCall,
  ServerWritableStream,
} from '@grpc/grpc-js'
import { type AppError, toAppError } from '@hindwire/service-kit/app-error.ts'

import { toStatus } from './errors.ts'

/** What a handler knows of the call it answers. */
export interface CallContext {
  /** Aborted when the caller cancels, its deadline passes, or its connection breaks. */
  readonly signal: AbortSignal
  /** When the caller stops waiting, ms since 1970; Infinity without a deadline. */
  readonly deadline: number
  readonly metadata: Metadata
  readonly peer: string
}

type Request = MessageShape<DescMessage>
type Response = MessageInitShape<DescMessage>
type Unary = ServerUnaryCall<Request, Response>
type ClientStream = ServerReadableStream<Request, Response>
type ServerStream = ServerWritableStream<Request, Response>
type Duplex = ServerDuplexStream<Request, Response>
type Report = (error: AppError) => void

/** Any of the four handler shapes. */
export type AnyHandler = (
  request: Request | AsyncIterable<Request>,
  call: CallContext,
) => Promise<Response> | AsyncIterable<Response>

/** The grpc-js function that answers calls of one method with `handler`. */
export function serveCall(kind: string, handler: AnyHandler, report: Report) {
  const failed = (thrown: unknown, context: CallContext) => {
    const error = toAppError(thrown)
    if (error.status >= 500 && !context.signal.aborted) report(error)
    return Object.assign(new Error(error.message), toStatus(error))
  }
  const answer = (
    request: Request | AsyncIterable<Request>,
    call: Unary | ClientStream,
    send: sendUnaryData<Response>,
  ) => {
    const context = contextOf(call)
    Promise.resolve()
      .then(() => handler(request, context) as Promise<Response>)
      .then(
        (response) => send(null, response),
        (thrown: unknown) => send(failed(thrown, context)),
      )
  }
  const stream = (request: Request | AsyncIterable<Request>, call: ServerStream | Duplex) => {
    const context = contextOf(call)
    pump(() => handler(request, context) as AsyncIterable<Response>, call, context).catch((thrown: unknown) => {
      if (!call.cancelled) call.emit('error', failed(thrown, context))
    })
  }
  switch (kind) {
    case 'unary':
      return (call: Unary, send: sendUnaryData<Response>) => answer(call.request, call, send)
    case 'client_streaming':
      return (call: ClientStream, send: sendUnaryData<Response>) => answer(incoming(call), call, send)
    case 'server_streaming':
      return (call: ServerStream) => stream(call.request, call)
    default:
      return (call: Duplex) => stream(incoming(call), call)
  }
}

/** Sends what the handler yields, no faster than the client reads. */
async function pump(open: () => AsyncIterable<Response>, call: ServerStream | Duplex, { signal }: CallContext) {
  for await (const response of open()) {
    if (signal.aborted) return
    if (!call.write(response)) await once(call, 'drain', { signal })
  }
  call.end()
}

/** Reads no faster than the handler takes. Leaving the loop early must not end the other direction. */
function incoming(call: ClientStream | Duplex): AsyncIterable<Request> {
  return (call as Readable).iterator({ destroyOnReturn: false })
}

function contextOf(call: Unary | ClientStream | ServerStream | Duplex): CallContext {
  const controller = new AbortController()
  const emitter: EventEmitter = call
  emitter.once('cancelled', () => controller.abort())
  const deadline = call.getDeadline()
  return {
    signal: controller.signal,
    deadline: deadline instanceof Date ? deadline.getTime() : deadline,
    metadata: call.metadata,
    peer: call.getPeer(),
  }
}
