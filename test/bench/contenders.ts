import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { countCalls, endToEnd } from './end-to-end.ts'
import { isInstalled, measure } from './measure.ts'
import type { Command, Measurement } from './measure.ts'

/** One row of the table. */
export interface Contender {
  readonly name: string
  /** What it does with the packets, in a few words. */
  readonly does: string
  /** The program that must be there. */
  readonly program: string
  /** @returns what it took, and the calls that it found; null where it counts none */
  run(capture: string): Promise<Measurement & { readonly calls: number | null }>
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** A row that runs one command, and reads the calls from what it prints. */
function command(
  name: string,
  does: string,
  make: (capture: string) => Command,
  calls: (stdout: string) => number | null,
): Contender {
  const { file } = make('')
  return {
    name,
    does,
    program: file,
    async run(capture) {
      const measured = await measure(make(capture))
      return { ...measured, calls: calls(measured.stdout) }
    },
  }
}

interface Summary {
  readonly protocols: Readonly<Record<string, { readonly entries: number }>>
}

const tsharkFields = [
  'frame.number',
  'http.request.method',
  'http.request.uri',
  'http.response.code',
  'http.time',
  'dns.qry.name',
]

/** The rows, in the order in which they are run. The first is what the others are compared with. */
export const contenders: readonly Contender[] = [
  command(
    'hindwire, dissection alone',
    'rows of all fields, thrown away; one thread',
    (capture) => ({ file: process.execPath, args: [here('dissect-only.ts'), capture] }),
    (stdout) => (JSON.parse(stdout) as { readonly calls: number }).calls,
  ),
  command(
    'hindwire dissect --summary',
    'the command, start to end',
    (capture) => ({
      file: process.execPath,
      args: [here('../../services/hindwire/bin/hindwire.mjs'), 'dissect', '--summary', capture],
    }),
    (stdout) => {
      const { protocols } = JSON.parse(stdout) as Summary
      return countCalls(Object.fromEntries(Object.entries(protocols).map(([name, { entries }]) => [name, entries])))
    },
  ),
  {
    name: 'hindwire, end to end',
    does: 'from POST until the rows can be queried in ClickHouse',
    program: process.execPath,
    run: endToEnd,
  },
  command(
    'tcpdump -w /dev/null',
    'reads and writes, dissects nothing',
    (capture) => ({ file: 'tcpdump', args: ['-r', capture, '-w', '/dev/null'] }),
    () => null,
  ),
  command(
    'tshark',
    'a few fields of HTTP and DNS; frames with HTTP requests are counted',
    (capture) => ({
      file: 'tshark',
      args: [
        '-n',
        '-r',
        capture,
        '-Y',
        'http || dns',
        '-T',
        'fields',
        ...tsharkFields.flatMap((field) => ['-e', field]),
      ],
    }),
    (stdout) => stdout.split('\n').filter((line) => (line.split('\t')[1] ?? '') !== '').length,
  ),
  suricata(),
]

/** The eve log of HTTP (extended), DNS, TLS and PostgreSQL, in one thread. */
function suricata(): Contender {
  return {
    name: 'suricata --runmode single',
    does: 'eve.json: http extended, dns, tls, pgsql',
    program: 'suricata',
    async run(capture) {
      const folder = mkdtempSync(join(tmpdir(), 'hindwire-suricata-'))
      try {
        const config = join(folder, 'suricata.yaml')
        writeFileSync(config, suricataConfig)
        const args = ['-c', config, '-r', capture, '-l', folder, '-k', 'none', '--runmode', 'single', '-S', '/dev/null']
        const measured = await measure({ file: 'suricata', args })
        const eve = readFileSync(join(folder, 'eve.json'))
        return { ...measured, calls: countLines(eve) }
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    },
  }
}

function countLines(bytes: Uint8Array): number {
  let lines = 0
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) lines++
  return lines
}

const suricataConfig = `%YAML 1.1
---
outputs:
  - eve-log:
      enabled: yes
      filetype: regular
      filename: eve.json
      types:
        - http: { extended: yes }
        - dns: { version: 2 }
        - tls: { extended: yes }
        - pgsql: { enabled: yes }
app-layer:
  protocols:
    http: { enabled: yes, libhtp: { default-config: { personality: IDS } } }
    dns: { tcp: { enabled: yes, detection-ports: { dp: 53 } }, udp: { enabled: yes, detection-ports: { dp: 53 } } }
    tls: { enabled: yes, detection-ports: { dp: 443 } }
    pgsql: { enabled: yes }
stream: { memcap: 256mb, midstream: true, reassembly: { memcap: 512mb, depth: 0 } }
flow: { memcap: 256mb }
`

/** Rows that can be run here, and the names of those that cannot. */
export function available(): { readonly present: readonly Contender[]; readonly absent: readonly string[] } {
  const present = contenders.filter(({ program }) => isInstalled(program))
  const absent = contenders.filter(({ program }) => !isInstalled(program)).map(({ name }) => name)
  return { present, absent }
}
