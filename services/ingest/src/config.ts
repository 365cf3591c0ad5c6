import { type ConfigSchema, describeConfig, loadConfig } from '@hindwire/service-kit/load-config.ts'
import { choice, integer, secret, text } from '@hindwire/service-kit/setting.ts'
import { z } from 'zod'

const schema = z.object({
  ingestAddress: text().default('127.0.0.1:8902').describe('Where ingest listens: host:port or unix:/path'),
  clickhouseUrl: text().default('http://127.0.0.1:8123').describe('HTTP interface of ClickHouse'),
  clickhouseDatabase: text().default('hindwire').describe('Database of the tables'),
  clickhouseUser: text().default('hindwire').describe('User that creates tables and writes'),
  clickhousePassword: secret().optional().describe('Its password'),
  ingestMaxInserts: integer(1, 64)
    .default(4)
    .describe('Inserts at the same time. Each holds a block in memory, here and in ClickHouse.'),
  logLevel: choice('trace', 'debug', 'info', 'warn', 'error').default('info').describe('Lines below it are left out'),
}) satisfies ConfigSchema

export type IngestConfig = Readonly<z.infer<typeof schema>>

export function ingestConfig(): IngestConfig {
  return loadConfig(schema, process.env)
}

export function ingestHelp(): string {
  return describeConfig(schema)
}
