import { systemCode } from '@hindwire/service-kit/app-error.ts'

const sentences: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'it may not be read by this user',
  EPERM: 'it may not be read by this user',
  EISDIR: 'it is a directory, not a capture file',
  EIO: 'the disk cannot be read at this place',
  EMFILE: 'too many files are open',
}

/** Why a file could not be read, for people. */
export function fileProblem(error: unknown): string {
  return sentences[systemCode(error)] ?? (error instanceof Error ? error.message : String(error))
}
