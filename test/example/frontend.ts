import { checkout } from './checkout.ts'
import { services } from './cluster.ts'
import type { Pod } from './cluster.ts'
import type { HttpHandler, HttpReply } from './http.ts'
import { articles, inventory, page } from './inventory.ts'
import type { Shop, Trace } from './shop.ts'

const HOME =
  '<!doctype html><title>Hearth &amp; Home</title><link rel=stylesheet href=/s.css><h1>Hearth &amp; Home</h1><p>Things ' +
  'for people who stay in.</p><nav><a href=/lamps>Lamps</a> <a href=/tables>Tables</a> <a href=/rugs>Rugs</a></nav>'

/** The side of the shop that browsers see. `user` is who asks. */
export function frontend(shop: Shop, pod: Pod, user: string): HttpHandler {
  return (time, { method, path, body }) => {
    const { dice } = shop.world
    const trace: Trace = { id: dice.hex(32) }
    const at = time + dice.latency(1_200)
    if (path === '/') return { at: session(shop, pod, user, at) + 600, status: 200, body: HOME }
    if (method === 'POST') {
      const isOrder = path === '/api/checkout'
      const target = isOrder ? `/v1/orders/${user}` : `/v1/carts/${user}/items`
      return forward(shop, pod, { at: session(shop, pod, user, at), trace, target, body: body ?? {} })
    }
    const target = path.replace('/api/products', '/v1/items')
    const to = services.inventory
    const { status, at: received } = shop.call(() => inventory(shop), {
      from: pod,
      to,
      time: at,
      trace,
      method,
      path: target,
    })
    return { at: received + dice.latency(900), status, body: shown(path) }
  }
}

/** Reads who the user is, and keeps the session alive. Returns when it is known. */
function session(shop: Shop, pod: Pod, user: string, time: number): number {
  const reply = JSON.stringify({ user, since: 1_773_520_000 })
  return shop.redis(pod, time, [
    { words: ['GET', `session:${user}`], reply },
    { words: ['EXPIRE', `session:${user}`, '1800'], reply: 1 },
  ])
}

/** What the frontend makes of an article or a page of them: it leaves the stock out. */
function shown(path: string): object {
  const url = new URL(path, 'http://frontend')
  if (url.pathname === '/api/products') return page(url.searchParams)
  const sku = url.pathname.slice(url.pathname.lastIndexOf('/') + 1)
  const article = articles.find((each) => each.sku === sku)
  return article === undefined ? { error: 'not_found' } : { sku, name: article.name, price: article.price / 100 }
}

interface Forwarded {
  readonly at: number
  readonly trace: Trace
  readonly target: string
  readonly body: object
}

function forward(shop: Shop, pod: Pod, { at, trace, target, body }: Forwarded): HttpReply {
  const to = services.checkout
  const call = { from: pod, to, time: at, trace, method: 'POST', path: target, body }
  const { status, at: received } = shop.call((called) => checkout(shop, called, trace), call)
  if (status < 500) return { at: received + 500, status, body: { ok: true } }
  return {
    at: received + 500,
    status: 500,
    body: { error: 'internal', message: 'The order could not be placed.', trace: trace.id },
  }
}
