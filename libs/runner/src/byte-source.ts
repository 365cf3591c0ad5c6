import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'

/** Bytes of a capture, in order. */
export interface ByteSource {
  /** Fills buffer[offset, offset + length) as far as it can; fewer bytes than `length` mean the end. */
  read(buffer: Uint8Array, offset: number, length: number): Promise<number>
  /** Bytes taken from the file on disk so far: progress of compressed files too. */
  readonly fileBytes: number
  /** Why the source ended early (a damaged compressed stream); empty when it did not. */
  readonly problem: string
  close(): Promise<void>
}

const GZIP = [0x1f, 0x8b] as const
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd] as const

/**
 * Opens a capture file; gzip and zstd are undone as they are read.
 * @throws the error of the file system, e.g. ENOENT, EACCES, EISDIR
 */
export async function openSource(path: string): Promise<ByteSource> {
  const handle = await open(path, 'r')
  try {
    const first = new Uint8Array(4)
    const { bytesRead } = await handle.read(first, 0, 4, 0)
    if (startsWith(first, bytesRead, GZIP)) return await compressed(handle, path, createGunzip())
    if (startsWith(first, bytesRead, ZSTD)) return await compressed(handle, path, createZstdDecompress())
  } catch (error) {
    await handle.close()
    throw error
  }
  return new PlainSource(handle)
}

function startsWith(bytes: Uint8Array, length: number, magic: readonly number[]): boolean {
  return length >= magic.length && magic.every((byte, at) => bytes[at] === byte)
}

async function compressed(handle: FileHandle, path: string, decoder: NodeJS.ReadWriteStream): Promise<ByteSource> {
  await handle.close()
  return new CompressedSource(path, decoder)
}

class PlainSource implements ByteSource {
  readonly #handle: FileHandle
  fileBytes = 0
  readonly problem = ''

  constructor(handle: FileHandle) {
    this.#handle = handle
  }

  async read(buffer: Uint8Array, offset: number, length: number): Promise<number> {
    let filled = 0
    while (filled < length) {
      const { bytesRead } = await this.#handle.read(buffer, offset + filled, length - filled, this.fileBytes)
      if (bytesRead === 0) break
      filled += bytesRead
      this.fileBytes += bytesRead
    }
    return filled
  }

  close(): Promise<void> {
    return this.#handle.close()
  }
}

class CompressedSource implements ByteSource {
  readonly #input: Readable & { readonly bytesRead: number }
  readonly #chunks: AsyncIterator<Uint8Array>
  #chunk: Uint8Array = new Uint8Array(0)
  #used = 0
  problem = ''

  constructor(path: string, decoder: NodeJS.ReadWriteStream) {
    this.#input = createReadStream(path, { highWaterMark: 1 << 20 })
    // A read error must end the decoder too; the iterator then reports it.
    this.#input.on('error', (error) => (decoder as unknown as Readable).destroy(error))
    this.#input.pipe(decoder)
    this.#chunks = (decoder as unknown as Readable)[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  }

  get fileBytes(): number {
    return this.#input.bytesRead
  }

  async read(buffer: Uint8Array, offset: number, length: number): Promise<number> {
    let filled = 0
    while (filled < length) {
      if (this.#used === this.#chunk.length && !(await this.#nextChunk())) break
      const take = Math.min(length - filled, this.#chunk.length - this.#used)
      buffer.set(this.#chunk.subarray(this.#used, this.#used + take), offset + filled)
      this.#used += take
      filled += take
    }
    return filled
  }

  async #nextChunk(): Promise<boolean> {
    if (this.problem !== '') return false
    try {
      const next = await this.#chunks.next()
      if (next.done === true) return false
      this.#chunk = next.value
      this.#used = 0
      return true
    } catch (error) {
      this.problem = `the compressed file is damaged or cut short (${(error as Error).message})`
      return false
    }
  }

  async close(): Promise<void> {
    this.#input.destroy()
    await this.#chunks.return?.()
  }
}
