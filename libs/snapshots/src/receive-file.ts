import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'

import { AppError } from '@hindwire/service-kit/app-error.ts'

export interface ReceiveOptions {
  readonly maxBytes?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Writes a body to a new file at `path` and makes sure that it is on disk. The caller removes it when this throws.
 * @throws AppError `too_large`, `cancelled`, `upload_aborted`; system errors (ENOSPC) as they come
 */
export async function receiveFile(
  path: string,
  body: AsyncIterable<Uint8Array>,
  { maxBytes = Infinity, signal }: ReceiveOptions,
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  let bytes = 0
  const handle = await open(path, 'wx', 0o640)
  try {
    for await (const chunk of whole(body)) {
      if (signal?.aborted === true) throw new AppError('cancelled', 499, 'The upload was broken off.')
      bytes += chunk.byteLength
      if (bytes > maxBytes) {
        throw new AppError('too_large', 413, `The file is larger than the limit of ${maxBytes} bytes.`)
      }
      hash.update(chunk)
      await writeAll(handle, chunk)
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
  return { bytes, sha256: hash.digest('hex') }
}

/** A body that breaks off is the sender's error, and is told from those of the disk. */
async function* whole(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError('upload_aborted', 400, 'The upload ended before the file was whole.', { cause: error })
  }
}

/** A write may take only a part of a chunk: at the edge of a full disk, for one. */
async function writeAll(handle: Awaited<ReturnType<typeof open>>, chunk: Uint8Array): Promise<void> {
  let written = 0
  while (written < chunk.byteLength) {
    const { bytesWritten } = await handle.write(chunk, written, chunk.byteLength - written)
    written += bytesWritten
  }
}
