import type { Pod, Service } from './cluster.ts'
import { Connection } from './connection.ts'
import type { World } from './connection.ts'
import { lookUp } from './resolver.ts'

export interface PoolOptions {
  /** A server closes a connection that has been idle for so long, µs. Without it, the client sends keep-alive probes. */
  readonly idleTimeout?: number
  /** Calls after which the server closes a connection. */
  readonly maxCalls?: number
  /** The first connection was open before the capture began. */
  readonly established?: boolean
  /** The traffic goes to the cluster address, not to the pod's. */
  readonly byClusterIp?: boolean
}

/** A connection, the pod behind it, and when it can be used. */
export interface Lease {
  readonly connection: Connection
  readonly pod: Pod
  readonly at: number
}

const PROBE_INTERVAL = 10_000_000
/** Of the cluster's DNS records, µs. */
const TIME_TO_LIVE = 5_000_000
const DELAYED_ACK = 40_000

/** The keep-alive connections from one pod to one service. */
export class Pool {
  readonly client: Pod
  readonly service: Service
  readonly #world: World
  readonly #options: PoolOptions
  readonly #leases: Lease[] = []
  #opened = 0
  /** Until when the address that DNS gave may be used. */
  #freshUntil = 0

  constructor(world: World, client: Pod, service: Service, options: PoolOptions) {
    this.#world = world
    this.client = client
    this.service = service
    this.#options = options
  }

  /** A connection that is free, or a new one. */
  acquire(time: number): Lease {
    for (const { connection, pod } of this.#leases) {
      if (connection.closed || connection.freeAt + 50 > time) continue
      this.#rest(connection, time)
      if (!connection.closed) return { connection, pod, at: this.#resolve(time) }
    }
    return this.#open(time)
  }

  /** What happens on the connections until the end of the capture. */
  finish(time: number): void {
    for (const { connection } of this.#leases) if (!connection.closed) this.#rest(connection, time)
  }

  /** What happens on an idle connection until `time`. */
  #rest(connection: Connection, time: number): void {
    const { idleTimeout, maxCalls = Infinity } = this.#options
    const { freeAt } = connection
    if (connection.calls > 0) connection.acknowledge(freeAt, 'client', time)
    if (connection.calls >= maxCalls) {
      connection.close(freeAt + DELAYED_ACK + 10, 'server')
    } else if (idleTimeout === undefined) {
      for (let at = freeAt + PROBE_INTERVAL; at < time - 1000; at += PROBE_INTERVAL) connection.probe(at)
    } else if (time - freeAt > idleTimeout) connection.close(freeAt + idleTimeout, 'server')
  }

  #open(time: number): Lease {
    const { dice } = this.#world
    const { service, client } = this
    const pod = service.pods[this.#opened % service.pods.length] as Pod
    const byClusterIp = this.#options.byClusterIp === true
    const server = byClusterIp ? { ip: service.clusterIp, port: service.port } : { ip: pod.ip, port: pod.port }
    const delay = pod.node === client.node ? dice.between(35, 70) : dice.between(140, 260)
    const from = { ip: client.ip, port: 32_768 + dice.between(0, 28_000) }
    const connection = new Connection(this.#world, from, server, delay)
    const isFirst = this.#opened++ === 0
    const lease = { connection, pod, at: time }
    this.#leases.push(lease)
    if (isFirst && this.#options.established === true) return lease
    return { ...lease, at: connection.open(this.#resolve(time)) }
  }

  /** Asks DNS when the last answer is too old. Returns when the address is known. */
  #resolve(time: number): number {
    if (time < this.#freshUntil) return time
    this.#freshUntil = time + TIME_TO_LIVE
    const { name, namespace, clusterIp } = this.service
    return lookUp(this.#world, this.client, time, `${name}.${namespace}.svc.cluster.local`, clusterIp)
  }
}
