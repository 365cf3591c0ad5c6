import { adminSchemas } from './admin-schemas.ts'
import { groupSchemas } from './group-schemas.ts'
import { logSchemas } from './log-schemas.ts'
import { offsetSchemas } from './offset-schemas.ts'
import type { ApiSchema } from './schema.ts'
import { transactionSchemas } from './transaction-schemas.ts'

const byKey: (ApiSchema | undefined)[] = []
for (const schema of [...logSchemas, ...groupSchemas, ...offsetSchemas, ...adminSchemas, ...transactionSchemas])
  byKey[schema.key] = schema

/** The schema of an API when this version of it is described. */
export function schemaOf(key: number, version: number): ApiSchema | undefined {
  const schema = byKey[key]
  return schema !== undefined && version <= schema.maxVersion ? schema : undefined
}
