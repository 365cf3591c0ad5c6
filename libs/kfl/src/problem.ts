/** What is wrong with a filter. One shape for every stage. */
export interface Problem {
  readonly code: ProblemCode
  /** One sentence; `; did you mean '…'?` is part of it where something close exists. */
  readonly message: string
  /** From 1. */
  readonly line: number
  /** From 1, in characters (UTF-16 units) of the line. */
  readonly column: number
  /** Offsets in the source, `end` exclusive. */
  readonly start: number
  readonly end: number
  /** What could stand there instead. */
  readonly expected?: string
  /** What the marked text would better be: a replacement of [start, end). */
  readonly suggestion?: string
}

export type ProblemCode =
  | 'syntax_error'
  | 'undeclared_reference'
  | 'type_error'
  | 'not_a_filter'
  | 'bad_literal'
  | 'bad_regex'
  | 'needs_literal'
  | 'not_in_database'
  | 'too_long'
  | 'too_deep'
  | 'regex_too_long'
  | 'list_too_long'
  | 'too_costly'

export interface Range {
  readonly start: number
  readonly end: number
}

export interface Advice {
  readonly expected?: string
  readonly suggestion?: string
}

/** Makes a problem of a range of the source. */
export function problem(
  source: string,
  code: ProblemCode,
  message: string,
  range: Range,
  advice: Advice = {},
): Problem {
  const before = source.slice(0, range.start)
  const lineStart = before.lastIndexOf('\n') + 1
  let line = 1
  for (let i = 0; i < lineStart; i++) if (source.charCodeAt(i) === 10) line++
  const column = range.start - lineStart + 1
  return { code, message, line, column, start: range.start, end: range.end, ...advice }
}

/** The message with its line of the source and a caret under the place, for terminals and logs. */
export function caretView(source: string, p: Problem): string {
  const lineStart = p.start - (p.column - 1)
  const newline = source.indexOf('\n', lineStart)
  const lineEnd = newline === -1 ? source.length : newline
  // Long lines are cut around the place, so that the caret stays in sight.
  const from = Math.max(lineStart, p.start - 60)
  const to = Math.min(lineEnd, p.start + 80)
  const text = source.slice(from, to).replaceAll('\t', ' ')
  const width = Math.max(1, Math.min(p.end, to) - p.start)
  const gutter = `${p.line} | `
  const lines = [
    `${p.line}:${p.column}: ${p.message}`,
    gutter + text,
    ' '.repeat(gutter.length + p.start - from) + '^'.repeat(width),
  ]
  if (p.suggestion !== undefined) lines.push(`try: ${p.suggestion}`)
  return lines.join('\n')
}
