import { once } from 'node:events'

import type { DescMessage, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import {
  type CallOptions as GrpcCallOptions,
  type ChannelCredentials,
  Client,
  credentials,
  Metadata,
} from '@grpc/grpc-js'
import type { ClientDuplexStream, ClientReadableStream, ClientWritableStream } from '@grpc/grpc-js'

import { fromStatus } from './errors.ts'
import { clientMethod, MAX_MESSAGE_BYTES, type Service } from './method.ts'

export interface CallOptions {
  /** Time for the whole call, ms. Unary calls have the client's default; streams none. */
  readonly deadlineMs?: number
  readonly signal?: AbortSignal
  /** Wait for a server that is not there yet, until the deadline, instead of failing at once. */
  readonly waitForReady?: boolean
  readonly metadata?: Readonly<Record<string, string>>
}

export interface RpcClientOptions {
  readonly maxMessageBytes?: number
  /** Default deadline of unary calls, ms. */
  readonly deadlineMs?: number
  /** Plain text unless given. */
  readonly credentials?: ChannelCredentials
}

/** A service's calls as functions. Every failure is an AppError. */
export type RpcClient<S extends Service> = {
  readonly [K in keyof S['method']]: Call<
    S['method'][K]['methodKind'],
    S['method'][K]['input'],
    S['method'][K]['output']
  >
} & {
  /** Breaks running calls off and closes the connection. */
  close(): void
}

type Call<Kind, I extends DescMessage, O extends DescMessage> = Kind extends 'unary'
  ? (request: MessageInitShape<I>, options?: CallOptions) => Promise<MessageShape<O>>
  : Kind extends 'server_streaming'
    ? (request: MessageInitShape<I>, options?: CallOptions) => AsyncIterable<MessageShape<O>>
    : Kind extends 'client_streaming'
      ? (requests: AsyncIterable<MessageInitShape<I>>, options?: CallOptions) => Promise<MessageShape<O>>
      : (requests: AsyncIterable<MessageInitShape<I>>, options?: CallOptions) => AsyncIterable<MessageShape<O>>

type Outgoing = MessageInitShape<DescMessage>
type Incoming = MessageShape<DescMessage>

const DEFAULT_DEADLINE_MS = 30_000

/**
 * Opens a client for `service` at `unix:/path` or `host:port`. It connects on the first call and again whenever the
 * connection is lost.
 */
export function connect<S extends Service>(service: S, address: string, options: RpcClientOptions = {}): RpcClient<S> {
  const limit = options.maxMessageBytes ?? MAX_MESSAGE_BYTES
  const client = new Client(address, options.credentials ?? credentials.createInsecure(), {
    'grpc.max_receive_message_length': limit,
    'grpc.max_send_message_length': limit,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 2000,
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 10_000,
    // Callers that can repeat a call do so themselves; buffering every message for a hidden retry costs memory.
    'grpc.enable_retries': 0,
    'grpc.use_local_subchannel_pool': 1,
  })
  const calls: Record<string, unknown> = { close: () => client.close() }
  const untyped: Service = service
  for (const name of Object.keys(untyped.method)) calls[name] = makeCall(client, untyped, name, options)
  return calls as RpcClient<S>
}

function makeCall(client: Client, service: Service, name: string, { deadlineMs }: RpcClientOptions) {
  const {
    path,
    requestStream,
    responseStream,
    requestSerialize: write,
    responseDeserialize: read,
  } = clientMethod(service, name)
  const typeName = service.typeName
  if (requestStream && responseStream) {
    return (requests: AsyncIterable<Outgoing>, call: CallOptions = {}) => {
      const stream = client.makeBidiStreamRequest(path, write, read, metadataOf(call), optionsOf(call, null))
      return responses(stream, call, typeName, send(requests, stream))
    }
  }
  if (responseStream) {
    return (request: Outgoing, call: CallOptions = {}) => {
      const stream = client.makeServerStreamRequest(path, write, read, request, metadataOf(call), optionsOf(call, null))
      return responses(stream, call, typeName, Promise.resolve())
    }
  }
  return async (request: Outgoing | AsyncIterable<Outgoing>, call: CallOptions = {}) => {
    call.signal?.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<Incoming>()
    const done = (error: Error | null, response?: Incoming) =>
      error === null && response !== undefined ? resolve(response) : reject(fromStatus(error, typeName, call.signal))
    const settings = optionsOf(call, requestStream ? null : (deadlineMs ?? DEFAULT_DEADLINE_MS))
    const running = requestStream
      ? client.makeClientStreamRequest(path, write, read, metadataOf(call), settings, done)
      : client.makeUnaryRequest(path, write, read, request as Outgoing, metadataOf(call), settings, done)
    const cancel = () => running.cancel()
    call.signal?.addEventListener('abort', cancel, { once: true })
    if (requestStream) send(request as AsyncIterable<Outgoing>, running as ClientWritableStream<Outgoing>).catch(reject)
    return promise.finally(() => call.signal?.removeEventListener('abort', cancel))
  }
}

/** Sends no faster than the server reads. A source that throws breaks the call off. */
async function send(
  requests: AsyncIterable<Outgoing>,
  stream: ClientDuplexStream<Outgoing, Incoming> | ClientWritableStream<Outgoing>,
): Promise<void> {
  const ended = new AbortController()
  stream.once('close', () => ended.abort())
  stream.once('error', () => ended.abort())
  stream.once('status', () => ended.abort())
  try {
    for await (const request of requests) {
      if (ended.signal.aborted) return
      if (stream.write(request)) continue
      await once(stream, 'drain', { signal: ended.signal }).catch((error: unknown) => {
        if (!ended.signal.aborted) throw error
      })
    }
    if (!ended.signal.aborted) stream.end()
  } catch (error) {
    stream.cancel()
    throw error
  }
}

async function* responses(
  stream: ClientReadableStream<Incoming> | ClientDuplexStream<Outgoing, Incoming>,
  { signal }: CallOptions,
  service: string,
  sent: Promise<void>,
): AsyncGenerator<Incoming> {
  const cancel = () => stream.cancel()
  if (signal?.aborted === true) cancel()
  signal?.addEventListener('abort', cancel, { once: true })
  let sourceError: unknown = null
  sent.catch((error: unknown) => {
    sourceError = error
  })
  try {
    yield* stream as AsyncIterable<Incoming>
  } catch (error) {
    throw sourceError ?? fromStatus(error, service, signal)
  } finally {
    signal?.removeEventListener('abort', cancel)
    cancel()
  }
}

function metadataOf({ metadata, waitForReady }: CallOptions): Metadata {
  const result = new Metadata({ waitForReady: waitForReady ?? false })
  for (const [key, value] of Object.entries(metadata ?? {})) result.set(key, value)
  return result
}

function optionsOf({ deadlineMs }: CallOptions, fallback: number | null): GrpcCallOptions {
  const time = deadlineMs ?? fallback
  return time === null ? {} : { deadline: Date.now() + time }
}
