import { services } from './cluster.ts'
import type { Pod, Service } from './cluster.ts'
import type { World } from './connection.ts'
import { exchange } from './http.ts'
import type { HttpHandler, HttpResult } from './http.ts'
import { Pool } from './pool.ts'
import { pipeline } from './redis.ts'
import type { RedisCommand } from './redis.ts'

/** Trace of one user's request (W3C Trace Context), handed from service to service. */
export interface Trace {
  readonly id: string
}

interface Outgoing {
  readonly from: Pod
  readonly to: Service
  readonly time: number
  readonly trace: Trace
  readonly method: string
  readonly path: string
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
  /** Time after which the caller gives up, µs. */
  readonly timeout?: number
}

const HTTP_IDLE_TIMEOUT = 8_000_000
const HTTP_MAX_CALLS = 30

/** What the services share: their connections to one another, and what is stored in Redis. */
export class Shop {
  readonly world: World
  /** When the first packet is captured, µs since the Unix epoch. */
  readonly start: number
  /** Articles in the carts, by user. */
  readonly carts = new Map<string, Map<string, number>>()
  readonly #pools = new Map<string, Pool>()

  constructor(world: World, start: number) {
    this.world = world
    this.start = start
  }

  /** Seconds since the start. */
  second(time: number): number {
    return (time - this.start) / 1e6
  }

  /** @param handler what the pod that gets the call does with it */
  call(handler: (pod: Pod) => HttpHandler, outgoing: Outgoing): HttpResult {
    const { from, to, time, trace, method, path, body, headers, timeout } = outgoing
    const pool = this.#pool(from, to, {
      idleTimeout: HTTP_IDLE_TIMEOUT,
      maxCalls: HTTP_MAX_CALLS,
      byClusterIp: to === services.notification,
    })
    const { connection, pod, at } = pool.acquire(time)
    const request = {
      method,
      path,
      headers: {
        Host: to.name,
        'User-Agent': `${from.app}/2.14`,
        ...headers,
        traceparent: `00-${trace.id}-${this.world.dice.hex(16)}-01`,
      },
      ...(body === undefined ? {} : { body }),
    }
    const limit = timeout === undefined ? {} : { timeout }
    return exchange(this.world, { connection, service: to.name, handler: handler(pod), ...limit }, at, [request])
  }

  redis(from: Pod, time: number, commands: readonly RedisCommand[]): number {
    const pool = this.#pool(from, services.redis, { established: true, byClusterIp: true })
    return pipeline(this.world, pool, time, commands)
  }

  finish(time: number): void {
    for (const pool of this.#pools.values()) pool.finish(time)
  }

  #pool(from: Pod, to: Service, options: ConstructorParameters<typeof Pool>[3]): Pool {
    const key = `${from.name} ${to.name}`
    let pool = this.#pools.get(key)
    if (pool === undefined) this.#pools.set(key, (pool = new Pool(this.world, from, to, options)))
    return pool
  }
}
