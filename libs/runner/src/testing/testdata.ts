import { existsSync, readdirSync } from 'node:fs'

import { protocols } from '@hindwire/protocols/registry.ts'

import { type Frame, readFrames } from './capture-rows.ts'

export interface TestCapture {
  /** Folder name of the protocol. */
  readonly protocol: string
  readonly name: string
  readonly url: URL
  readonly frames: readonly Frame[]
}

const source = new URL('../../../protocols/src/', import.meta.url)

/** The captures in a protocol's `testdata`, in the order of their names. */
export function capturesOf(protocol: string): TestCapture[] {
  const folder = new URL(`${protocol}/testdata/`, source)
  if (!existsSync(folder)) return []
  const names = readdirSync(folder).filter((name) => /\.pcap(ng)?$/u.test(name))
  return names.toSorted().map((name) => {
    const url = new URL(name, folder)
    return { protocol, name, url, frames: readFrames(url) }
  })
}

/** All of them, of every registered protocol. */
export function allCaptures(): TestCapture[] {
  return protocols.flatMap(({ name }) => capturesOf(name))
}
