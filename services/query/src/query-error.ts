import { AppError, type HttpStatus } from '@hindwire/service-kit/app-error.ts'
import { StoreError, type StoreErrorCode } from '@hindwire/store/store-error.ts'

/** Statuses of the store's errors for who asks a question. What is missing is a fault of ours (500). */
const STATUS: Readonly<Partial<Record<StoreErrorCode, HttpStatus>>> = {
  unavailable: 503,
  overloaded: 503,
  timeout: 503,
  memory: 413,
  too_many_rows: 413,
  result_too_large: 413,
  query_too_large: 413,
  cancelled: 499,
}

const CODE: Readonly<Partial<Record<StoreErrorCode, string>>> = {
  unavailable: 'store_unavailable',
  overloaded: 'store_overloaded',
  timeout: 'query_timeout',
  memory: 'query_memory',
}

/** Runs `work`; errors of the store leave it as AppErrors. */
export async function withQueryErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    const status = STATUS[error.code]
    if (status === undefined) throw error
    throw new AppError(CODE[error.code] ?? error.code, status, error.message, { cause: error })
  }
}
