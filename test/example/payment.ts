import type { HttpHandler } from './http.ts'
import type { Shop } from './shop.ts'

/** Second at which the database behind payment begins to fail. */
const FAILS_FROM = 25
const HANGS_FROM = 34

/** Charges cards: well for a while, then more and more slowly, with 503 and without answers. */
export function payment(shop: Shop): HttpHandler {
  const { dice } = shop.world
  return (time, { headers }) => {
    const trouble = Math.max(0, shop.second(time) - FAILS_FROM)
    const reference = headers['Idempotency-Key'] ?? ''
    if (trouble > HANGS_FROM - FAILS_FROM && dice.chance(0.14)) return { at: time + 9_000_000, status: 503, body: {} }
    if (trouble > 0 && dice.chance(0.02)) return { at: time + dice.latency(90_000), status: 'reset' }
    if (trouble > 0 && dice.chance(Math.min(0.88, 0.15 + trouble / 18))) {
      const at = time + dice.latency(90_000 + Math.min(trouble, 15) * 30_000)
      return {
        at,
        status: 503,
        body: { error: 'pool_exhausted', message: 'no database connection within 250 ms', reference },
      }
    }
    return {
      at: time + dice.latency(48_000),
      status: 201,
      body: { charge: `ch_${dice.hex(8)}`, reference, state: 'paid' },
    }
  }
}
