import { z } from 'zod'

import type { CaptureFile, Snapshot } from './snapshot-store.ts'

const file = z.object({
  name: z.string(),
  node: z.string(),
  bytes: z.int().nonnegative(),
  packets: z.int().nonnegative(),
  firstTimeUs: z.int().nullable(),
  lastTimeUs: z.int().nullable(),
  linkTypes: z.array(z.int()),
  warnings: z.array(z.string()),
  sha256: z.string(),
  uploadedAt: z.string(),
})

const record = z.object({
  version: z.literal(1),
  name: z.string(),
  status: z.enum(['in_progress', 'completed']),
  createdAt: z.string(),
  frozen: z.boolean(),
  hasResolution: z.boolean(),
  files: z.array(file),
})

export function newSnapshot(name: string, now: Date): Snapshot {
  return { name, status: 'completed', createdAt: now.toISOString(), frozen: false, hasResolution: false, files: [] }
}

export function withFile(snapshot: Snapshot, added: CaptureFile): Snapshot {
  return { ...snapshot, files: [...snapshot.files, added].sort(inReadingOrder) }
}

/** The same order whatever the order of uploads, so that packets have the same ordinals in every run. */
function inReadingOrder(a: CaptureFile, b: CaptureFile): number {
  const byTime = (a.firstTimeUs ?? Infinity) - (b.firstTimeUs ?? Infinity)
  if (byTime !== 0 && !Number.isNaN(byTime)) return byTime
  return compare(a.node, b.node) || compare(a.name, b.name)
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

export function formatSnapshot(snapshot: Snapshot): string {
  return `${JSON.stringify({ version: 1, ...snapshot }, null, 2)}\n`
}

/** @throws Error when the text is not what formatSnapshot writes */
export function parseSnapshot(text: string): Snapshot {
  const { version: _version, ...snapshot } = record.parse(JSON.parse(text))
  return snapshot
}
