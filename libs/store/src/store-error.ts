/**
 * Errors of the store: one class, a stable code each, and a sentence that says what to do. ClickHouse's numbers are
 * those of its ErrorCodes.cpp.
 */

export type StoreErrorCode =
  /** Nobody answers, or the connection broke. */
  | 'unavailable'
  /** The server has too much to do at the moment. */
  | 'overloaded'
  | 'too_many_parts'
  | 'memory'
  | 'disk_full'
  | 'timeout'
  | 'too_many_rows'
  | 'result_too_large'
  | 'query_too_large'
  | 'cancelled'
  /** Tables or columns differ from what the statement or the block expects. */
  | 'schema'
  | 'denied'
  | 'authentication'
  /** The engine cannot start. */
  | 'engine'
  /** The data directory is in use or cannot be written. */
  | 'data_directory'
  | 'failed'

/** Worth sending again later, unchanged. */
const RETRYABLE: ReadonlySet<StoreErrorCode> = new Set(['unavailable', 'overloaded', 'too_many_parts', 'memory'])

export class StoreError extends Error {
  readonly code: StoreErrorCode
  readonly retryable: boolean

  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'StoreError'
    this.code = code
    this.retryable = RETRYABLE.has(code)
  }
}

const BY_NUMBER: Readonly<Record<string, StoreErrorCode>> = {
  8: 'schema', // THERE_IS_NO_COLUMN
  10: 'schema', // NOT_FOUND_COLUMN_IN_BLOCK
  16: 'schema', // NO_SUCH_COLUMN_IN_TABLE
  32: 'schema', // ATTEMPT_TO_READ_AFTER_EOF
  33: 'schema', // CANNOT_READ_ALL_DATA
  47: 'schema', // UNKNOWN_IDENTIFIER
  50: 'schema', // UNKNOWN_TYPE
  53: 'schema', // TYPE_MISMATCH
  60: 'schema', // UNKNOWN_TABLE
  62: 'failed', // SYNTAX_ERROR
  70: 'schema', // CANNOT_CONVERT_TYPE
  81: 'schema', // UNKNOWN_DATABASE
  117: 'schema', // INCORRECT_DATA
  158: 'too_many_rows',
  159: 'timeout',
  160: 'timeout', // TOO_SLOW
  164: 'denied', // READONLY
  167: 'query_too_large', // TOO_DEEP_AST
  168: 'query_too_large', // TOO_BIG_AST
  192: 'authentication', // UNKNOWN_USER
  193: 'authentication', // WRONG_PASSWORD
  194: 'authentication', // REQUIRED_PASSWORD
  202: 'overloaded', // TOO_MANY_SIMULTANEOUS_QUERIES
  209: 'unavailable', // SOCKET_TIMEOUT
  210: 'unavailable', // NETWORK_ERROR
  225: 'unavailable', // NO_ZOOKEEPER
  236: 'unavailable', // ABORTED: the server is stopping
  241: 'memory',
  242: 'unavailable', // TABLE_IS_READ_ONLY
  243: 'disk_full', // NOT_ENOUGH_SPACE
  252: 'too_many_parts',
  261: 'schema', // UNKNOWN_BLOCK_INFO_FIELD
  307: 'too_many_rows', // TOO_MANY_BYTES
  349: 'schema', // CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
  394: 'cancelled', // QUERY_WAS_CANCELLED
  396: 'result_too_large', // TOO_MANY_ROWS_OR_BYTES
  452: 'denied', // SETTING_CONSTRAINT_VIOLATION: a limit beyond the user's
  497: 'denied', // ACCESS_DENIED
  516: 'authentication', // AUTHENTICATION_FAILED
  734: 'cancelled', // QUERY_WAS_CANCELLED_BY_CLIENT
}

const NARROW = 'Narrow it: give start and end times, one database, or a filter on protocol, node, status or path.'

const SENTENCES: Readonly<Partial<Record<StoreErrorCode, string>>> = {
  overloaded: 'ClickHouse runs as many queries as it may. Try again in a moment.',
  too_many_parts: 'ClickHouse has too many unmerged parts and takes no inserts until it has merged some.',
  memory: `The query needs more memory than it may have. ${NARROW}`,
  disk_full: 'The disk of the ClickHouse data is full. Free space, or delete dissections.',
  timeout: `The query took longer than it may and was stopped. ${NARROW}`,
  too_many_rows: `The query would read more rows than it may. ${NARROW}`,
  result_too_large: 'The answer is larger than it may be. Ask for fewer rows or fewer fields.',
  query_too_large: 'The filter is too large or too deeply nested. Split it into several queries.',
  cancelled: 'The query was cancelled.',
  authentication: 'ClickHouse refused the user or the password. Check the connection settings.',
}

/** Node's codes of connections that failed or broke. */
const BROKEN =
  /ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR|socket hang up|Timeout error/u

/** True of what an aborted request, or an AbortSignal itself, throws. */
function isAbort(error: Error): boolean {
  return error.name === 'AbortError' || error.message === 'The user aborted a request.'
}

/** Gives any error of a request its code and its sentence. A StoreError stays as it is. */
export function toStoreError(error: unknown, url: string): StoreError {
  if (error instanceof StoreError) return error
  if (!(error instanceof Error)) return new StoreError('failed', `ClickHouse request failed: ${String(error)}`)
  const number = 'type' in error && 'code' in error ? String(error.code) : ''
  if (number !== '') {
    const full = /No space left on device/u.test(error.message)
    const code = full ? 'disk_full' : (BY_NUMBER[number] ?? 'failed')
    return new StoreError(code, SENTENCES[code] ?? `ClickHouse: ${error.message.trim()} (code ${number})`, error)
  }
  if (isAbort(error)) return new StoreError('cancelled', 'The query was cancelled.', error)
  const nodeCode = 'code' in error ? String(error.code) : ''
  if (BROKEN.test(`${nodeCode} ${error.message}`))
    return new StoreError('unavailable', `ClickHouse at ${url} does not answer (${nodeCode || error.message}).`, error)
  return new StoreError('failed', `ClickHouse request failed: ${error.message}`, error)
}
