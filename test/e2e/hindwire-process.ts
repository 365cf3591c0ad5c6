import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

import { RestClient } from 'hindwire/rest-client.ts'

const launcher = fileURLToPath(new URL('../../services/hindwire/bin/hindwire.mjs', import.meta.url))

/** A hindwire command as users run it: a process of its own. */
export class HindwireProcess {
  readonly child: ChildProcess
  stdout = ''
  stderr = ''
  readonly exited: Promise<number | null>

  constructor(args: readonly string[]) {
    this.child = spawn(process.execPath, [launcher, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text))
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text))
    this.exited = once(this.child, 'close').then(([code]) => code as number | null)
  }

  /** Waits until standard output has a match. */
  async printed(pattern: RegExp): Promise<RegExpMatchArray> {
    for (;;) {
      const match = this.stdout.match(pattern)
      if (match !== null) return match
      const ended = await Promise.race([
        once(this.child.stdout as NodeJS.EventEmitter, 'data').then(() => false),
        this.exited.then(() => true),
      ])
      const last = this.stdout.match(pattern)
      if (last !== null) return last
      if (ended) throw new Error(`ended without printing ${String(pattern)}:\n${this.stdout}\n${this.stderr}`)
    }
  }

  async killHard(): Promise<void> {
    this.child.kill('SIGKILL')
    await this.exited
  }

  async stop(): Promise<number | null> {
    if (this.child.exitCode === null) this.child.kill('SIGTERM')
    return this.exited
  }
}

/** Runs a command to its end. */
export async function hindwire(
  ...args: readonly string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const run = new HindwireProcess(args)
  const code = await run.exited
  return { code, stdout: run.stdout, stderr: run.stderr }
}

/** What a test has opened, closed in reverse order at its end. */
export class Cleanup {
  readonly #steps: (() => unknown)[] = []

  constructor(t: TestContext) {
    t.after(async () => {
      for (const step of this.#steps.reverse()) await step()
    })
  }

  add(step: () => unknown): void {
    this.#steps.push(step)
  }

  /** A directory that goes with the test. */
  async directory(): Promise<string> {
    const path = await makeDirectory()
    this.add(() => removeDirectory(path))
    return path
  }

  /** `hindwire serve` on a free port, stopped with the test. */
  async serve(data: string): Promise<{ run: HindwireProcess; client: RestClient }> {
    const started = await serveOn(data)
    this.add(() => started.run.stop())
    return started
  }
}

export function makeDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'hindwire-e2e-'))
}

export function removeDirectory(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true, maxRetries: 5 })
}

/** Starts `hindwire serve` on a free port. */
export async function serveOn(data: string): Promise<{ run: HindwireProcess; client: RestClient }> {
  const run = new HindwireProcess(['serve', '--data', data, '--port', '0'])
  const [, address] = await run.printed(/ready at (http:\S+)/)
  return { run, client: new RestClient(address as string) }
}
