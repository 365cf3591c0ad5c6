import { stripVTControlCharacters, styleText } from 'node:util'

import type { DestinationStream } from 'pino'

const COLOURS = { trace: 'gray', debug: 'gray', info: 'green', warn: 'yellow', error: 'red', fatal: 'red' } as const

/** Turns lines of the log shape into lines for people: `03:04:05.678 info  gateway: listening  port=8898`. */
export class PrettyStream implements DestinationStream {
  readonly #out: DestinationStream
  readonly #colour: boolean

  constructor(out: DestinationStream, colour: boolean) {
    this.#out = out
    this.#colour = colour
  }

  write(line: string): void {
    const { level, time, service, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown>
    const label = String(level)
    const style = COLOURS[label as keyof typeof COLOURS]
    const shown = this.#colour ? styleText(style, label.padEnd(5), { validateStream: false }) : label.padEnd(5)
    const text = [`${String(time).slice(11, 23)} ${shown} ${String(service)}: ${clean(msg ?? '')}`]
    for (const [key, value] of Object.entries(fields)) text.push(` ${key}=${clean(value)}`)
    this.#out.write(`${text.join(' ')}\n${errorLines(err)}`)
  }
}

/** The stack of what is a program's fault; the sentence of what is the world's. */
function errorLines(err: unknown): string {
  if (typeof err !== 'object' || err === null) return ''
  const { message, stack, code } = err as { message?: string; stack?: string; code?: string }
  const text = code === undefined || code === 'internal' ? (stack ?? message) : `${message} (${code})`
  return `${stripVTControlCharacters(text ?? '').replaceAll(/^/gm, '    ')}\n`
}

/** Log lines may hold what came off a wire: no escape sequence and no line break gets to the terminal. */
function clean(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return stripVTControlCharacters(text).replaceAll(/\p{Cc}/gu, ' ')
}
