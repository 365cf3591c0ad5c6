import { flowProtocols } from '@hindwire/protocols/flow/constants.ts'
import type { Store } from '@hindwire/store/store.ts'

/** Calls of one protocol. */
export interface ProtocolFinding {
  readonly protocol: string
  readonly calls: number
  readonly errors: number
  readonly p50Ms: number
  readonly p95Ms: number
}

/** One endpoint: protocol, server, method and path, numbers and ids in the path folded to `*`. */
export interface EndpointFinding {
  readonly endpoint: string
  readonly calls: number
  readonly errors: number
  readonly p95Ms: number
}

/** What a first look at a database shows. */
export interface Findings {
  readonly protocols: readonly ProtocolFinding[]
  readonly failing: readonly EndpointFinding[]
  readonly slowest: readonly EndpointFinding[]
}

const TOP = 5
const CALLS = 'dissection = {id:UInt32} AND protocol NOT IN {flows:Array(String)}'
const ENDPOINT = `concat(upper(protocol), ' ', if(dst_service != '', dst_service, concat(dst_ip, ':', toString(dst_port))), ' ',
  method, ' ', replaceRegexpAll(substringUTF8(path, 1, 60), '[0-9a-fA-F-]{12,}|[0-9]+', '*'))`

/** Looks at the rows of a completed dissection; null when there is no such database. */
export async function findingsOf(store: Store, snapshot: string, name: string): Promise<Findings | null> {
  const dissection = await store.findDissection(snapshot, name)
  if (dissection === null) return null
  const parameters = { id: dissection.id, flows: [...flowProtocols] }
  const protocols = await store.select<[string, number, number, number, number]>(
    `SELECT protocol, count() AS calls, sum(is_error), quantile(0.5)(elapsed_us) / 1000, quantile(0.95)(elapsed_us) / 1000
     FROM entries WHERE ${CALLS} GROUP BY protocol ORDER BY calls DESC`,
    parameters,
  )
  const endpoints = (having: string, order: string) =>
    store.select<[string, number, number, number]>(
      `SELECT ${ENDPOINT} AS endpoint, count() AS calls, sum(is_error) AS errors, quantile(0.95)(elapsed_us) / 1000 AS p95
       FROM entries WHERE ${CALLS} AND request_first_packet > 0
       GROUP BY endpoint HAVING ${having} ORDER BY ${order} DESC, endpoint LIMIT ${TOP}`,
      parameters,
    )
  const failing = await endpoints('errors > 0', 'errors')
  const slowest = await endpoints('p95 > 0', 'p95')
  return {
    protocols: protocols.rows.map(([protocol, calls, errors, p50Ms, p95Ms]) => ({
      protocol,
      calls,
      errors,
      p50Ms,
      p95Ms,
    })),
    failing: failing.rows.map(toEndpoint),
    slowest: slowest.rows.map(toEndpoint),
  }
}

function toEndpoint([endpoint, calls, errors, p95Ms]: readonly [string, number, number, number]): EndpointFinding {
  return { endpoint, calls, errors, p95Ms }
}
