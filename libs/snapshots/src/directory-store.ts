import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'

import { AppError, systemCode } from '@hindwire/service-kit/app-error.ts'
import { checkName } from '@hindwire/service-kit/check-name.ts'

import { replaceFile, syncDirectory } from './atomic-file.ts'
import { receiveFile } from './receive-file.ts'
import { formatSnapshot, newSnapshot, parseSnapshot, withFile } from './snapshot-record.ts'
import type { ByteRange, CaptureFacts, CaptureFile, Snapshot, SnapshotStore } from './snapshot-store.ts'
import type { UploadRequest, UploadResult } from './snapshot-store.ts'

/**
 * Snapshots in a directory:
 *
 *     <root>/<snapshot>/snapshot.json      what is in it: a file that it does not list does not exist
 *     <root>/<snapshot>/captures/<file>
 *     <root>/<snapshot>/resolution.json
 *     <root>/.work/                        uploads under way and snapshots being deleted; emptied at opening
 *
 * Everything appears by rename after its bytes are on disk. One process writes at a time.
 */
export class DirectoryStore implements SnapshotStore {
  readonly #root: string
  readonly #work: string
  /** The last write to each snapshot's record: the next one waits for it. */
  readonly #turns = new Map<string, Promise<unknown>>()

  private constructor(root: string) {
    this.#root = root
    this.#work = join(root, '.work')
  }

