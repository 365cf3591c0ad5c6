/** The generated configuration of the embedded engine: server settings, users with this start's passwords, limits. */
import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import { join } from 'node:path'

import { escapeXml } from './xml.ts'

/** What one query of the read-only user may take at most. Queries set smaller limits, never greater ones. */
export interface QueryLimits {
  /** Seconds. */
  readonly executionTime: number
  /** Bytes. */
  readonly memory: number
  readonly rowsToRead: number
  readonly resultRows: number
  readonly resultBytes: number
}

export interface EngineFiles {
  /** Everything below belongs to the engine. */
  readonly directory: string
  readonly data: string
  readonly config: string
  readonly users: string
  /** ClickHouse's own log, rotated by it. */
  readonly log: string
  /** What the process prints: failures to start, crashes. */
  readonly output: string
}

export interface EngineSettings {
  readonly database: string
  readonly rw: { readonly name: string; readonly password: string }
  readonly ro: { readonly name: string; readonly password: string }
  /** Bytes that the whole engine may take. */
  readonly memory: number
  readonly limits: QueryLimits
}

const GiB = 2 ** 30

/**
 * A third of the machine's memory (of the container's, where that is limited), 1 to 8 GiB: the workers of the
 * dissection live beside it.
 */
export function defaultEngineMemory(): number {
  const constrained = process.constrainedMemory()
  const total = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem()
  return Math.floor(Math.min(8 * GiB, Math.max(GiB, total / 3)))
}

export function defaultQueryLimits(memory: number): QueryLimits {
  return {
    executionTime: 60,
    memory: Math.floor(memory / 2),
    rowsToRead: 2_000_000_000,
    resultRows: 1_000_000,
    resultBytes: 256 * 2 ** 20,
  }
}

export function newPassword(): string {
  return randomBytes(24).toString('base64url')
}

export function engineFiles(directory: string): EngineFiles {
  return {
    directory,
    data: join(directory, 'data'),
    config: join(directory, 'config.xml'),
    users: join(directory, 'users.xml'),
    log: join(directory, 'clickhouse.log'),
    output: join(directory, 'output.log'),
  }
}

function serverXml(files: EngineFiles, settings: EngineSettings): string {
  const merges = Math.min(8, Math.max(2, availableParallelism()))
  return `<clickhouse>
  <logger>
    <log>${escapeXml(files.log)}</log>
    <size>10M</size>
    <count>3</count>
  </logger>
  <users_config>${escapeXml(files.users)}</users_config>
  <user_files_path>${escapeXml(join(files.data, 'user_files'))}/</user_files_path>
  <timezone>UTC</timezone>
  <max_server_memory_usage>${settings.memory}</max_server_memory_usage>
  <mark_cache_size>${64 * 2 ** 20}</mark_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
  <index_mark_cache_size>${16 * 2 ** 20}</index_mark_cache_size>
  <query_cache><max_size_in_bytes>0</max_size_in_bytes></query_cache>
  <max_concurrent_queries>100</max_concurrent_queries>
  <background_pool_size>${merges}</background_pool_size>
  <background_merges_mutations_concurrency_ratio>2</background_merges_mutations_concurrency_ratio>
  <merge_tree>
    <number_of_free_entries_in_pool_to_execute_mutation>${merges}</number_of_free_entries_in_pool_to_execute_mutation>
    <number_of_free_entries_in_pool_to_lower_max_size_of_merge>${merges}</number_of_free_entries_in_pool_to_lower_max_size_of_merge>
    <number_of_free_entries_in_pool_to_execute_optimize_entire_partition>${merges}</number_of_free_entries_in_pool_to_execute_optimize_entire_partition>
  </merge_tree>
  <send_crash_reports><enabled>false</enabled></send_crash_reports>
</clickhouse>
`
}

/** A user that may only come from this machine. No password: the one that runs the launching query. */
function userXml(name: string, password: string | null, profile: string, grants: readonly string[]): string {
  const secret =
    password === null
      ? '<password></password>'
      : `<password_sha256_hex>${createHash('sha256').update(password).digest('hex')}</password_sha256_hex>`
  return `    <${name}>
      ${secret}
      <networks><ip>127.0.0.1</ip><ip>::1</ip></networks>
      <profile>${profile}</profile>
      <quota>default</quota>
      <grants>${grants.map((grant) => `<query>GRANT ${grant}</query>`).join('')}</grants>
    </${name}>
`
}

function usersXml({ database, rw, ro, limits }: EngineSettings): string {
  const bounds: readonly (readonly [string, number])[] = [
    ['max_execution_time', limits.executionTime],
    ['max_memory_usage', limits.memory],
    ['max_rows_to_read', limits.rowsToRead],
    ['max_result_rows', limits.resultRows],
    ['max_result_bytes', limits.resultBytes],
  ]
  const values = bounds.map(([name, value]) => `<${name}>${value}</${name}>`).join('')
  // A minimum of 1, because 0 stands for no limit.
  const constraints = bounds.map(([name, value]) => `<${name}><min>1</min><max>${value}</max></${name}>`).join('')
  return `<clickhouse>
  <profiles>
    <default><async_insert>0</async_insert><implicit_select>0</implicit_select></default>
    <launcher><readonly>0</readonly></launcher>
    <readonly>
      <readonly>2</readonly><implicit_select>0</implicit_select><allow_ddl>0</allow_ddl>${values}
      <constraints>${constraints}<allow_ddl><const/></allow_ddl></constraints>
    </readonly>
  </profiles>
  <quotas><default></default></quotas>
  <users>
${userXml('default', null, 'launcher', ['SYSTEM LISTEN ON *.*', 'SELECT ON system.one'])}${userXml(
    rw.name,
    rw.password,
    'default',
    [`ALL ON ${database}.*`, 'TABLE ENGINE ON *', 'SELECT ON system.*'],
  )}${userXml(ro.name, ro.password, 'readonly', [`SELECT ON ${database}.*`])}  </users>
</clickhouse>
`
}

/** Writes both files so that only their owner reads them. */
export function writeEngineConfig(files: EngineFiles, settings: EngineSettings): void {
  mkdirSync(files.data, { recursive: true, mode: 0o700 })
  for (const [file, text] of [
    [files.config, serverXml(files, settings)],
    [files.users, usersXml(settings)],
  ] as const) {
    writeFileSync(file, text, { mode: 0o600 })
    // The mode above is for new files only.
    chmodSync(file, 0o600)
  }
}
