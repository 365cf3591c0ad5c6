import { services } from './cluster.ts'
import type { Pod } from './cluster.ts'
import type { HttpHandler, HttpReply } from './http.ts'
import { inventory } from './inventory.ts'
import { notification } from './notification.ts'
import { payment } from './payment.ts'
import type { RedisCommand } from './redis.ts'
import type { Shop, Trace } from './shop.ts'

const ATTEMPTS = 3
const PAYMENT_TIMEOUT = 2_000_000
const BACK_OFF = 100_000

interface Order {
  readonly id: string
  readonly user: string
  readonly pod: Pod
  readonly trace: Trace
}

/** Carts and orders. `pod` is the one that was called. */
export function checkout(shop: Shop, pod: Pod, trace: Trace): HttpHandler {
  const { dice } = shop.world
  return (time, { path, body }) => {
    const at = time + dice.latency(1_500)
    const user = path.split('/')[3] ?? ''
    if (path.startsWith('/v1/carts/')) return addToCart(shop, pod, { at, user, sku: (body as { sku: string }).sku })
    return placeOrder(shop, { id: `ord-${dice.between(100_000, 999_999)}`, user, pod, trace }, at)
  }
}

function addToCart(shop: Shop, pod: Pod, { at, user, sku }: { at: number; user: string; sku: string }): HttpReply {
  const cart = shop.carts.get(user) ?? new Map<string, number>()
  shop.carts.set(user, cart)
  const quantity = (cart.get(sku) ?? 0) + 1
  cart.set(sku, quantity)
  const done = shop.redis(pod, at, [
    { words: ['HINCRBY', `cart:${user}`, sku, '1'], reply: quantity },
    { words: ['EXPIRE', `cart:${user}`, '3600'], reply: 1 },
  ])
  return { at: done + 400, status: 200, body: { articles: cart.size } }
}

function placeOrder(shop: Shop, order: Order, time: number): HttpReply {
  const { id, user, pod, trace } = order
  const cart = [...(shop.carts.get(user) ?? [])]
  let at = shop.redis(pod, time, [
    { words: ['GET', `session:${user}`], reply: JSON.stringify({ user, since: 1_773_520_000 }) },
    { words: ['HGETALL', `cart:${user}`], reply: cart.flatMap(([sku, count]) => [sku, String(count)]) },
  ])
  const items = cart.map(([sku, count]) => ({ sku, count }))
  const stock = { from: pod, to: services.inventory, trace }
  at = shop.call(() => inventory(shop), {
    ...stock,
    time: at + 200,
    method: 'POST',
    path: '/v1/reservations',
    body: { id, items },
  }).at
  const charge = payFor(shop, order, at + 300)
  if (charge.status === 201) return confirm(shop, order, charge.at)
  // What was reserved is given back, and the failure counted: under a key that an older version used as a text.
  at = shop.call(() => inventory(shop), {
    ...stock,
    time: charge.at + 200,
    method: 'DELETE',
    path: `/v1/reservations/${id}`,
  }).at
  at = shop.redis(pod, at + 100, failureCounters(id))
  const isTimeout = charge.status === 0
  const error = isTimeout ? 'payment_timeout' : 'payment_unavailable'
  return { at: at + 300, status: isTimeout ? 504 : 502, body: { error, order: id, attempts: ATTEMPTS } }
}

function failureCounters(id: string): readonly RedisCommand[] {
  const line = '-WRONGTYPE Operation against a key holding the wrong kind of value'
  return [
    { words: ['INCR', 'orders:failed'], reply: Number.parseInt(id.slice(-2), 10) },
    { words: ['LPUSH', 'orders:failures', id], reply: { line } },
  ]
}

/** Up to three attempts with the same idempotency key, so that nobody pays twice. */
function payFor(shop: Shop, { id, user, pod, trace }: Order, time: number): { at: number; status: number } {
  let result = { at: time, status: 0 }
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const headers = { 'Idempotency-Key': id, ...(attempt === 1 ? {} : { 'X-Retry': String(attempt - 1) }) }
    result = shop.call(() => payment(shop), {
      from: pod,
      to: services.payment,
      time: attempt === 1 ? time : result.at + BACK_OFF * attempt,
      trace,
      method: 'POST',
      path: '/v1/charges',
      body: { order: id, amount: 4_990, currency: 'EUR', customer: user },
      headers,
      timeout: PAYMENT_TIMEOUT,
    })
    if (result.status === 201) break
  }
  return result
}

function confirm(shop: Shop, { id, user, pod, trace }: Order, time: number): HttpReply {
  shop.carts.delete(user)
  const at = shop.redis(pod, time + 200, [
    { words: ['DEL', `cart:${user}`], reply: 1 },
    { words: ['INCR', 'orders:paid'], reply: Number.parseInt(id.slice(-3), 10) },
  ])
  const { at: told } = shop.call((called) => notification(shop, called), {
    from: pod,
    to: services.notification,
    time: at + 100,
    trace,
    method: 'POST',
    path: '/v1/messages',
    body: { template: 'order-paid', to: `${user}@example.com`, order: id },
  })
  return { at: told + 300, status: 201, body: { order: id, state: 'paid' } }
}
