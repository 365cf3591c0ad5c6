import { RE2JS } from '@bufbuild/re2'

const compiled = new Map<string, RE2JS | null>()
const maxCached = 500

function compile(pattern: string): RE2JS | null {
  let re = compiled.get(pattern)
  if (re === undefined) {
    try {
      re = new RE2JS(pattern)
    } catch {
      re = null
    }
    if (compiled.size >= maxCached) compiled.clear()
    compiled.set(pattern, re)
  }
  return re
}

/** Finds an RE2 pattern anywhere in a text; undefined when it is no valid pattern. Time is linear in the text. */
export function matchesRegex(text: string, pattern: string): boolean | undefined {
  return compile(pattern)?.test(text)
}

/** Why a pattern is not valid RE2, or undefined when it is. */
export function regexProblem(pattern: string): string | undefined {
  try {
    void new RE2JS(pattern)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : 'not a regular expression'
  }
}
