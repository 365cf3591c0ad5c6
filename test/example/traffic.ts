import { nodeAddress, services } from './cluster.ts'
import type { Pod } from './cluster.ts'
import { Connection } from './connection.ts'
import { frontend } from './frontend.ts'
import { exchange } from './http.ts'
import type { HttpRequest } from './http.ts'
import { articles } from './inventory.ts'
import type { Shop } from './shop.ts'

/** Something that acts now and again. `act` returns when it will do so next. */
export interface Actor {
  next: number
  act(time: number): number
}

const BROWSERS = ['Mozilla/5.0 (X11; Linux x86_64)', 'Mozilla/5.0 (iPhone)', 'Mozilla/5.0 (Windows NT 10.0)']

/** A browser: one keep-alive connection, one request after the other with pauses. */
export function shopper(shop: Shop, number: number): Actor {
  const { world, start } = shop
  const { dice } = world
  const user = `u${1000 + number}`
  const ip = number % 3 === 0 ? `198.51.100.${20 + number}` : `203.0.113.${20 + number}`
  const pod = services.frontend.pods[number % 2] as Pod
  const agent = dice.pick(BROWSERS)
  let connection: Connection | null = null
  return {
    next: start + dice.between(50_000, 4_000_000),
    act(time) {
      let at = time
      if (connection !== null) connection.acknowledge(connection.freeAt, 'client', time)
      if (connection === null || connection.closed) {
        const client = { ip, port: dice.between(49_152, 65_535) }
        connection = new Connection(world, client, { ip: pod.ip, port: pod.port }, dice.between(4_000, 24_000))
        at = connection.open(time)
      }
      const headers = { Host: 'shop.example', 'User-Agent': agent, Cookie: `sid=${user}` }
      const request = { ...choose(shop, user), headers }
      const handler = frontend(shop, pod, user)
      const done = exchange(world, { connection, service: 'frontend', handler }, at, [request]).at
      if (dice.chance(0.03)) connection.close(done + 45_000, 'client')
      return done + dice.between(1_200_000, 5_200_000)
    },
  }
}

/** What the user does next. */
function choose(shop: Shop, user: string): Omit<HttpRequest, 'headers'> {
  const { dice } = shop.world
  const sku = dice.pick(articles).sku
  const wants = shop.carts.get(user)?.size ?? 0
  if (wants > 0 && dice.chance(0.3)) return { method: 'POST', path: '/api/checkout', body: { method: 'card' } }
  if (dice.chance(0.22)) return { method: 'POST', path: '/api/cart', body: { sku } }
  if (dice.chance(0.2)) return { method: 'GET', path: '/' }
  if (dice.chance(0.02)) return { method: 'GET', path: '/api/products/XX-404' }
  if (dice.chance(0.5)) return { method: 'GET', path: `/api/products/${sku}` }
  return { method: 'GET', path: dice.chance(0.12) ? '/api/products?all=1' : `/api/products?page=${dice.between(0, 7)}` }
}

/** A partner's price comparison: asks for four articles at once without waiting for the answers (pipelining). */
export function priceRobot(shop: Shop): Actor {
  const { world, start } = shop
  const { dice } = world
  const pod = services.frontend.pods[0] as Pod
  const client = { ip: '198.51.100.7', port: 51_007 }
  const connection = new Connection(world, client, { ip: pod.ip, port: pod.port }, 9_000)
  const headers = { Host: 'shop.example', 'User-Agent': 'price-robot/1.1' }
  return {
    next: start + 700_000,
    act(time) {
      if (connection.calls > 0) connection.acknowledge(connection.freeAt, 'client', time)
      const at = connection.calls === 0 ? connection.open(time) : time
      const requests = [1, 2, 3, 4].map(() => ({
        method: 'GET',
        path: `/api/products/${dice.pick(articles).sku}`,
        headers,
      }))
      const handler = frontend(shop, pod, 'robot')
      return exchange(world, { connection, service: 'frontend', handler }, at, requests).at + 1_900_000
    },
  }
}

/** The kubelet asks whether a pod lives. It always does: nothing of the incident is to be seen there. */
export function probe(shop: Shop, pod: Pod): Actor {
  const { world, start } = shop
  const { dice } = world
  const request = {
    method: 'GET',
    path: '/healthz',
    headers: { Host: `${pod.ip}:${pod.port}`, 'User-Agent': 'kube-probe/1.30', Connection: 'close' },
  }
  const handler = (time: number): { at: number; status: number; body: object } => ({
    at: time + dice.latency(700),
    status: 200,
    body: { status: 'ok' },
  })
  return {
    next: start + dice.between(0, 10_000_000),
    act(time) {
      const client = { ip: nodeAddress(pod), port: dice.between(32_768, 60_999) }
      const connection = new Connection(world, client, { ip: pod.ip, port: pod.port }, 30)
      const { at } = exchange(world, { connection, service: pod.app, handler }, connection.open(time), [request])
      connection.close(at + 60, 'server')
      return time + 10_000_000
    },
  }
}
