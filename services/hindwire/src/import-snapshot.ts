import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, join, parse } from 'node:path'

import type { ProgressBar } from './progress-bar.ts'
import { progressBar } from './progress-bar.ts'
import { type RestClient, RestError } from './rest-client.ts'

interface SnapshotAnswer {
  readonly name: string
  readonly files: readonly { readonly name: string; readonly sha256: string }[]
}

interface UploadAnswer {
  readonly warnings?: readonly string[]
}

/** A snapshot that holds the files, and what the server said about them. */
export interface Imported {
  readonly snapshot: string
  readonly warnings: readonly string[]
  /** Files that were refused, each with the reason. */
  readonly refused: readonly string[]
}

/** Node name of captures that are given without one. */
const NODE = 'local'
/** Names tried for a snapshot whose name is taken by other files. */
const MAX_NAMES = 1000

/**
 * Puts capture files into a snapshot named after the first one. A snapshot that holds just these files already is used
 * as it is; another one of that name is left alone, and a number added.
 */
export async function importSnapshot(client: RestClient, files: readonly string[]): Promise<Imported> {
  const wanted = await Promise.all(
    files.map(async (path) => ({ path, name: captureName(path), sha256: await sha256(path) })),
  )
  const base = snapshotName(files[0] as string)
  for (let n = 1; n <= MAX_NAMES; n++) {
    const snapshot = n === 1 ? base : `${base}-${n}`
    const existing = await find(client, snapshot)
    if (existing === null) return upload(client, snapshot, files)
    const known = new Set(existing.files.map((file) => file.sha256))
    if (known.size === wanted.length && wanted.every((file) => known.has(file.sha256))) {
      return { snapshot, warnings: [], refused: [] }
    }
  }
  throw new Error(`there are ${MAX_NAMES} snapshots named ${base} already; delete some`)
}

async function find(client: RestClient, snapshot: string): Promise<SnapshotAnswer | null> {
  try {
    return await client.get<SnapshotAnswer>(`/mcp/snapshots/${snapshot}`)
  } catch (error) {
    if (error instanceof RestError && error.status === 404) return null
    throw error
  }
}

async function upload(client: RestClient, snapshot: string, files: readonly string[]): Promise<Imported> {
  const warnings: string[] = []
  const refused: string[] = []
  for (const path of files) {
    const name = captureName(path)
    const bar: ProgressBar = progressBar(`importing ${name}`, (await stat(path)).size)
    try {
      const target = `/mcp/snapshots/${snapshot}/captures/${encodeURIComponent(name)}?node=${NODE}`
      const answer = await client.upload<UploadAnswer>(target, path, (bytes) => bar.update(bytes))
      for (const warning of answer.warnings ?? []) warnings.push(`${name}: ${warning}`)
    } catch (error) {
      if (!(error instanceof RestError)) throw error
      refused.push(`${path}: ${error.message}`)
    } finally {
      bar.stop()
    }
    await uploadResolution(client, snapshot, path)
  }
  return { snapshot, warnings, refused }
}

/** Name records beside a capture (`x.resolution.json` beside `x.pcap`) go with it. */
async function uploadResolution(client: RestClient, snapshot: string, path: string): Promise<void> {
  const { dir, name } = parse(path)
  const beside = join(dir, `${name}.resolution.json`)
  const exists = await stat(beside).then(
    () => true,
    () => false,
  )
  if (exists) await client.upload(`/mcp/snapshots/${snapshot}/resolution`, beside)
}

/** Names may have letters, digits, dots, dashes and underscores. */
function captureName(path: string): string {
  const name = basename(path)
    .replaceAll(/[^A-Za-z0-9._-]/g, '_')
    .slice(-128)
  return /^[A-Za-z0-9]/.test(name) ? name : `x${name}`.slice(0, 128)
}

function snapshotName(path: string): string {
  return captureName(path)
    .replace(/(\.(pcap|pcapng|cap|dmp|gz|zst))+$/i, '')
    .slice(0, 120)
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Uint8Array)
  return hash.digest('hex')
}
