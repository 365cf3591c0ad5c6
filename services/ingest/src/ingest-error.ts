import { AppError, type HttpStatus } from '@hindwire/service-kit/app-error.ts'
import { StoreError } from '@hindwire/store/store-error.ts'

/**
 * What a caller of ingest is told of an error of the store. 503 means that the same call may succeed later; a full
 * disk or a block that does not fit will not mend by repeating.
 */
export function toIngestError(error: unknown): unknown {
  if (!(error instanceof StoreError)) return error
  return new AppError(codeOf(error), statusOf(error), error.message, { cause: error })
}

function codeOf(error: StoreError): string {
  return error.code === 'unavailable' ? 'store_unavailable' : `store_${error.code}`
}

function statusOf({ code, retryable }: StoreError): HttpStatus {
  if (retryable) return 503
  if (code === 'schema') return 400
  return code === 'cancelled' ? 499 : 500
}

/** Runs `work`; errors of the store leave it as AppErrors. */
export async function withIngestErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw toIngestError(error)
  }
}
