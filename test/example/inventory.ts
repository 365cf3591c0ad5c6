import type { HttpHandler } from './http.ts'
import type { Shop } from './shop.ts'

interface Article {
  readonly sku: string
  readonly name: string
  readonly price: number
  readonly stock: number
}

const materials = ['Oak', 'Ash', 'Linen', 'Wool', 'Steel', 'Cork']
const things = ['lamp', 'table', 'chair', 'shelf', 'blanket', 'tray', 'mirror', 'vase']

export const articles: readonly Article[] = materials.flatMap((material, row) =>
  things.map((thing, column) => ({
    sku: `${material.slice(0, 2).toUpperCase()}-${100 + row * 8 + column}`,
    name: `${material} ${thing}`,
    price: 1990 + row * 700 + column * 350,
    stock: 3 + ((row * 7 + column * 5) % 40),
  })),
)

const LARGE_PAGE = 48
const PAGE = 5

/** Articles and reservations. It keeps working all the time. */
export function inventory(shop: Shop): HttpHandler {
  const { dice } = shop.world
  return (time, { method, path }) => {
    const at = time + dice.latency(2_600)
    const url = new URL(path, 'http://inventory')
    if (method === 'POST') return { at: at + dice.latency(1_900), status: 201, body: { reserved: true, ttl: 120 } }
    if (method === 'DELETE') return { at, status: 204, body: '' }
    if (url.pathname === '/v1/items') return { at, status: 200, body: page(url.searchParams) }
    const sku = url.pathname.slice(url.pathname.lastIndexOf('/') + 1)
    const article = articles.find((each) => each.sku === sku)
    return article === undefined
      ? { at, status: 404, body: { error: 'no_such_item', sku } }
      : { at, status: 200, body: article }
  }
}

export function page(query: URLSearchParams): object {
  const size = query.get('all') === '1' ? LARGE_PAGE : PAGE
  const first = (Number(query.get('page') ?? 0) * size) % articles.length
  return { items: articles.slice(first, first + size), total: articles.length }
}
