import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

import { AppError, systemCode } from '@hindwire/service-kit/app-error.ts'
import Koa from 'koa'

import type { GatewayContext } from './context.ts'
import { finishInterrupted, finishRemovals } from './dissections/clean-up.ts'
import { accessLog } from './http/access-log.ts'
import { Access } from './http/access.ts'
import { answerErrors } from './http/answer-errors.ts'
import { mountRoutes } from './http/mount-routes.ts'
import { allRoutes } from './routes.ts'

export interface GatewayService {
  /** `http://127.0.0.1:8898` */
  readonly address: string
  /** Takes no more requests, ends event streams, and lets other requests finish for so long, ms. */
  stop(graceMs?: number): Promise<void>
}

/** How often removals that failed are tried again, ms. */
const REMOVALS_EVERY_MS = 60_000
const HEADERS_MS = 30_000
const GRACE_MS = 5000

/**
 * Serves the REST contract.
 * @throws AppError `token_required`, `address_in_use`, `listen_failed`
 */
export async function startGateway(context: GatewayContext): Promise<GatewayService> {
  const { logger, metrics, settings } = context
  const access = new Access(settings)
  const stopping = new AbortController()
  const app = new Koa()
  // Errors are answered and logged by the middleware below.
  app.silent = true
  app.use(accessLog(logger, metrics))
  app.use(answerErrors(logger))
  app.use(mountRoutes(allRoutes(context), context, access, stopping.signal))
  const callback = app.callback()
  const server = createServer({ headersTimeout: HEADERS_MS, requestTimeout: 0 }, (req, res) => void callback(req, res))
  server.setTimeout(settings.idleMs)
  server.on('clientError', refuseGarbage)
  const address = await listen(server, settings.host, settings.port)
  const removals = setInterval(() => void attempt(context, finishRemovals), REMOVALS_EVERY_MS)
  await attempt(context, finishInterrupted)
  logger.info({ address }, 'listening')
  return {
    address,
    async stop(graceMs = GRACE_MS) {
      clearInterval(removals)
      stopping.abort(new AppError('stopping', 503, 'The server is stopping. Try again shortly.'))
      await close(server, graceMs)
    },
  }
}

async function attempt(context: GatewayContext, work: (context: GatewayContext) => Promise<void>): Promise<void> {
  try {
    await work(context)
  } catch (error) {
    context.logger.warn({ err: error }, 'interrupted work could not be finished; trying again later')
  }
}

async function listen(server: Server, host: string, port: number): Promise<string> {
  server.listen({ host, port })
  try {
    await once(server, 'listening')
  } catch (error) {
    if (systemCode(error) === 'EADDRINUSE') {
      const text = `Port ${port} of ${host} is taken. Stop what listens there, or set HINDWIRE_PORT.`
      throw new AppError('address_in_use', 500, text, { cause: error })
    }
    const text = `Cannot listen on ${host}, port ${port}: ${(error as Error).message}.`
    throw new AppError('listen_failed', 500, text, { cause: error })
  }
  const bound = server.address() as AddressInfo
  return `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`
}

async function close(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  const deadline = setTimeout(() => server.closeAllConnections(), graceMs)
  // Connections become idle one by one, as their requests are answered.
  const idle = setInterval(() => server.closeIdleConnections(), 20)
  await closed
  clearInterval(idle)
  clearTimeout(deadline)
}

/** What is no HTTP gets the one error shape, too. */
function refuseGarbage(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const isLarge = error.code === 'HPE_HEADER_OVERFLOW'
  const text = isLarge ? 'The headers of the request are too large.' : 'This is no HTTP request that can be read.'
  const body = JSON.stringify(new AppError(isLarge ? 'headers_too_large' : 'bad_request', 400, text))
  const head = `HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}`
  socket.end(`${head}\r\nConnection: close\r\n\r\n${body}`)
}
