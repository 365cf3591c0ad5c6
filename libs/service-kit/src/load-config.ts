import { z } from 'zod'

import { AppError } from './app-error.ts'

/** A configuration: an object of settings (setting.ts) under camelCase names. */
export type ConfigSchema = z.ZodObject
export type Environment = Readonly<Record<string, string | undefined>>

const PREFIX = 'HINDWIRE_'

/** Name of the variable that sets `key`: `maxUploadBytes` → `HINDWIRE_MAX_UPLOAD_BYTES`. */
export function variableOf(key: string): string {
  return PREFIX + key.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()
}

/**
 * Reads a configuration from the environment. An empty variable counts as not set.
 * @param env the environment of the process, which only files named config.ts read
 * @throws AppError `bad_config` that names every variable that is wrong, and how
 */
export function loadConfig<S extends ConfigSchema>(schema: S, env: Environment): Readonly<z.infer<S>> {
  const input: Record<string, string> = {}
  for (const key of Object.keys(schema.shape)) {
    const value = env[variableOf(key)]
    if (value !== undefined && value !== '') input[key] = value
  }
  const result = schema.safeParse(input)
  if (result.success) return Object.freeze(result.data)
  const wrong = result.error.issues.map(({ path, message, code }) => {
    const key = String(path[0])
    const missing = code === 'invalid_type' && !(key in input)
    return `${variableOf(key)} ${missing ? 'must be set' : message}`
  })
  throw new AppError('bad_config', 500, `The configuration is wrong: ${wrong.join('; ')}.`, { details: { wrong } })
}

/** The settings as `--help` prints them: variable, default, description. Secrets' defaults are not shown. */
export function describeConfig(schema: ConfigSchema): string {
  const rows = Object.entries(schema.shape).map(([key, setting]) => {
    const standard = defaultOf(setting)
    const { description, secret } = metaOf(setting)
    let shown = standard === undefined ? 'required' : `default ${format(standard.value)}`
    if (isOptional(setting)) shown = 'optional'
    if (secret === true && standard !== undefined) shown = 'has a default'
    return { variable: variableOf(key), text: `${description ?? ''} (${shown})`.trim() }
  })
  const width = Math.max(0, ...rows.map((row) => row.variable.length))
  return rows.map((row) => `  ${row.variable.padEnd(width)}  ${row.text}\n`).join('')
}

/** `HINDWIRE_*` variables that none of the schemas knows: probably misspelled. */
export function unknownVariables(schemas: readonly ConfigSchema[], env: Environment): string[] {
  const known = new Set(schemas.flatMap((schema) => Object.keys(schema.shape).map(variableOf)))
  return Object.keys(env).filter((name) => name.startsWith(PREFIX) && !known.has(name))
}

function isOptional(setting: z.core.$ZodType): boolean {
  return setting instanceof z.ZodOptional
}

function defaultOf(setting: z.core.$ZodType): { value: unknown } | undefined {
  if (setting instanceof z.ZodDefault || setting instanceof z.ZodPrefault) return { value: setting.def.defaultValue }
  return undefined
}

/** Description and marks, which may sit on the setting or inside its default. */
function metaOf(setting: z.core.$ZodType): {
  readonly description?: string | undefined
  readonly [mark: string]: unknown
} {
  const inner = setting instanceof z.ZodDefault || setting instanceof z.ZodOptional ? metaOf(setting.def.innerType) : {}
  return { ...inner, ...z.globalRegistry.get(setting) }
}

function format(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(',')
  return typeof value === 'string' ? value : JSON.stringify(value)
}
