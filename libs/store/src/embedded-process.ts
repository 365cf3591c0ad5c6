/** One process of the embedded engine: start it, wait until it answers, stop it. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import type { EngineFiles } from './embedded-config.ts'
import { StoreError } from './store-error.ts'

export interface EngineProcess {
  readonly pid: number
  running(): boolean
  /** Resolves when the process has ended; never rejects. */
  readonly ended: Promise<EngineEnd>
  stop(): Promise<void>
}

export interface EngineEnd {
  /** `exit code 1`, `signal SIGKILL`. */
  readonly how: string
  readonly exitCode: number | null
  /** Last lines that it printed since this start. */
  readonly output: string
}

export interface LaunchOptions {
  readonly library: string
  readonly files: EngineFiles
  readonly port: number
}

const CHILD = fileURLToPath(new URL('embedded-child.ts', import.meta.url))

/**
 * Runs as the user `default` for as long as the engine lives: starts the HTTP interface, then sleeps for 3 s a row.
 * Without block size and sleep limit set so, the sleep is refused as too long.
 */
const LAUNCH_QUERY =
  'SYSTEM START LISTEN HTTP; SELECT sleepEachRow(3) FROM numbers(1000000000) FORMAT Null ' +
  'SETTINGS max_block_size=1, function_sleep_max_microseconds_per_block=0'

const STOP_GRACE_MS = 10_000
const OUTPUT_LIMIT = 1 << 20
const POLL_MS = 40
const ANSWER_TIMEOUT_MS = 5000

/** Opens the file that takes the process's output. Files, not pipes: a busy parent must not stall the engine. */
function openOutput(file: string): { descriptor: number; from: number } {
  if (existsSync(file) && statSync(file).size > OUTPUT_LIMIT) renameSync(file, `${file}.1`)
  const descriptor = openSync(file, 'a', 0o600)
  return { descriptor, from: statSync(file).size }
}

function tail(file: string, from: number): string {
  try {
    const lines = readFileSync(file).subarray(from).toString('utf8').trimEnd().split('\n')
    // Where the logs are is no news.
    return lines
      .filter((line) => !line.startsWith('Logging '))
      .slice(-12)
      .join('\n')
  } catch {
    return ''
  }
}

export function launchEngine({ library, files, port }: LaunchOptions): EngineProcess {
  const { descriptor, from } = openOutput(files.output)
  let child: ChildProcess
  try {
    child = spawn(
      process.execPath,
      [
        '--experimental-ffi',
        '--disable-warning=ExperimentalWarning',
        CHILD,
        library,
        '--multiquery',
        `--path=${files.data}`,
        `--http_port=${port}`,
        '--listen_host=127.0.0.1',
        `--config-file=${files.config}`,
        '--log-level=warning',
        `--query=${LAUNCH_QUERY}`,
      ],
      {
        cwd: files.directory,
        // Nothing of ours: no NODE_OPTIONS, and no HOME in which clickhouse local would look for a configuration.
        env: { TZ: 'UTC' },
        stdio: ['pipe', descriptor, descriptor],
        // A group of its own: the terminal's Ctrl-C is for the parent, which then stops this one in order.
        detached: true,
      },
    )
  } finally {
    closeSync(descriptor)
  }
  const ended = new Promise<EngineEnd>((resolve) => {
    child.once('error', (error) => resolve({ how: error.message, exitCode: null, output: error.message }))
    child.once('exit', (exitCode, signal) => {
      const how = signal === null ? `exit code ${exitCode}` : `signal ${signal}`
      resolve({ how, exitCode, output: tail(files.output, from) })
    })
  })
  // The pipe breaks when the engine dies; `ended` says so.
  child.stdin?.on('error', () => {})
  const running = (): boolean => child.pid !== undefined && child.exitCode === null && child.signalCode === null
  return { pid: child.pid ?? 0, running, ended, stop: () => stopProcess(child, ended) }
}

async function stopProcess(child: ChildProcess, ended: Promise<EngineEnd>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS)
  await ended
  clearTimeout(timer)
}

/** Asks as the read-write user, so that no other server on the port is taken for ours. */
async function answers({ url, user, password }: ReadyOptions, signal: AbortSignal): Promise<boolean> {
  try {
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
    const response = await fetch(url, { method: 'POST', body: 'SELECT 1', headers: { authorization }, signal })
    return (await response.text()).trim() === '1'
  } catch {
    return false
  }
}

export interface ReadyOptions {
  readonly url: string
  readonly user: string
  readonly password: string
  readonly timeoutMs: number
  readonly files: EngineFiles
}

/**
 * Waits until the engine answers.
 * @throws StoreError `engine` when it ends before, or not in time (it is stopped then)
 */
export async function untilReady(engine: EngineProcess, options: ReadyOptions): Promise<void> {
  const deadline = performance.now() + options.timeoutMs
  // A program on the port that takes connections and never answers must not outlast the engine.
  const over = new AbortController()
  const ended = engine.ended.finally(() => over.abort())
  while (engine.running()) {
    if (await answers(options, AbortSignal.any([over.signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]))) return
    if (performance.now() > deadline) {
      await engine.stop()
      throw new StoreError('engine', lateSentence(options, (await ended).output))
    }
    await Promise.race([ended, sleep(POLL_MS)])
  }
  throw new StoreError('engine', endSentence(await ended, options.files))
}

function lateSentence({ timeoutMs, files }: ReadyOptions, output: string): string {
  const said = output === '' ? 'It printed nothing' : `It printed:\n${output}\n`
  return `the ClickHouse engine did not answer within ${timeoutMs / 1000} s. ${said} (logs: ${files.output}, ${files.log})`
}

function endSentence({ how, output }: EngineEnd, files: EngineFiles): string {
  if (output === '')
    return (
      `the ClickHouse engine ended while starting (${how}) without a word: it does so for an option it does not ` +
      `know or a configuration it cannot read. Was ${files.config} changed, or its library exchanged for another version?`
    )
  return `the ClickHouse engine ended while starting (${how}):\n${output}\n(logs: ${files.output}, ${files.log})`
}
