import { createHash } from 'node:crypto'

import { AppError } from '@hindwire/service-kit/app-error.ts'
import { z } from 'zod'

/** Where a page ended, and of which query it was. */
export interface Position {
  /** µs since 1970. */
  readonly ts: number
  readonly flow: number
  readonly index: number
  /** What `now()` was on the first page, ms since 1970: it stays the same on all of them. */
  readonly now: number
}

const whole = z.int().nonnegative()
const shape = z.tuple([z.string(), whole, whole, whole, whole])

/** Names a query: pages of another one do not go on where this one ended. */
export function queryHash(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 12)
}

export function writeCursor(hash: string, { ts, flow, index, now }: Position): string {
  return Buffer.from(JSON.stringify([hash, ts, flow, index, now])).toString('base64url')
}

/** @throws AppError `invalid_cursor` (400): no cursor of ours, or one of another query */
export function readCursor(cursor: string, hash: string): Position {
  const value = parse(cursor)
  const read = shape.safeParse(value)
  if (!read.success) {
    throw new AppError('invalid_cursor', 400, 'This is no cursor. Give next_cursor of the answer before, unchanged.')
  }
  const [of, ts, flow, index, now] = read.data
  if (of === hash) return { ts, flow, index, now }
  const text =
    'The cursor belongs to another query. Ask with the same db, kfl, start, end and order as for the page before, ' +
    'or without a cursor for the first page.'
  throw new AppError('invalid_cursor', 400, text)
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    return null
  }
}
