import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'

/** An error that the server answered with: its sentence is for the user. */
export class RestError extends Error {
  override readonly name = 'RestError'
  readonly code: string
  readonly status: number

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** Talks to a gateway as any other client does. */
export class RestClient {
  readonly #base: string
  readonly #headers: Readonly<Record<string, string>>

  /** @param token empty where the server wants none */
  constructor(base: string, token = '') {
    this.#base = base.replace(/\/+$/, '')
    this.#headers = token === '' ? {} : { authorization: `Bearer ${token}` }
  }

  /** @throws RestError, or Error when the server is not there */
  async get<T>(path: string, query: Readonly<Record<string, string | undefined>> = {}): Promise<T> {
    const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined)
    const text = new URLSearchParams(given).toString()
    return (await this.#send('GET', text === '' ? path : `${path}?${text}`)) as T
  }

  async post<T>(path: string, body: unknown): Promise<T> {
    return (await this.#send('POST', path, JSON.stringify(body), { 'content-type': 'application/json' })) as T
  }

  async delete(path: string): Promise<void> {
    await this.#send('DELETE', path)
  }

  /** Uploads a file as it is; `progress` is told the bytes sent so far. */
  async upload<T>(path: string, file: string, progress: (bytes: number) => void = () => {}): Promise<T> {
    const { size } = await stat(file)
    const stream = createReadStream(file, { highWaterMark: 1 << 20 })
    let sent = 0
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const chunk of stream as AsyncIterable<Uint8Array>) {
        sent += chunk.length
        progress(sent)
        yield chunk
      }
    }
    return (await this.#send('PUT', path, counted(), { 'content-length': String(size) })) as T
  }

  /** The events of a path, each parsed, until the server ends the stream. */
  async *events<T>(path: string, signal?: AbortSignal): AsyncGenerator<T> {
    const init = { headers: this.#headers, ...(signal === undefined ? {} : { signal }) }
    const response = await this.#fetch(path, init)
    if (!response.ok || response.body === null) throw await errorOf(response)
    let rest = ''
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + text).split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        const data = block
          .split('\n')
          .filter((line) => line.startsWith('data:'))
          .map((line) => line.slice(5).trimStart())
        if (data.length > 0) yield JSON.parse(data.join('\n')) as T
      }
    }
  }

  async #send(
    method: string,
    path: string,
    body?: RequestInit['body'] | AsyncGenerator<Uint8Array>,
    headers = {},
  ): Promise<unknown> {
    const init: RequestInit = { method, headers: { ...this.#headers, ...headers } }
    if (body !== undefined) Object.assign(init, { body, duplex: 'half' })
    const response = await this.#fetch(path, init)
    if (!response.ok) throw await errorOf(response)
    return response.json()
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(this.#base + path, init)
    } catch (error) {
      const cause = (error as Error).cause as NodeJS.ErrnoException | undefined
      const why =
        cause?.code === 'ECONNREFUSED'
          ? 'nothing listens there; is `hindwire serve` running?'
          : (cause?.message ?? String(error))
      throw new Error(`cannot reach ${this.#base}: ${why}`, { cause: error })
    }
  }
}

async function errorOf(response: Response): Promise<RestError> {
  const text = await response.text()
  try {
    const { error, code } = JSON.parse(text) as { error: string; code: string }
    return new RestError(response.status, code, error)
  } catch {
    return new RestError(response.status, 'bad_answer', `the server answered ${response.status}: ${text.slice(0, 200)}`)
  }
}
