import type { IncomingMessage } from 'node:http'

import { AppError, toAppError } from '@hindwire/service-kit/app-error.ts'
import type { Logger } from '@hindwire/service-kit/logger.ts'
import type { Context, Next } from 'koa'

/** The outermost layer but the log: whatever is thrown becomes the one error shape. */
export function answerErrors(logger: Logger) {
  return async (koa: Context, next: Next): Promise<void> => {
    try {
      await next()
    } catch (thrown) {
      const error = forCaller(toAppError(thrown))
      koa.status = error.status
      koa.body = error.toJSON()
      if (error.status === 503) koa.set('Retry-After', '1')
      if (!koa.req.complete) drain(koa.req)
      if (error.status >= 500 && !koa.req.destroyed) {
        logger.error({ err: thrown, request_id: koa.state['requestId'], method: koa.method }, 'request failed')
      }
    }
  }
}

/** What is read of a refused upload so that its sender gets to see the answer, bytes and ms. */
const DRAIN_BYTES = 256 * 2 ** 20
const DRAIN_MS = 30_000

/**
 * Reads on for a while: a sender whose connection is closed while it is still sending sees a broken pipe, and not the
 * sentence that says what is wrong.
 */
function drain(request: IncomingMessage): void {
  let left = DRAIN_BYTES
  const timer = setTimeout(() => request.destroy(), DRAIN_MS)
  timer.unref()
  request.once('close', () => clearTimeout(timer))
  request.on('data', (chunk: Uint8Array) => {
    left -= chunk.length
    if (left < 0) request.destroy()
  })
  request.resume()
}

/** The contract has one status for "not now"; and one who gave up is not there to be told so. */
function forCaller(error: AppError): AppError {
  if (error.status !== 504 && error.status !== 499) return error
  return new AppError(error.code, 503, error.message, { details: error.details, cause: error })
}
