/**
 * Dissects captures with Hindwire and with the programs that are installed, one after the other, and prints what each
 * took: `npm run bench -- [--size MB] [--only NAME] [FILE…]`. Without a file it makes a capture of HTTP calls, and
 * keeps it in bench/. Times depend on the machine; the last column, their ratio within one run, much less.
 */
import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { inspectCapture } from '@hindwire/runner/inspect-capture.ts'

import { available } from './contenders.ts'
import type { Contender } from './contenders.ts'
import { makeHttpCapture } from './make-http-capture.ts'

const { values, positionals } = parseArgs({
  options: { size: { type: 'string', default: '300' }, only: { type: 'string', multiple: true } },
  allowPositionals: true,
})

const folder = new URL('../../bench/', import.meta.url)

async function generated(megabytes: number): Promise<string> {
  if (!(megabytes > 0)) throw new RangeError('--size is a number of megabytes')
  const path = fileURLToPath(new URL(`http-${megabytes}.pcap`, folder))
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true })
    console.log(`Making ${path} …`)
    await makeHttpCapture(`${path}.part`, megabytes)
    renameSync(`${path}.part`, path)
  }
  return path
}

const columns = ['wall s', 'CPU s', 'MB', 'packets/s', 'calls', 'calls/s', 'ratio'] as const

function line(name: string, cells: readonly string[]): string {
  return name.padEnd(28) + cells.map((cell) => cell.padStart(11)).join('')
}

const count = (value: number | null): string =>
  value === null || Number.isNaN(value) ? '-' : Math.round(value).toLocaleString('en')
const seconds = (value: number): string => (Number.isNaN(value) ? '-' : value.toFixed(2))

async function compare(capture: string, present: readonly Contender[]): Promise<void> {
  const { packets } = await inspectCapture(capture)
  const megabytes = (statSync(capture).size / 1e6).toFixed(0)
  console.log(`\n${basename(capture)}: ${megabytes} MB, ${count(packets)} packets`)
  console.log(line('', columns))
  let first: number | null = null
  for (const contender of present) {
    try {
      const { wall, cpu, memory, calls } = await contender.run(capture)
      first ??= wall
      const speed = calls === null ? null : calls / wall
      const cells = [seconds(wall), seconds(cpu), count(memory), count(packets / wall), count(calls), count(speed)]
      console.log(`${line(contender.name, [...cells, `${(wall / first).toFixed(2)} x`])}   ${contender.does}`)
    } catch (error) {
      console.log(`${contender.name.padEnd(28)} failed: ${(error as Error).message}`)
    }
  }
}

const { present, absent } = available()
const chosen = present.filter(
  ({ name }) => values.only === undefined || values.only.some((word) => name.includes(word)),
)
const captures = positionals.length > 0 ? positionals : [await generated(Number(values.size))]
for (const capture of captures) await compare(capture, chosen)
for (const name of absent) console.log(`${name}: not installed`)
