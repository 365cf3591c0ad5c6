/**
 * The one error shape. What a caller did wrong, or what stood in the way, as a sentence for people, a stable code for
 * programs, and the HTTP status that REST answers with. It crosses gRPC and the bus without loss.
 */

/** HTTP statuses that the REST contract knows. 499: the caller itself gave up; never sent to one. */
export type HttpStatus = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 422 | 429 | 499 | 500 | 503 | 504

/** JSON-safe facts beside the sentence: positions, allowed values, counts. */
export type ErrorDetails = Readonly<Record<string, unknown>>

export interface AppErrorOptions {
  readonly details?: ErrorDetails
  readonly cause?: unknown
}

const CODE = /^[a-z][a-z0-9_]{0,63}$/

export class AppError extends Error {
  /** Stable snake_case code, e.g. `unknown_database`. */
  readonly code: string
  readonly status: HttpStatus
  readonly details: ErrorDetails

  /**
   * @param message a sentence that says what is wrong and what to do
   * @throws Error when the code is not snake_case (a mistake in the program)
   */
  constructor(code: string, status: HttpStatus, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    if (!CODE.test(code)) throw new Error(`error code ${JSON.stringify(code)} is not snake_case`)
    this.name = 'AppError'
    this.code = code
    this.status = status
    this.details = options.details ?? {}
  }

  /** The body that REST answers with; `details` is left out when there are none. */
  toJSON(): { error: string; code: string; details?: ErrorDetails } {
    const body = { error: this.message, code: this.code }
    return Object.keys(this.details).length === 0 ? body : { ...body, details: this.details }
  }
}

/**
 * Any thrown value as an AppError. What is not one is a fault of ours or of the machine: it becomes `internal` (500)
 * with a sentence that gives nothing away, and the original as `cause`, for the log.
 */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  if (thrown instanceof Error && thrown.name === 'AbortError') {
    return new AppError('cancelled', 499, 'The caller gave up before the answer was ready.', { cause: thrown })
  }
  return new AppError('internal', 500, 'Something went wrong inside Hindwire. Its log has the details.', {
    cause: thrown,
  })
}

/** Code of a Node system error (`ENOSPC`, `ENOENT`), or an empty string. */
export function systemCode(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : ''
}
