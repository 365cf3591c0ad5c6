import type { IncomingMessage } from 'node:http'

import { AppError } from '@hindwire/service-kit/app-error.ts'
import type { z } from 'zod'

import { problemsOf } from './problems.ts'

/** A body of text that takes longer than this is not meant to end. */
const TEXT_BODY_MS = 60_000

/**
 * Reads a body of text.
 * @throws AppError `too_large` (413), `upload_aborted`, `body_timeout`, `invalid_encoding` (400)
 */
export async function readText(request: IncomingMessage, maxBytes: number): Promise<string> {
  checkAnnounced(request, maxBytes)
  const chunks: Uint8Array[] = []
  let bytes = 0
  const late = new AppError('body_timeout', 400, `The body was not there within ${TEXT_BODY_MS / 1000} s.`)
  const timer = setTimeout(() => request.destroy(late), TEXT_BODY_MS)
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
      bytes += chunk.byteLength
      if (bytes > maxBytes) throw tooLarge(maxBytes)
      chunks.push(chunk)
    }
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError('upload_aborted', 400, 'The request ended before its body was whole.', { cause: error })
  } finally {
    clearTimeout(timer)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch {
    throw new AppError('invalid_encoding', 400, 'The body is not UTF-8 text.')
  }
}

/** Refuses a body whose length is announced and too large, before any of it is read. */
export function checkAnnounced(request: IncomingMessage, maxBytes: number): void {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes)
}

function tooLarge(maxBytes: number): AppError {
  const text = `The body is larger than the limit of ${maxBytes} bytes.`
  return new AppError('too_large', 413, text, { details: { limit_bytes: maxBytes } })
}

/**
 * Reads a JSON body of the wanted shape, whatever its content type says: `curl -d` does not say JSON.
 * @throws AppError as readText, and `invalid_json`, `invalid_body` (400)
 */
export async function readJson<T>(request: IncomingMessage, schema: z.ZodType<T>, maxBytes: number): Promise<T> {
  const text = await readText(request, maxBytes)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const found = text.trim() === '' ? 'It is empty.' : `${(error as Error).message}.`
    throw new AppError('invalid_json', 400, `The body must be a JSON object. ${found}`)
  }
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const problems = problemsOf(result.error)
  const sentence = problems.map(({ at, problem }) => `${at} ${problem}`).join('; ')
  throw new AppError('invalid_body', 400, `The body is not right: ${sentence}.`, { details: { problems } })
}
