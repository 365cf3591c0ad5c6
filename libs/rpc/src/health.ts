import { AppError } from '@hindwire/service-kit/app-error.ts'

import {
  type HealthCheckRequest,
  HealthCheckResponse_ServingStatus as ServingStatus,
} from './gen/grpc/health/v1/health_pb.ts'
import type { CallContext } from './serve-call.ts'

/** Which services of a server can be used (https://github.com/grpc/grpc/blob/master/doc/health-checking.md). */
export class HealthStatus {
  readonly #serving = new Map<string, boolean>([['', true]])
  readonly #watchers = new Set<() => void>()

  /** @param service full name, or empty for the server as a whole */
  set(service: string, serving: boolean): void {
    this.#serving.set(service, serving)
    for (const wake of this.#watchers) wake()
  }

  setAll(serving: boolean): void {
    for (const service of this.#serving.keys()) this.set(service, serving)
  }

  /** Handlers of the Health service; watches end when `stopping` is aborted. */
  handlers(stopping: AbortSignal) {
    return {
      check: async ({ service }: HealthCheckRequest) => {
        const status = this.#status(service)
        if (status !== ServingStatus.SERVICE_UNKNOWN) return { status }
        throw new AppError('unknown_service', 404, `This server has no service ${JSON.stringify(service)}.`)
      },
      watch: (request: HealthCheckRequest, call: CallContext) => this.#watch(request.service, call, stopping),
    }
  }

  #status(service: string) {
    const serving = this.#serving.get(service)
    if (serving === undefined) return ServingStatus.SERVICE_UNKNOWN
    return serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING
  }

  async *#watch(service: string, call: CallContext, stopping: AbortSignal) {
    let changed = Promise.withResolvers<void>()
    const poke = () => changed.resolve()
    this.#watchers.add(poke)
    call.signal.addEventListener('abort', poke)
    stopping.addEventListener('abort', poke)
    let last = -1
    try {
      for (;;) {
        changed = Promise.withResolvers<void>()
        const status = this.#status(service)
        if (status !== last) yield { status }
        last = status
        if (call.signal.aborted || stopping.aborted) return
        if (this.#status(service) === last) await changed.promise
      }
    } finally {
      this.#watchers.delete(poke)
      stopping.removeEventListener('abort', poke)
    }
  }
}
