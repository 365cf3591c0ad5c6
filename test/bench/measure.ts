import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Command {
  readonly file: string
  readonly args: readonly string[]
}

/** What a program took, and what it wrote. */
export interface Measurement {
  /** Seconds. */
  readonly wall: number
  /** Seconds of all its threads and children, user and system. */
  readonly cpu: number
  /** Largest resident set, MB. */
  readonly memory: number
  readonly stdout: string
}

const TIME = '/usr/bin/time'

export function isInstalled(program: string): boolean {
  return program.includes('/') ? existsSync(program) : PATH.some((folder) => existsSync(join(folder, program)))
}

const PATH: readonly string[] = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

/**
 * Runs a program to its end, under GNU time where that is installed (without it, CPU time and memory are NaN).
 * @throws when it does not start or ends with an error
 */
export async function measure({ file, args }: Command): Promise<Measurement> {
  const folder = mkdtempSync(join(tmpdir(), 'hindwire-bench-'))
  const report = join(folder, 'time')
  const timed = existsSync(TIME)
  const [program, words] = timed ? [TIME, ['-f', '%U %S %M', '-o', report, file, ...args]] : [file, args]
  try {
    const start = performance.now()
    const stdout = await run(program, words)
    const wall = (performance.now() - start) / 1000
    const [user = NaN, system = NaN, kilobytes = NaN] = timed
      ? readFileSync(report, 'utf8').trim().split(' ').map(Number)
      : []
    return { wall, cpu: user + system, memory: kilobytes / 1000, stdout }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function run(file: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('latin1').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('latin1').on('data', (text: string) => (stderr = (stderr + text).slice(-2000)))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(stdout)
      else reject(new Error(`${file} ended with ${code}: ${stderr.trim()}`))
    })
  })
}
