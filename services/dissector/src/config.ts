import { availableParallelism } from 'node:os'

import { type ConfigSchema, describeConfig, loadConfig } from '@hindwire/service-kit/load-config.ts'
import { integer } from '@hindwire/service-kit/setting.ts'
import { z } from 'zod'

const schema = z.object({
  workers: integer(1, 256)
    .default(Math.min(4, availableParallelism()))
    .describe('Shards dissected at the same time, each in a thread with up to 512 MiB'),
}) satisfies ConfigSchema

export type DissectorConfig = Readonly<z.infer<typeof schema>>

export function dissectorConfig(): DissectorConfig {
  return loadConfig(schema, process.env)
}

export function dissectorHelp(): string {
  return describeConfig(schema)
}
