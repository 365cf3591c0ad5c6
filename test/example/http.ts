import type { Connection, Mishaps, World } from './connection.ts'

export interface HttpRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: object
}

export interface HttpReply {
  /** When the server has made it, µs. */
  readonly at: number
  readonly status: number
  /** Objects are sent as JSON with a length, text as HTML in chunks. */
  readonly body: object | string
}

/** A server that throws the connection away without an answer. */
export type Failure = { readonly at: number; readonly status: 'reset' }

export type HttpHandler = (time: number, request: HttpRequest) => HttpReply | Failure

/** How a call went for the client. Status 0: no response. */
export interface HttpResult {
  readonly at: number
  readonly status: number
}

const reasons: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  404: 'Not Found',
  409: 'Conflict',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}

export interface HttpCall {
  readonly connection: Connection
  /** Name of the server in the truth. */
  readonly service: string
  readonly handler: HttpHandler
  /** The client gives up after this time, µs. */
  readonly timeout?: number
}

/** Requests on one connection: one, or several that are sent together without waiting (pipelining). */
export function exchange(world: World, call: HttpCall, time: number, requests: readonly HttpRequest[]): HttpResult {
  const { connection, service, handler, timeout = Infinity } = call
  const payload = requests.map(requestText).join('')
  const arrived = connection.send(time, 'client', payload, mishaps(world, payload.length))
  let ready = arrived
  let result: HttpResult = { at: arrived, status: 0 }
  for (const request of requests) {
    const reply = handler(ready, request)
    connection.calls++
    if (reply.status === 'reset' || reply.at > time + timeout) {
      const end = Math.min(reply.at, time + timeout)
      connection.acknowledge(arrived, 'server', end)
      connection.reset(end, reply.status === 'reset' ? 'server' : 'client')
      world.truth.httpCall(service, 'none')
      return { at: end, status: 0 }
    }
    connection.acknowledge(arrived, 'server', reply.at)
    const text = replyText(reply)
    const received = connection.send(
      reply.at,
      'server',
      text,
      mishaps(world, text.length, typeof reply.body === 'object'),
    )
    world.truth.httpCall(service, reply.status)
    ready = reply.at + 20
    result = { at: Math.max(received, result.at), status: reply.status }
  }
  connection.freeAt = result.at
  return result
}

const SEGMENT = 1400

function mishaps(world: World, length: number, mayMiss = false): Mishaps {
  const { dice, truth } = world
  if (length > SEGMENT) {
    if (dice.chance(0.15)) {
      truth.swapped++
      return { swapped: true }
    }
    if (mayMiss && length > 2 * SEGMENT && dice.chance(0.25)) {
      truth.missed++
      return { missed: 1 }
    }
  }
  if (!dice.chance(0.008)) return {}
  truth.resent++
  return { resent: true }
}

function requestText({ method, path, headers, body }: HttpRequest): string {
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const content = body === undefined ? '' : JSON.stringify(body)
  if (body !== undefined) fields.push(`Content-Type: application/json\r\nContent-Length: ${content.length}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${fields.join('')}\r\n${content}`
}

function replyText({ status, body }: HttpReply): string {
  const head = `HTTP/1.1 ${status} ${reasons[status]}\r\n`
  if (status === 204) return `${head}\r\n`
  if (typeof body === 'object') {
    const content = JSON.stringify(body)
    return `${head}Content-Type: application/json\r\nContent-Length: ${content.length}\r\n\r\n${content}`
  }
  const half = Math.ceil(body.length / 2)
  const chunks = [body.slice(0, half), body.slice(half), ''].map((text) => `${text.length.toString(16)}\r\n${text}\r\n`)
  return `${head}Content-Type: text/html; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n${chunks.join('')}`
}
