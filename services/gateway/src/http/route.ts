import type { Context } from 'koa'
import type { z } from 'zod'

import type { GatewayContext } from '../context.ts'

/** A call of the REST contract, as data: mounting, checking and discovery are made from it. */
export interface Route<Query = unknown, Body = unknown> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** With parameters as `:name`. */
  readonly path: string
  readonly description: string
  /** Parameters of the query string; others are refused. */
  readonly query: z.ZodType<Query>
  /** JSON body; without it, the handler reads the body itself or there is none. */
  readonly body?: z.ZodType<Body>
  /** Answered without a token, and beyond the limit of requests. */
  readonly isPublic?: boolean
  /** Stays open: counted apart from other requests. */
  readonly isStream?: boolean
  handle(request: RouteRequest<Query, Body>, context: GatewayContext): Promise<Answer>
}

export interface RouteRequest<Query, Body> {
  /** Of the path, decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly query: Query
  readonly body: Body
  /** Aborted when the caller goes away or the server stops. */
  readonly signal: AbortSignal
  readonly requestId: string
  readonly koa: Context
}

/** What a handler answers. */
export interface Answer {
  /** Default 200. */
  readonly status?: number
  /** A value becomes JSON; bytes are JSON already. */
  readonly json?: unknown
  /** Set by handlers that have written to the Koa context themselves. */
  readonly written?: true
}

/** Keeps the types of a route together while it is declared, and forgets them for the list of routes. */
export function route<Query, Body>(declared: Route<Query, Body>): Route {
  return declared
}

/** Value of a path parameter that the route's path has. */
export function param(request: Pick<RouteRequest<unknown, unknown>, 'params'>, name: string): string {
  const value = request.params[name]
  if (value === undefined) throw new Error(`the path has no parameter ${name}`)
  return value
}
