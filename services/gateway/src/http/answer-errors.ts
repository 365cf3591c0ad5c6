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
      // What is left of a refused upload is not worth reading: the connection goes with the answer.
      if (!koa.req.complete) koa.set('Connection', 'close')
      if (error.status >= 500 && !koa.req.destroyed) {
        logger.error({ err: thrown, request_id: koa.state['requestId'], method: koa.method }, 'request failed')
      }
    }
  }
}

/** The contract has one status for "not now"; and one who gave up is not there to be told so. */
function forCaller(error: AppError): AppError {
  if (error.status !== 504 && error.status !== 499) return error
  return new AppError(error.code, 503, error.message, { details: error.details, cause: error })
}
