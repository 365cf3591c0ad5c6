import { chmodSync } from 'node:fs'

import type { DescMessage, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import { Server, ServerCredentials, type UntypedHandleCall, type UntypedServiceImplementation } from '@grpc/grpc-js'
import { AppError } from '@hindwire/service-kit/app-error.ts'

import { clearStaleSocket, socketPath } from './address.ts'
import { Health } from './gen/grpc/health/v1/health_pb.ts'
import { HealthStatus } from './health.ts'
import { MAX_MESSAGE_BYTES, serverMethod, type Service } from './method.ts'
import { type AnyHandler, type CallContext, serveCall } from './serve-call.ts'

/** Functions that answer a service's calls. Errors are thrown as AppError; anything else becomes `internal`. */
export type Handlers<S extends Service> = {
  readonly [K in keyof S['method']]: Handler<
    S['method'][K]['methodKind'],
    S['method'][K]['input'],
    S['method'][K]['output']
  >
}

type Handler<Kind, I extends DescMessage, O extends DescMessage> = Kind extends 'unary'
  ? (request: MessageShape<I>, call: CallContext) => Promise<MessageInitShape<O>>
  : Kind extends 'server_streaming'
    ? (request: MessageShape<I>, call: CallContext) => AsyncIterable<MessageInitShape<O>>
    : Kind extends 'client_streaming'
      ? (requests: AsyncIterable<MessageShape<I>>, call: CallContext) => Promise<MessageInitShape<O>>
      : (requests: AsyncIterable<MessageShape<I>>, call: CallContext) => AsyncIterable<MessageInitShape<O>>

export interface RpcServerOptions {
  /** Largest message either way, bytes. */
  readonly maxMessageBytes?: number
  /** Told of every call that failed with a status of 500 or above, for the log. */
  readonly onError?: (error: AppError, method: string) => void
  /** Plain text unless given. */
  readonly credentials?: ServerCredentials
}

/** A gRPC server with the health service on board. */
export class RpcServer {
  readonly health = new HealthStatus()
  readonly #server: Server
  readonly #options: RpcServerOptions
  readonly #stopping = new AbortController()

  constructor(options: RpcServerOptions = {}) {
    const limit = options.maxMessageBytes ?? MAX_MESSAGE_BYTES
    this.#options = options
    this.#server = new Server({
      'grpc.max_receive_message_length': limit,
      'grpc.max_send_message_length': limit,
      'grpc.keepalive_time_ms': 30_000,
      'grpc.keepalive_timeout_ms': 10_000,
    })
    this.add(Health, this.health.handlers(this.#stopping.signal))
  }

  /** Serves `service` with `handlers`; marks it as serving. */
  add<S extends Service>(service: S, handlers: Handlers<S>): this {
    const untyped: Service = service
    const definition: Record<string, ReturnType<typeof serverMethod>> = {}
    const implementation: UntypedServiceImplementation = {}
    for (const [name, method] of Object.entries(untyped.method)) {
      definition[name] = serverMethod(untyped, name)
      const handler = handlers[name as keyof S['method']] as unknown as AnyHandler
      const bound = ((...args: Parameters<AnyHandler>) => handler.apply(handlers, args)) as AnyHandler
      const report = (error: AppError) => this.#options.onError?.(error, `${untyped.typeName}/${name}`)
      implementation[name] = serveCall(method.methodKind, bound, report) as UntypedHandleCall
    }
    this.#server.addService(definition, implementation)
    this.health.set(untyped.typeName, true)
    return this
  }

  /**
   * Listens on `unix:/path` (made accessible to its owner only) or `host:port` (port 0: any free one).
   * @returns the address for clients
   * @throws AppError `address_in_use`, `listen_failed`, `socket_path_too_long`
   */
  async listen(address: string): Promise<string> {
    const path = socketPath(address)
    if (path !== null) await clearStaleSocket(path)
    const credentials = this.#options.credentials ?? ServerCredentials.createInsecure()
    const port = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync(address, credentials, (error, port) => {
        if (error === null) resolve(port)
        else reject(new AppError('listen_failed', 500, `Cannot listen on ${address}: ${error.message}`))
      })
    })
    if (path === null) return address.replace(/:\d+$/, `:${port}`)
    chmodSync(path, 0o600)
    return address
  }

  /** Takes no more calls, lets running ones finish for up to `graceMs`, then breaks them off. */
  async stop(graceMs = 5000): Promise<void> {
    this.health.setAll(false)
    this.#stopping.abort()
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => this.#server.forceShutdown(), graceMs)
      this.#server.tryShutdown(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }
}
