import { tmpdir } from 'node:os'

import { type ConfigSchema, describeConfig, loadConfig } from '@hindwire/service-kit/load-config.ts'
import { choice, integer, text } from '@hindwire/service-kit/setting.ts'
import { z } from 'zod'

const schema = z.object({
  data: text().default('data').describe('Directory that holds everything: captures, rows, jobs'),
  logLevel: choice('trace', 'debug', 'info', 'warn', 'error').optional().describe('Log lines below it are left out'),
  ingestMaxInserts: integer(1, 64).default(4).describe('Inserts at the same time; each holds a block in memory'),
}) satisfies ConfigSchema

export interface CommandConfig {
  readonly data: string
  /** Undefined: the command decides. */
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | undefined
  readonly ingestMaxInserts: number
  /** For sockets: their paths must be short. */
  readonly temporary: string
}

export function commandConfig(): CommandConfig {
  const { data, logLevel, ingestMaxInserts } = loadConfig(schema, process.env)
  return { data, logLevel, ingestMaxInserts, temporary: tmpdir() }
}

export function commandHelp(): string {
  return describeConfig(schema)
}
