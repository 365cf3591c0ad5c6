import type { Pod } from './cluster.ts'
import type { HttpHandler } from './http.ts'
import { lookUp } from './resolver.ts'
import type { Shop } from './shop.ts'

/** Letters are swapped in its configuration: the name does not exist, and it works without its template cache. */
const MISTYPED = 'redsi.data.svc.cluster.local'

export function notification(shop: Shop, pod: Pod): HttpHandler {
  const { world } = shop
  return (time) => {
    const at = lookUp(world, pod, time + 300, MISTYPED)
    return { at: at + world.dice.latency(3_500), status: 202, body: { queued: true } }
  }
}