  /** Opens or creates the store, and removes what an interrupted process left behind. */
  static async open(root: string): Promise<DirectoryStore> {
    const store = new DirectoryStore(root)
    await mapErrors(async () => {
      await rm(store.#work, { recursive: true, force: true })
      await mkdir(store.#work, { recursive: true })
      for (const name of await store.#directories()) await store.#sweep(name)
    })
    return store
  }

  async upload(request: UploadRequest): Promise<UploadResult> {
    const { snapshot, file, node, body, inspect } = request
    checkName('snapshot', snapshot)
    checkName('file', file)
    checkName('node', node)
    this.#checkFree(await this.#find(snapshot), file)
    const temporary = join(this.#work, `${randomUUID()}-${file}`)
    try {
      return await mapErrors(async () => {
        const { bytes, sha256 } = await receiveFile(temporary, body, request)
        const facts = await inspect(temporary)
        if ('notACapture' in facts) throw new AppError('not_a_capture', 400, facts.notACapture)
        if (request.signal?.aborted === true) throw new AppError('cancelled', 499, 'The upload was broken off.')
        const uploadedAt = new Date().toISOString()
        const added: CaptureFile = { name: file, node, bytes, ...pick(facts), sha256, uploadedAt }
        return this.#inTurn(snapshot, () => this.#commit(snapshot, added, temporary))
      })
    } finally {
      await rm(temporary, { force: true })
    }
  }

  async list(): Promise<Snapshot[]> {
    const names = (await mapErrors(() => this.#directories())).sort()
    // One that is damaged says so when it is asked for; the others are not to suffer.
    const found = await Promise.all(names.map((name) => this.#find(name).catch(() => null)))
    return found.filter((snapshot) => snapshot !== null)
  }

  async get(name: string): Promise<Snapshot> {
    checkName('snapshot', name)
    const snapshot = await this.#find(name)
    if (snapshot === null) throw unknownSnapshot(name)
    return snapshot
  }

  async delete(name: string): Promise<void> {
    checkName('snapshot', name)
    await this.#inTurn(name, async () => {
      await this.get(name).catch((error: unknown) => {
        if (!(error instanceof AppError && error.code === 'snapshot_damaged')) throw error
      })
      const grave = join(this.#work, randomUUID())
      await rename(join(this.#root, name), grave)
      await syncDirectory(this.#root)
      await rm(grave, { recursive: true, force: true })
    })
  }

  async freeze(name: string): Promise<Snapshot> {
    checkName('snapshot', name)
    return this.#inTurn(name, async () => {
      const snapshot = await this.get(name)
      return snapshot.frozen ? snapshot : this.#save({ ...snapshot, frozen: true })
    })
  }

  async putResolution(name: string, json: string): Promise<void> {
    checkName('snapshot', name)
    await this.#inTurn(name, async () => {
      const found = await this.#find(name)
      if (found?.frozen === true) throw immutable(name)
      const write = (dir: string) => replaceFile(join(dir, 'resolution.json'), json, join(this.#work, randomUUID()))
      if (found === null) return this.#create({ ...newSnapshot(name, new Date()), hasResolution: true }, write)
      await write(join(this.#root, name))
      if (!found.hasResolution) await this.#save({ ...found, hasResolution: true })
    })
  }

  async getResolution(name: string): Promise<string | null> {
    const { hasResolution } = await this.get(name)
    return hasResolution ? mapErrors(() => readFile(join(this.#root, name, 'resolution.json'), 'utf8')) : null
  }

  async localPath(name: string, file: string): Promise<string> {
    checkName('file', file)
    const snapshot = await this.get(name)
    if (!snapshot.files.some((known) => known.name === file)) {
      const details = { files: snapshot.files.slice(0, 100).map((known) => known.name) }
      throw new AppError('unknown_file', 404, `The snapshot "${name}" has no file "${file}".`, { details })
    }
    return join(this.#root, name, 'captures', file)
  }

  async read(
    name: string,
    file: string,
    { start = 0, end = Infinity }: ByteRange = {},
  ): Promise<AsyncIterable<Uint8Array>> {
    const path = await this.localPath(name, file)
    if (end <= start) return nothing()
    return createReadStream(path, { start, end: end - 1, highWaterMark: 1024 * 1024 })
  }

  #checkFree(found: Snapshot | null, file: string): void {
    if (found?.frozen === true) throw immutable(found.name)
    if (found?.files.some((known) => known.name === file) !== true) return
    const text = `The snapshot "${found.name}" has a file "${file}" already. Choose another name for it.`
    throw new AppError('file_exists', 409, text)
  }

  async #commit(name: string, added: CaptureFile, temporary: string): Promise<UploadResult> {
    const found = await this.#find(name)
    this.#checkFree(found, added.name)
    if (found === null) {
      const snapshot = withFile(newSnapshot(name, new Date()), added)
      await this.#create(snapshot, (dir) => rename(temporary, join(dir, 'captures', added.name)))
      return { file: added, created: true }
    }
    const captures = join(this.#root, name, 'captures')
    const path = join(captures, added.name)
    try {
      await rename(temporary, path)
      await syncDirectory(captures)
      await this.#save(withFile(found, added))
    } catch (error) {
      await rm(path, { force: true })
      throw error
    }
    return { file: added, created: false }
  }

  /** Puts a new snapshot together aside, and moves it in as a whole. */
  async #create(snapshot: Snapshot, fill: (dir: string) => Promise<void>): Promise<void> {
    const aside = join(this.#work, randomUUID())
    const home = join(this.#root, snapshot.name)
    try {
      await mkdir(join(aside, 'captures'), { recursive: true })
      await fill(aside)
      await syncDirectory(join(aside, 'captures'))
      await replaceFile(join(aside, 'snapshot.json'), formatSnapshot(snapshot), join(this.#work, randomUUID()))
      await rename(aside, home)
    } catch (error) {
      await rm(aside, { recursive: true, force: true })
      if (!['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(systemCode(error))) throw error
      throw new AppError('snapshot_damaged', 500, `${home} is in the way, and is no snapshot. Move it elsewhere.`)
    }
    await syncDirectory(this.#root)
  }

  async #save(snapshot: Snapshot): Promise<Snapshot> {
    const path = join(this.#root, snapshot.name, 'snapshot.json')
    await replaceFile(path, formatSnapshot(snapshot), join(this.#work, randomUUID()))
    return snapshot
  }

  /** Null when there is no such snapshot. */
  async #find(name: string): Promise<Snapshot | null> {
    const path = join(this.#root, name, 'snapshot.json')
    try {
      return parseSnapshot(await readFile(path, 'utf8'))
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes(systemCode(error))) return null
      const text = `Cannot read the snapshot "${name}": ${basename(path)} is damaged or not readable.`
      throw new AppError('snapshot_damaged', 500, text, { cause: error, details: { path } })
    }
  }

  async #directories(): Promise<string[]> {
    const entries = await readdir(this.#root, { withFileTypes: true })
    return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map((entry) => entry.name)
  }

  /** Removes files that the record does not list: a crash came between their rename and the record's. */
  async #sweep(name: string): Promise<void> {
    const snapshot = await this.#find(name).catch(() => null)
    if (snapshot === null) return
    const known = new Set(snapshot.files.map((file) => file.name))
    const captures = join(this.#root, name, 'captures')
    for (const file of await readdir(captures)) if (!known.has(file)) await rm(join(captures, file), { force: true })
  }

  async #inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(name) ?? Promise.resolve()
    const turn = before.then(() => mapErrors(work))
    const settled = turn.catch(() => null)
    this.#turns.set(name, settled)
    try {
      return await turn
    } finally {
      if (this.#turns.get(name) === settled) this.#turns.delete(name)
    }
  }
}

function pick({ packets, firstTimeUs, lastTimeUs, linkTypes, warnings }: CaptureFacts): CaptureFacts {
  return { packets, firstTimeUs, lastTimeUs, linkTypes: [...linkTypes], warnings: [...warnings] }
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // An empty range has no bytes.
}

async function mapErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    // EFBIG: the limit on file sizes of the process (setrlimit(2)), or of the file system.
    if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(systemCode(error))) {
      throw new AppError('no_space', 503, 'The disk is full. Free some space, and try again.', { cause: error })
    }
    if (['EACCES', 'EPERM', 'EROFS'].includes(systemCode(error))) {
      const text = `The snapshot directory cannot be written: ${(error as Error).message}.`
      throw new AppError('not_writable', 500, text, { cause: error })
    }
    throw error
  }
}

function unknownSnapshot(name: string): AppError {
  return new AppError('unknown_snapshot', 404, `There is no snapshot "${name}".`)
}

function immutable(name: string): AppError {
  const text = `The snapshot "${name}" has been dissected, so nothing can be added to it. Make a new snapshot.`
  return new AppError('snapshot_immutable', 409, text)
}
