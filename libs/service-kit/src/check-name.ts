import { AppError } from './app-error.ts'

/** Names of snapshots, dissections, nodes and capture files, as the REST contract has them. */
export const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/

/**
 * @param what the word for the sentence: `snapshot`, `dissection`, `node`, `file`
 * @throws AppError `invalid_name` (400)
 */
export function checkName(what: string, name: string): void {
  if (NAME.test(name)) return
  const shown = JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name)
  const text =
    `${shown} cannot be the name of a ${what}: it must begin with a letter or digit and ` +
    'hold at most 128 letters, digits, dots, underscores and hyphens.'
  throw new AppError('invalid_name', 400, text, { details: { what, pattern: NAME.source } })
}
