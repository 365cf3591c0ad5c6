import type { z } from 'zod'

export interface InputProblem {
  /** Name of the parameter, or path of the member: `files.0.name`. */
  readonly at: string
  readonly problem: string
}

/** What is wrong with an input, one sentence part each. */
export function problemsOf(error: z.ZodError): InputProblem[] {
  return error.issues.slice(0, 20).map((issue) => {
    if (issue.code === 'unrecognized_keys') return { at: issue.keys.join(', '), problem: 'is not known here' }
    const at = issue.path.map(String).join('.')
    return { at: at === '' ? 'the body' : at, problem: sentencePart(issue) }
  })
}

function sentencePart(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type' && issue.input === undefined && issue.message.includes('received undefined')) {
    return 'must be given'
  }
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.map(String).join(', ')}`
  if (issue.code === 'invalid_type') return `must be of type ${issue.expected}`
  return issue.message
}
