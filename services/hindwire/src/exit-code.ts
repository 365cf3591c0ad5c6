export const ExitCode = { Done: 0, Failed: 1, Usage: 2 } as const

/** The command line asks for something that does not exist or does not fit together. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
