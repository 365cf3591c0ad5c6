import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

import { compactRow, type Dissected } from './capture-rows.ts'
import { updateGoldens } from './config.ts'

/** Strings of rows longer than this are cut in goldens: what follows is the same code's work. */
const LONGEST = 400

/** Compares the rows and the coverage of a capture with the JSON file beside it, or writes that file. */
export function compareWithGolden(capture: URL, { rows, coverage }: Dissected): void {
  const golden = new URL(capture.href.replace(/\.pcap(ng)?$/u, '.golden.json'))
  const { packets, protocols } = coverage
  const buckets = Object.fromEntries(Object.entries(coverage.buckets).filter(([, count]) => count > 0))
  const found = { coverage: { packets, buckets, protocols }, rows: rows.map((row) => compactRow(row)) }
  const text = `${JSON.stringify(found, shortened, 2)}\n`
  if (updateGoldens) {
    writeFileSync(golden, text)
    return
  }
  assert.ok(existsSync(golden), `${golden.pathname} is missing: write it with UPDATE_GOLDENS=1`)
  assert.deepEqual(JSON.parse(text), JSON.parse(readFileSync(golden, 'utf8')), golden.pathname)
}

function shortened(_key: string, value: unknown): unknown {
  if (typeof value !== 'string' || value.length <= LONGEST) return value
  return `${value.slice(0, LONGEST)}… (${value.length})`
}
