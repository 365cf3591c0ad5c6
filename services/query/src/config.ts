import { type ConfigSchema, describeConfig, loadConfig } from '@hindwire/service-kit/load-config.ts'
import { bytes, choice, integer, secret, text } from '@hindwire/service-kit/setting.ts'
import { z } from 'zod'

import { DEFAULT_LIMITS } from './context.ts'

const schema = z.object({
  queryAddress: text().default('127.0.0.1:8901').describe('Where query listens: host:port or unix:/path'),
  clickhouseUrl: text().default('http://127.0.0.1:8123').describe('HTTP interface of ClickHouse'),
  clickhouseDatabase: text().default('hindwire').describe('Database of the tables'),
  clickhouseReadUser: text().default('hindwire_ro').describe('User that may read them and nothing else'),
  clickhouseReadPassword: secret().optional().describe('Its password'),
  queryMaxSeconds: integer(1, 3600)
    .default(DEFAULT_LIMITS.executionTime)
    .describe('Time that one query may take, seconds'),
  queryMaxResultBytes: bytes(1)
    .default(DEFAULT_LIMITS.resultBytes)
    .describe('Rows of one answer: they are held in memory, here and in the gateway'),
  logLevel: choice('trace', 'debug', 'info', 'warn', 'error').default('info').describe('Lines below it are left out'),
}) satisfies ConfigSchema

export type QueryConfig = Readonly<z.infer<typeof schema>>

export function queryConfig(): QueryConfig {
  return loadConfig(schema, process.env)
}

export function queryHelp(): string {
  return describeConfig(schema)
}
