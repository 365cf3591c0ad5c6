import { z } from 'zod'

import { noQuery } from '../http/parse-query.ts'
import { type Route, route } from '../http/route.ts'
import { version } from '../version.ts'

interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'body'
  readonly required: boolean
  readonly description?: string
}

/** `GET /mcp`: what this server can do, for programs that have only its address. */
export function discoveryRoute(routes: readonly Route[]): Route {
  return route({
    method: 'GET',
    path: '/mcp',
    description: 'This list.',
    query: noQuery,
    handle: async () => ({
      json: {
        name: 'hindwire',
        version,
        description: 'Packet captures, dissected after the fact: every request and response is a call to query.',
        endpoints: routes.map(({ path, method, description, query, body }) => ({
          path,
          method,
          description,
          params: [...pathParameters(path), ...members(query, 'query'), ...(body ? members(body, 'body') : [])],
        })),
        tools: [],
        prompts: [],
      },
    }),
  })
}

function pathParameters(path: string): Parameter[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({ name, in: 'path', required: true }))
}

function members(schema: z.ZodType, where: 'query' | 'body'): Parameter[] {
  if (!(schema instanceof z.ZodObject)) return []
  const shape = schema.shape as Readonly<Record<string, z.ZodType>>
  return Object.entries(shape).map(([name, type]) => {
    const { description } = type
    const required = !type.safeParse(undefined).success
    return { name, in: where, required, ...(description === undefined ? {} : { description }) }
  })
}
